import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { Refusal } from '../../../errors.ts'

export const nothingHere = () => new Refusal(404, 'not_found', 'There is nothing at this address.')

/** How Events meet guests on this network. */
export interface Doors {
  /** @returns the Event, if it is open to this guest; null when it is not: it is said by then
   * @throws Refusal 404 when there is no such Event */
  bySlug(request: FastifyRequest, reply: FastifyReply, slug: string): Promise<EventRecord | null>
}

export function createDoors(needs: { catalog: Pick<Catalog, 'events'>; now: () => number }): Doors {
  const { events } = needs.catalog
  return {
    async bySlug(_request, _reply, slug) {
      const event = events.find(slug)
      if (!event) throw nothingHere()
      return event
    },
  }
}
