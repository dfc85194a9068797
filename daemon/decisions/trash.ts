import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import type { OriginalFiles } from '../originals/original-files.ts'
import type { EmptyTrashReply } from '../contract/trash.ts'
import { Refusal } from '../errors.ts'
import type { Folders } from '../folders.ts'
import { fullName, thumbName, viewName } from '../publish/public-names.ts'
import { finalPath } from '../originals/finals/shown.ts'
import { reasonOf } from './publish-delay.ts'
import type { KeyedMutex } from '../util/keyed-mutex.ts'

/** Deletes what is in the trash, files and all: the only thing that cannot be undone. Rows stay, so that a public or a
 * file name is never given again and a card's frames are known to be unwanted.
 * @param expected how many photos the person saw there
 * @param done called with the result in the transaction that deletes the last of them, where that succeeds
 * @throws Refusal 409 `trash_changed` when there is another number of them now, 503 while the trash is away */
export type EmptyTrash = (expected: number, done?: (emptied: Emptied) => void) => Promise<Emptied>

/** Deletes what there is of one Photo in the trash, for good; nothing to do where it is not there any more.
 * @param deleted called with the bytes that it frees, in the transaction that deletes it
 * @throws Refusal 409 `photo_is_live`, 503 while the trash is away */
export type DeletePhoto = (id: string, deleted?: (bytes: number) => void) => Promise<void>

export type Emptied = Omit<EmptyTrashReply, 'status'>

export function createDeletePhoto(needs: {
  catalog: Catalog
  folders: Folders
  originalFiles: Pick<OriginalFiles, 'remove'>
  bus: Pick<Bus, 'emit'>
}): DeletePhoto {
  const { catalog, folders } = needs
  const { photos, publications } = catalog

  /** Printed versions of it that lie in the trash as well. */
  const printsOf = (photo: PhotoRecord) =>
    publications
      .goneOf(photo.id)
      .flatMap(({ name }) => [name, thumbName(name), viewName(name), fullName(name)])
      .map((file) => join(folders.path('trash'), 'published', file))

  return async (id, deleted) => {
    const photo = photos.byId(id)
    // Somebody may have restored it since the list was made.
    if (photo?.state !== 'trashed' || photo.deletedAt !== null) return
    if (photo.live.length > 0)
      throw new Refusal(
        409,
        'photo_is_live',
        `"${photo.filename}" is live as ${photo.live.join(', ')}. Unpublish it first.`,
      )
    await folders.check('trash')
    const prints = printsOf(photo)
    let bytes = photo.main.bytes + (photo.raw?.bytes ?? 0)
    for (const path of prints) bytes += (await stat(path).catch(() => null))?.size ?? 0
    // Prints first: nothing looks for them once the catalog calls the photo deleted.
    for (const path of prints) await rm(path, { force: true })
    // Then the catalog: what a crash leaves of the Originals is removed at the next start.
    for (const final of catalog.finals.of(id)) bytes += final.kept === null ? 0 : final.bytes
    const freed = catalog.urgent(() => {
      photos.markDeleted(id)
      deleted?.(bytes)
      return catalog.finals.forget(id)
    })
    await needs.originalFiles.remove(photo)
    for (const kept of freed) await rm(finalPath(folders.path('finals'), { kept }), { force: true })
    if (!photo.isRehearsal) needs.bus.emit({ type: 'photo.deleted', id })
  }
}

export function createEmptyTrash(needs: {
  catalog: Pick<Catalog, 'events' | 'photos'>
  folders: Pick<Folders, 'check'>
  remove: DeletePhoto
  mutex: KeyedMutex
}): EmptyTrash {
  const { folders } = needs
  const { events, photos } = needs.catalog
  return async (expected, done) => {
    await folders.check('trash')
    const trashed = photos.list(events.current().id, 'trashed').items
    if (trashed.length !== expected)
      throw new Refusal(
        409,
        'trash_changed',
        `The trash holds ${trashed.length} photos now, not ${expected}. Look at it again.`,
      )
    let result: Emptied = { deleted: 0, bytes: 0, kept: [] }
    for (const { id, filename } of trashed)
      try {
        let now = result
        await needs.mutex.take(id, () =>
          needs.remove(id, (bytes) => {
            now = { ...result, deleted: result.deleted + 1, bytes: result.bytes + bytes }
            if (id === trashed.at(-1)?.id) done?.(now)
          }),
        )
        result = now
      } catch (error) {
        result.kept.push({ filename, ...reasonOf(error) })
      }
    return result
  }
}
