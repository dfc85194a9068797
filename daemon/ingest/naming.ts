import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventRecord } from '../catalog/events.ts'
import type { NewOriginal, PhotoRecord, Photos } from '../catalog/photos.ts'
import { errnoOf } from '../errors.ts'
import { exists, moveFile, nameKey, placeNew, splitName, syncFile, syncFolder } from '../files.ts'
import { FOLDER_OF, type Folders } from '../folders.ts'
import type { Part } from './incoming.ts'
import type { Adopted } from './arrival.ts'
import type { Inspected } from './commit.ts'
import { safeName } from './names.ts'
import { readChunks } from './reading.ts'
import { saying } from '../saying.ts'

/** Two files of one press of the shutter are at most this far apart, milliseconds. */
const TOGETHER = 2000

/** Which file name a shot gets, whose other half it is, and what a second copy means. Only for the commit lane: what
 * it finds holds as long as nobody else commits. */
export type Naming = ReturnType<typeof createNaming>

export function createNaming(needs: { catalog: { photos: Photos }; folders: () => Folders }) {
  const { photos } = needs.catalog

  const originalOf = (photo: PhotoRecord, sha256: string) =>
    photo.raw?.sha256 === sha256 ? photo.raw : photo.main

  /** The path of a buffer Photo's own file, if that file is gone. */
  async function missing(photo: PhotoRecord, sha256: string): Promise<string | null> {
    if (photo.state !== 'buffer') return null
    const path = join(needs.folders().path('buffer'), originalOf(photo, sha256).filename)
    return (await exists(path)) ? null : path
  }

  /** Whether that name in the buffer folder is where one of the Photo's own files belongs: also when the disk spells
   * the name its own way (decomposed, or in another case). */
  async function isOwnFile(photo: PhotoRecord, name: string): Promise<boolean> {
    if (photo.state !== 'buffer') return false
    const folder = needs.folders().path('buffer')
    for (const file of [photo.main, photo.raw]) {
      if (file?.filename === name) return true
      if (file && nameKey(file.filename) === nameKey(name))
        return isOneFile(join(folder, file.filename), join(folder, name))
    }
    return false
  }

  return {
    isOwnFile,

    /** The Photo that this file is the RAW or the JPEG of: same folder, same stem, the same camera as far as they say,
     * shot within two seconds. */
    partner(
      event: EventRecord,
      file: Pick<NewOriginal, 'origin' | 'originName' | 'kind' | 'modifiedAt'>,
      seen: Inspected,
    ): PhotoRecord | undefined {
      const takenAt = seen.takenAt ?? file.modifiedAt
      return photos
        .partners(event.id, file)
        .find(
          ({ main, serial, takenAt: otherTakenAt }) =>
            [file.kind, main.kind].includes('jpeg') &&
            (serial === null || seen.serial === null || serial === seen.serial) &&
            Math.abs(otherTakenAt - takenAt) <= TOGETHER,
        )
    },

    /** The name to ask for: its other half's stem, where it has one. */
    wanted(partner: PhotoRecord | undefined, originName: string): string {
      const name = safeName(originName)
      return partner ? `${splitName(partner.filename)[0]}${splitName(name)[1]}` : name
    },

    /** Gives the part the first name that neither a Photo nor a file has, in the folder where its Photo is. A file
     * without a row that holds the very same bytes is what an earlier try left: it serves.
     * @returns the name it got */
    async place(
      event: EventRecord,
      part: Part,
      wanted: string,
      partner: PhotoRecord | undefined,
    ): Promise<string> {
      const role = FOLDER_OF[partner?.state ?? 'buffer']
      await needs.folders().check(role)
      const folder = needs.folders().path(role)
      const [stem, extension] = splitName(wanted)
      for (let n = 1; ; n += 1) {
        const name = n === 1 ? wanted : `${stem}-${n}${extension}`
        if (photos.byName(event.id, name)) continue
        const path = join(folder, name)
        try {
          await (role === 'buffer' ? placeNew : moveFile)(part.path, path)
          return name
        } catch (error) {
          if (errnoOf(error) !== 'EEXIST') throw error
          if (await holds(path, part)) return name
        }
      }
    },

    /** The same bytes came again from a Source: nothing to do, unless our own file went away. */
    async heal(photo: PhotoRecord, part: Part): Promise<void> {
      const path = await missing(photo, part.sha256)
      if (path !== null) await placeNew(part.path, path)
    },

    /** The same bytes lie in the buffer folder under `name`: the Photo's own file, or a second copy of it. A copy
     * whose Photo lost its file (somebody renamed it) gives it back under the old name, and stays itself. */
    async second(photo: PhotoRecord, sha256: string, name: string): Promise<Adopted> {
      const { filename } = originalOf(photo, sha256)
      if (await isOwnFile(photo, name)) return { outcome: 'known' }
      const path = await missing(photo, sha256)
      if (path !== null) await linkOrCopy(join(needs.folders().path('buffer'), name), path)
      const where = { buffer: '', archived: ', which is in the archive', trashed: ', which is in the trash' }
      const message = `The same picture as ${filename}${where[photo.state]}.`
      const same = {
        buffer: saying('same_as', message, { name: filename }),
        archived: saying('same_as_archived', message, { name: filename }),
        trashed: saying('same_as_trashed', message, { name: filename }),
      }
      return { outcome: 'aside', reason: same[photo.state] }
    },
  }
}

async function holds(path: string, part: Part): Promise<boolean> {
  const stats = await stat(path)
  if (!stats.isFile() || stats.size !== part.bytes) return false
  const hash = createHash('sha256')
  for await (const chunk of readChunks(path)) hash.update(chunk)
  if (hash.digest('hex') !== part.sha256) return false
  await syncFile(path)
  return true
}

/** Whether two spellings of a name lead to one file. */
async function isOneFile(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([stat(a).catch(() => null), stat(b).catch(() => null)])
  return left !== null && right !== null && left.dev === right.dev && left.ino === right.ino
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return
    await copyFile(from, to, constants.COPYFILE_EXCL)
    await syncFile(to)
  }
  await syncFolder(join(to, '..'))
}
