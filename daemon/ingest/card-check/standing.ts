import { lstat } from 'node:fs/promises'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { Message } from '../../contract/message.ts'
import type { CheckedFrame } from '../../contract/card-check.ts'
import { errnoOf, messageOf } from '../../errors.ts'
import { FOLDER_OF, isReadyFolder, type FolderIds } from '../../folders.ts'
import { placeOf } from '../../originals/place-of.ts'
import { sha256Of } from '../../originals/proof.ts'
import { newMessage } from '../../util/message.ts'

/** What became of a frame that the catalog knows. */
export interface Standing {
  readonly what: CheckedFrame['what']
  readonly filename: string | null
  readonly reason: Message | null
  /** It was read back from the spill folder. */
  readonly isSpilled?: boolean
}

/** How often a file is looked for again that a person moves meanwhile. */
const TRIES = 3

/** Whether the file of an Original is there, by its bytes: what the row says, and how the file looks, is no proof. */
export function createStanding(needs: {
  catalog: Pick<Catalog, 'originals' | 'photos'>
  ids: Pick<FolderIds, 'get'>
  /** @throws the system's errors */
  hash?: (path: string) => Promise<string>
}) {
  const { originals, photos } = needs.catalog
  const hash = needs.hash ?? sha256Of

  /** @returns undefined where the file went elsewhere while it was looked for */
  async function look(event: EventRecord, sha256: string): Promise<Standing | undefined> {
    const known = originals.bySha(event.id, sha256)
    const photo = known && photos.byId(known.photoId)
    if (!known || !photo) return undefined
    const { filename } = known
    if (photo.deletedAt !== null) return { what: 'deleted', filename, reason: null }
    const folder = event.folders[FOLDER_OF[photo.state]]
    const isSpilled = known.spilled !== null
    if (!isSpilled && !(await isReadyFolder(folder, needs.ids)))
      return { what: 'unread', filename, reason: away(folder) }
    try {
      const path = placeOf(event, photo.state, known)
      // A link may lead to the card itself.
      if (!(await lstat(path)).isFile()) return { what: 'missing', filename, reason: gone(filename) }
      const isIts = (await hash(path)) === sha256
      if (!isIts) return { what: 'missing', filename, reason: changed(filename) }
      return { what: photo.state === 'trashed' ? 'rejected' : 'here', filename, reason: null, isSpilled }
    } catch (error) {
      const isGone = errnoOf(error) === 'ENOENT'
      const reason = isGone ? gone(filename) : unreadableHere(filename, messageOf(error))
      const now = photos.byId(known.photoId)
      const file = originals.bySha(event.id, sha256)
      const hasMoved =
        now?.state !== photo.state || file?.filename !== filename || file.spilled !== known.spilled
      return isGone && hasMoved ? undefined : { what: 'missing', filename, reason }
    }
  }

  /** @returns undefined where the Event has no Original of these bytes */
  return async function standing(event: EventRecord, sha256: string): Promise<Standing | undefined> {
    for (let n = 0; n < TRIES; n += 1) {
      const found = await look(event, sha256)
      if (found || !originals.bySha(event.id, sha256)) return found
    }
    return { what: 'unread', filename: null, reason: moving }
  }
}

const away = (folder: string) =>
  newMessage('check_folder_away', `The folder ${folder} is away, so nobody knows what is in it.`, { folder })

const gone = (name: string) =>
  newMessage('check_file_gone', `Its file "${name}" is not in the photo folders any more.`, { name })

const changed = (name: string) =>
  newMessage('check_file_changed', `Its file "${name}" has other bytes: another program wrote over it.`, {
    name,
  })

const unreadableHere = (name: string, why: string) =>
  newMessage('check_file_unreadable', `Its file "${name}" could not be read back: ${why}`, { name, why })

const moving = newMessage('check_file_moving', 'Its file was moved again and again while it was looked for.')
