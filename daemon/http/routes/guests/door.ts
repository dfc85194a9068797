import type { FastifyRequest } from 'fastify'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { Refusal } from '../../../errors.ts'

/** Whether who asks may see an event.
 * @throws Refusal 404 `not_found` for an event that is not known */
export type GuestDoor = (request: FastifyRequest, slug: string) => EventRecord

export function createGuestDoor({ events }: Pick<Catalog, 'events'>): GuestDoor {
  return (_request, slug) => {
    const event = events.find(slug)
    if (!event) throw new Refusal(404, 'not_found', 'There is nothing at this address.')
    return event
  }
}
