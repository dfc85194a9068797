import { join } from 'node:path'
import type { Originals } from '../../catalog/photos/originals.ts'
import type { Photos } from '../../catalog/photos/photos.ts'
import { errnoOf } from '../../errors.ts'
import { placeNew } from '../../files.ts'
import type { Folders } from '../../folders.ts'
import { safeName } from '../../originals/names.ts'
import type { OwnFiles } from '../../originals/own-files.ts'
import type { Committer } from './commit.ts'

/** Calls an Original's file by another name, as its sender does, where that is still ours to decide: in the buffer
 * folder, and under a name that nothing had.
 * @returns whether it has that name now
 * @throws Refusal 409 or 503 while nothing may be changed */
export type Rename = (sha256: string, name: string, signal: AbortSignal) => Promise<boolean>

export function createRename(needs: {
  catalog: { originals: Originals; photos: Photos }
  folders: () => Folders
  committer: Committer
  ownFiles: OwnFiles
}): Rename {
  const { committer, ownFiles } = needs
  const { originals, photos } = needs.catalog

  return (sha256, given, signal) => {
    const name = safeName(given)
    return committer.alone(committer.openEvent(), signal, async ({ id }) => {
      const own = originals.bySha(id, sha256)
      const photo = own && photos.byId(own.photoId)
      if (!own || photo?.state !== 'buffer' || photo.deletedAt !== null) return false
      if (own.filename === name) return true
      const isTaken = originals.byName(id, name) !== undefined || originals.wasNamed(id, name)
      if (isTaken || (await ownFiles.stateOf(own)) !== 'same') return false
      // In the spill folder it keeps its name until it is moved to its own.
      try {
        if (own.spilled === null)
          await placeNew(ownFiles.pathOf(own), join(needs.folders().path('buffer'), name))
      } catch (error) {
        if (errnoOf(error) === 'EEXIST') return false
        throw error
      }
      // A crash before this leaves a file of these bytes under another name, which is then found to be the Photo's.
      await ownFiles.take(own, name)
      return true
    })
  }
}
