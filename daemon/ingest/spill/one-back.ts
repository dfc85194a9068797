import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { folderIds, type Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { Spilled } from '../../catalog/photos/originals.ts'
import { errnoOf } from '../../errors.ts'
import { discard, placeNew, splitName, syncFile } from '../../files.ts'
import { FOLDER_OF, isReadyFolder } from '../../folders.ts'
import { sha256Of, statOf } from '../../originals/proof.ts'
import { copyBeside, type Copying } from '../../originals/second-copy/copying.ts'
import type { Announcer } from '../../views/announcer.ts'

/** `back`: it lies in its own folder now; `dropped`: its Photo was deleted for good meanwhile; `away`: the disk of its
 * folder is; `damaged`: the file in the spill folder is not what was taken; `missing`: there is none; `again`: it changed
 * meanwhile. */
export type Back = 'back' | 'dropped' | 'away' | 'damaged' | 'missing' | 'again'

/** A copy on its way, or a file of the very same bytes that lies there already. */
type Copy = { readonly part: string } | { readonly serves: true }

/** Moves an Original from the spill folder to the folder of its Photo's state: copied, flushed, read back and compared
 * with the hash that names it; then its row changes place. The file in the spill folder is of no use then. Cut short
 * anywhere it can be done again, and what was done serves.
 * @throws the disk's errors, `Unsound` where what was written is not what is read back. Nothing is left then */
export type BringBack = (one: Spilled) => Promise<Back>

export function createBringBack(needs: {
  catalog: Pick<Catalog, 'events' | 'originals' | 'photos' | 'settings' | 'transaction'>
  /** Runs what changes Photos' files when nothing is being committed. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>
  announcer: Pick<Announcer, 'changed'>
  copying: Copying
}): BringBack {
  const { events, originals, photos, transaction } = needs.catalog
  const { copying } = needs
  const { readBack = sha256Of } = copying
  const ids = folderIds(needs.catalog.settings)
  const isReady = (folder: string) => isReadyFolder(folder, ids)

  async function isIts(path: string, { bytes, sha256 }: Spilled): Promise<boolean> {
    const found = await stat(path).catch(() => null)
    return found?.isFile() === true && found.size === bytes && (await readBack(path)) === sha256
  }

  async function copyOf(one: Spilled, from: string, folder: string): Promise<Copy | 'damaged' | 'missing'> {
    const to = join(folder, one.filename)
    if (await isIts(to, one)) return { serves: true }
    try {
      const { part, sha256 } = await copyBeside(from, to, copying)
      if (sha256 === one.sha256) return { part }
      await rm(part, { force: true })
      return 'damaged'
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' && (await statOf(from)) === null) return 'missing'
      throw error
    }
  }

  /** While the disk was away nobody could see which names other programs had taken there.
   * @returns the name, and whether the file was put there now */
  async function give(event: EventRecord, one: Spilled, copy: Copy, folder: string) {
    const [stem, extension] = splitName(one.filename)
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? one.filename : `${stem}-${n}${extension}`
      if (n > 1 && (originals.byName(event.id, name) || originals.wasNamed(event.id, name))) continue
      const path = join(folder, name)
      try {
        if ('part' in copy) {
          await placeNew(copy.part, path)
          return { name, isNew: true }
        }
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error
      }
      if (await isIts(path, one)) {
        await syncFile(path)
        return { name, isNew: false }
      }
      if (!('part' in copy)) return null
    }
  }

  /** Only when nothing else is being committed. */
  async function settle(event: EventRecord, before: Spilled, copy: Copy, folder: string): Promise<Back> {
    const isSame = () => {
      const now = originals.bySha(event.id, before.sha256)
      const photo = photos.byId(before.photoId)
      const isWanted = photo?.deletedAt === null && event.folders[FOLDER_OF[photo.state]] === folder
      return isWanted && now?.spilled === before.spilled && now.filename === before.filename
    }
    if (!isSame()) return 'again'
    if (!(await isReady(folder))) return 'away'
    const given = await give(event, before, copy, folder)
    if (!given) return 'again'
    const path = join(folder, given.name)
    const looks = await statOf(path)
    if (!(await isReady(folder)) || looks === null) return 'away'
    if (!isSame()) {
      // Another decision was made of its Photo in the same breath: it belongs elsewhere.
      if (given.isNew) await rm(path, { force: true })
      return 'again'
    }
    const isRenamed = given.name !== before.filename
    transaction(() => {
      if (isRenamed) originals.rename(event.id, before.sha256, given.name)
      originals.setSpilled(event.id, before.sha256, null, looks)
    })
    if (isRenamed && event.id === events.current().id) needs.announcer.changed(before.photoId)
    return 'back'
  }

  return async (one) => {
    const event = events.list().find(({ id }) => id === one.eventId)
    const photo = photos.byId(one.photoId)
    if (!event || !photo) return 'again'
    const from = join(event.spill, one.spilled)
    if (photo.deletedAt !== null) {
      originals.setSpilled(event.id, one.sha256, null, null)
      return 'dropped'
    }
    const folder = event.folders[FOLDER_OF[photo.state]]
    if (!(await isReady(folder))) return 'away'
    const copy = await copyOf(one, from, folder)
    if (typeof copy === 'string') return copy
    try {
      return await needs.inTurn(() => settle(event, one, copy, folder))
    } finally {
      if ('part' in copy) await discard(copy.part)
    }
  }
}
