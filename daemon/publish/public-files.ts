import { dirname, join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import { messageOf } from '../errors.ts'
import { exists, makeFolder, moveFile } from '../files.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import { fullName, THUMB_BYTES, thumbName, viewName } from './public-names.ts'

/** The public files of a version: in the web folder while it is live, in the trash once it has left, and on their way
 * into the bucket and out of it. */
export interface PublicFiles {
  /** Queues what the bucket does not have yet; to be called in the transaction that makes the version live. */
  send(publication: PublicationRecord): void
  /** Queues the removal of all from the bucket, and the manifest before it.
   * @param wait milliseconds for which it can still be taken back */
  withdraw(publication: PublicationRecord, wait: number): void
  /** Takes that back. @returns false, and nothing is changed, where the uploader may have begun */
  takeBack(publication: PublicationRecord): boolean
  /** Nothing of a version that left has left the bucket yet. */
  isUntouched(publication: PublicationRecord): boolean
  /** From the web folder into the trash. The version is in no gallery any more, so a trash that is away is no reason to
   * fail: it is logged, and another call tries again.
   * @returns why its files stay, null where they do not */
  retire(publication: PublicationRecord): Promise<unknown>
  /** From the trash into the web folder.
   * @returns false where one is gone
   * @throws Refusal 503 when one of the folders is away */
  restore(publication: PublicationRecord): Promise<boolean>
}

/** @param needs.isRemoving whether the uploader is removing this object at the moment */
export function createPublicFiles(needs: {
  catalog: Catalog
  folders: Folders
  isRemoving?: (eventId: number, key: string) => boolean
  now: () => number
  log: Log
}): PublicFiles {
  const { catalog, folders, now, log } = needs
  const { uploads } = catalog
  const web = (file: string) => join(folders.path('web'), file)
  const trashed = (file: string) => join(folders.path('trash'), 'published', file)

  /** Into the folder of its size, which may not be there yet; never making the root's own, whose disk may be away. */
  async function move(from: string, root: string, file: string): Promise<void> {
    if (dirname(file) !== '.') await makeFolder(join(root, dirname(file)))
    await moveFile(from, join(root, file))
  }

  async function checkFolders(): Promise<void> {
    await folders.check('web')
    await folders.check('trash')
  }

  const files: PublicFiles = {
    send({ eventId, id, name, bytes, viewBytes, fullBytes }) {
      if (!uploads.isDone(id, 'thumb')) uploads.add(eventId, 'thumb', thumbName(name), THUMB_BYTES, id)
      // In the lane of the web size and before it: guests look at the one and save the other.
      if (viewBytes !== null && !uploads.isDone(id, 'view'))
        uploads.add(eventId, 'web', viewName(name), viewBytes, id)
      if (!uploads.isDone(id, 'web')) uploads.add(eventId, 'web', name, bytes, id)
      if (fullBytes && !uploads.isDone(id, 'full'))
        uploads.add(eventId, 'full', fullName(name), fullBytes, id)
    },

    withdraw(publication, wait) {
      const { eventId, id } = publication
      for (const key of filesOf(publication)) {
        uploads.drop(eventId, key)
        uploads.add(eventId, 'removal', key, 0, id, now() + wait)
      }
      uploads.add(eventId, 'manifest', 'manifest.json', 0, null)
    },

    takeBack(publication) {
      if (!files.isUntouched(publication)) return false
      for (const key of filesOf(publication)) uploads.drop(publication.eventId, key)
      return true
    },

    isUntouched(publication) {
      const { eventId, state } = publication
      return (
        state === 'gone' &&
        filesOf(publication).every(
          (key) => uploads.removalWaits(eventId, key, now()) && !needs.isRemoving?.(eventId, key),
        )
      )
    },

    async retire({ name }) {
      try {
        await checkFolders()
        // The full size, too, where it came after this was read; the web size last: it is what recovery looks for.
        for (const file of [thumbName(name), viewName(name), fullName(name), name])
          if (await exists(web(file))) {
            await makeFolder(trashed(''))
            await move(web(file), trashed(''), file)
          }
        return null
      } catch (error) {
        log.warn(`The file of ${name}, which was unpublished, stays in the web folder: ${messageOf(error)}`)
        return error
      }
    },

    async restore(publication) {
      await checkFolders()
      for (const file of filesOf(publication))
        if (!(await exists(web(file)))) {
          if (!(await exists(trashed(file)))) return false
          await move(trashed(file), web(''), file)
        }
      return true
    },
  }
  return files
}

/** In the tree and in the bucket. */
function filesOf({ name, viewBytes, fullBytes }: PublicationRecord): string[] {
  const view = viewBytes === null ? [] : [viewName(name)]
  return [name, thumbName(name), ...view, ...(fullBytes ? [fullName(name)] : [])]
}
