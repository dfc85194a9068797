import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventRecord } from '../../catalog/events.ts'
import { isOldPart, makeFolder } from '../../files.ts'
import { roomOf } from '../../util/machine/disk-room.ts'
import type { Place, Target } from './place.ts'
import { isOurs } from './side-files.ts'

/** Its disk is not there. */
export class Away extends Error {}

/** What is left on its disk is for the journals. */
export class NoRoom extends Error {
  readonly code = 'ENOSPC'
}

/** So many bytes, or this share of a small disk, are left to the journals: an Original without them says nothing of what
 * was decided about it. */
const RESERVE = 64e6
const SHARE = 0.02

export type Counterpart = 'buffer' | 'finals'

/** Where an Event's copies lie. */
export const folderOf = (target: Target, { slug }: Pick<EventRecord, 'slug'>, role: Counterpart = 'buffer') =>
  join(target.folder, slug, `photos_${role}`)

/** @returns `folderOf`, which is there now @throws Away; the system's errors */
export async function makeFolderFor(
  place: Pick<Place, 'isThere'>,
  target: Target,
  event: Pick<EventRecord, 'slug'>,
  role: Counterpart = 'buffer',
): Promise<string> {
  if (!(await place.isThere(target))) throw new Away()
  await makeFolder(join(target.folder, event.slug))
  const folder = folderOf(target, event, role)
  await makeFolder(folder)
  return folder
}

/** @throws NoRoom where an Original of so many bytes would take the room of the journals */
export async function checkRoom(folder: string, bytes: number): Promise<void> {
  // A disk that does not say is tried.
  const room = await roomOf(folder).catch(() => null)
  if (room && room.free - bytes < Math.min(RESERVE, room.size * SHARE)) throw new NoRoom()
}

/** What an earlier run left half-written there, and in the folders of ours that lie there. */
export async function removeOldCopies(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (isOldPart(entry.name)) await rm(join(folder, entry.name), { force: true })
    else if (entry.isDirectory() && isOurs(entry.name)) await removeOldCopies(join(folder, entry.name))
  }
}
