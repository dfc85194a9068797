import type { ClosedDoor, EventAddress, EventsIndex } from '../../daemon/contract/manifest.ts'
import { eventsUrl, eventUrl } from './names.ts'
import { ReadError, type Read } from './read.ts'

/** How the event meets this guest. `none`: the root shows no event. `unknown`: the address names one that does not
 * exist. `pin`: it asks for its PIN. `ended`: it is open to nobody any more. */
export type Door =
  | ({ readonly state: 'open' } & Omit<EventAddress, 'v'>)
  | ({ readonly state: 'pin' | 'ended' } & Pick<ClosedDoor, 'title'>)
  | { readonly state: 'none' | 'unknown' }

const CLOSED = { 401: 'pin', 410: 'ended' } as const

/** What a refusal says about the event; null when it says nothing. */
const closedBy = (error: unknown): Door | null => {
  if (!(error instanceof ReadError)) return null
  if (error.status !== 401 && error.status !== 410) return null
  const { said } = error
  // A sign-in page of some network answers 401, too.
  if (typeof said !== 'object' || said === null || !('title' in said)) return null
  return typeof said.title === 'string' ? { state: CLOSED[error.status], title: said.title } : null
}

/** Whether an event's list was refused because it is not open to this guest any more. */
export const isClosed = (error: unknown): boolean => closedBy(error) !== null

/** @param slug from the address; null asks for the event at the front door
 * @throws ReadError when it cannot be found out now */
export const readDoor = async (read: Read, slug: string | null): Promise<Door> => {
  const url = slug === null ? eventsUrl() : eventUrl(slug)
  try {
    const found = await read(url, { fresh: true })
    if (slug !== null) return { state: 'open', ...(found as EventAddress) }
    const { current, events, photoBaseUrl, push, walls } = found as EventsIndex
    const event = current !== null && Object.hasOwn(events, current) ? events[current] : undefined
    if (current === null || event === undefined) return { state: 'none' }
    return {
      state: 'open',
      slug: current,
      ...event,
      ...(photoBaseUrl !== undefined && { photoBaseUrl }),
      ...(push && { push }),
      ...(walls && { walls }),
    }
  } catch (error) {
    if (error instanceof ReadError && error.status === 404)
      return { state: slug === null ? 'none' : 'unknown' }
    const closed = closedBy(error)
    if (closed === null) throw error
    return closed
  }
}
