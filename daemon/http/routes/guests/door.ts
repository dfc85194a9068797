import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { doorState, isSecretPrefix, type DoorState } from '../../../contract/event-document.ts'
import type { ClosedDoor } from '../../../contract/manifest.ts'
import { Refusal } from '../../../errors.ts'
import { documentOf } from '../../../publish/event-document.ts'

export const nothingHere = () => new Refusal(404, 'not_found', 'There is nothing at this address.')

/** How Events meet guests on this network, as the Function does on the internet. */
export interface Doors {
  /** How it meets this guest; nothing is said. */
  stateOf(request: FastifyRequest, event: EventRecord): Promise<DoorState>
  /** @returns the Event, if it is open to this guest; null when it is not: it is said by then
   * @throws Refusal 404 when there is no such Event */
  bySlug(request: FastifyRequest, reply: FastifyReply, slug: string): Promise<EventRecord | null>
  /** The same for what lies below a prefix. Lists ask for the PIN; pictures only where their prefix can be guessed, for
   * otherwise nobody but the lists names it.
   * @param what of the Event is asked for */
  byPrefix(
    request: FastifyRequest,
    reply: FastifyReply,
    prefix: string,
    what: 'list' | 'picture',
  ): Promise<EventRecord | null>
}

/** @param needs.now milliseconds since 1970 */
export function createDoors(needs: {
  catalog: { events: Pick<Catalog['events'], 'find' | 'list'> }
  now: () => number
}): Doors {
  const { events } = needs.catalog

  const stateOf: Doors['stateOf'] = (request, event) =>
    doorState(documentOf(event, ''), request.headers.cookie ?? null, needs.now())

  async function enter(
    request: FastifyRequest,
    reply: FastifyReply,
    event: EventRecord | undefined,
    asksPin: boolean,
  ): Promise<EventRecord | null> {
    if (!event) throw nothingHere()
    const state = await stateOf(request, event)
    if (event.access.visibility === 'pin' && asksPin) void reply.header('vary', 'cookie')
    if (state === 'open' || (state === 'pin' && !asksPin)) return event
    turnAway(reply, event, state)
    return null
  }

  return {
    stateOf,
    bySlug: (request, reply, slug) => enter(request, reply, events.find(slug), true),
    byPrefix: (request, reply, prefix, what) =>
      enter(
        request,
        reply,
        events.list().find((one) => one.prefix === prefix),
        what === 'list' || !isSecretPrefix(prefix),
      ),
  }
}

/** Says why a guest may not come in, and nobody keeps it: a moment later the PIN may be typed. */
export function turnAway(reply: FastifyReply, event: EventRecord, state: ClosedDoor['state']): void {
  const said: ClosedDoor = { v: 1, state, title: event.settings.event_title }
  void reply
    .code(state === 'pin' ? 401 : 410)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(said))
}

/** Who may come in: another one means that those who did go through the door again.
 * @param now milliseconds since 1970 */
export const doorMark = ({ access }: EventRecord, now: number): string =>
  JSON.stringify([access.visibility, access.key, access.endsAt !== null && access.endsAt <= now])

/** Whether what is sent is for one guest alone. */
export const isOwn = ({ access }: EventRecord): boolean => access.visibility === 'pin'
