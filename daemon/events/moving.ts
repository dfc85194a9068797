import type { Catalog } from '../catalog/catalog.ts'
import { localDate, type EventRecord } from '../catalog/events.ts'
import { overlaps } from '../util/folder-overlaps.ts'
import { Refusal } from '../errors.ts'
import { FOLDER_OF, FOLDER_ROLES, liesIn, type FolderPaths, type FolderRole } from '../folders.ts'
import type { Message } from '../contract/message.ts'
import { newMessage } from '../util/message.ts'

const STATES = ['buffer', 'archived', 'trashed'] as const

/** Whether the current Event's folders may become these.
 * @throws Refusal 422 for paths that are not whole or lie in one another, 409 for a folder that holds photos, or
 * that is another Event's */
export function checkMove(catalog: Catalog, now: FolderPaths, next: FolderPaths): void {
  const [fault] = overlaps(next)
  if (fault !== undefined) throw new Refusal(422, fault.code, `${fault.message}.`, { params: fault.params })
  const { id } = catalog.events.current()
  const isUsed = (role: FolderRole) => {
    if (role === 'web') return catalog.publications.lastPlace(id) > 0
    if (role === 'finals') return catalog.finals.count(id) > 0
    return STATES.some((state) => FOLDER_OF[state] === role && catalog.photos.count(id, state) > 0)
  }
  for (const role of FOLDER_ROLES)
    if (next[role] !== now[role] && isUsed(role))
      throw new Refusal(
        409,
        'folder_in_use',
        `The ${role} folder ${now[role]} holds photos of this event. Open a new event to use another.`,
        { params: { folder: now[role] } },
      )
  for (const role of FOLDER_ROLES) {
    const event = catalog.events
      .list()
      .find((other) => other.id !== id && FOLDER_ROLES.some((each) => meet(next[role], other.folders[each])))
    if (event)
      throw new Refusal(
        409,
        'folder_of_event',
        `The ${role} folder ${next[role]} belongs to the event "${event.settings.event_title || event.slug}". Choose another folder.`,
        { params: { folder: next[role], event: event.settings.event_title || event.slug } },
      )
  }
}

/** Whether two folders are one, or one lies in the other. */
const meet = (a: string, b: string) => liesIn(a, b) || liesIn(b, a)

/** Whether an event is as good as a new one: open, of today, without a photo, and nobody has decided who may open it. */
export function isUnused({ photos, publications }: Catalog, event: EventRecord, now: number): boolean {
  return (
    event.state === 'open' &&
    event.access.visibility === 'front' &&
    event.access.endsAt === null &&
    event.date === localDate(now) &&
    publications.lastPlace(event.id) === 0 &&
    STATES.every((state) => photos.count(event.id, state) === 0)
  )
}

/** What to tell somebody who changed the configured folders after the first event got its own.
 * @param events newest first */
export function unusedFolders(configured: FolderPaths, events: readonly EventRecord[]): Message[] {
  if (events.length !== 1) return []
  const { folders } = events[0]!
  return FOLDER_ROLES.filter((role) => folders[role] !== configured[role]).map((role) =>
    newMessage(
      'folder_stays',
      `The ${role} folder of this event stays ${folders[role]}; the configured ${configured[role]} counts for a first start. Move it under More > Folders.`,
      { folder: folders[role], configured: configured[role] },
    ),
  )
}
