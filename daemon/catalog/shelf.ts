import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bus } from '../bus.ts'
import type { PhotoState } from '../contract/photo.ts'
import { Refusal } from '../errors.ts'
import { exists, moveFile } from '../files.ts'
import { FOLDER_OF, type Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { Catalog } from './catalog.ts'
import type { OriginalRecord, PhotoRecord } from './photos.ts'
import type { Views } from './views.ts'

/** Where Originals stand: a Photo's state is the folder that its files are in. */
export interface Shelf {
  /** The folder and name of an Original of the Photo. */
  pathOf(photo: PhotoRecord, original?: OriginalRecord): string
  /** Moves a Photo's Originals to the folder of its new state. Nothing to do when it is there.
   * @throws Refusal 404 for an unknown name, 409 while a version of it is live (unless archived), 503 when a disk is away */
  move(filename: string, state: PhotoState): Promise<PhotoRecord>
  /** Deletes the files of a Photo that is marked as deleted, for good. */
  remove(photo: PhotoRecord): Promise<void>
  /** Finishes the moves and deletions that a crash or a pulled disk cut short. */
  recover(): Promise<void>
}

export function createShelf(needs: {
  catalog: Catalog
  folders: Folders
  views: Views
  bus: Bus
  log: Log
}): Shelf {
  const { catalog, folders } = needs

  const originals = (photo: PhotoRecord) => (photo.raw ? [photo.main, photo.raw] : [photo.main])
  const pathIn = (state: PhotoState, original: OriginalRecord) =>
    join(folders.path(FOLDER_OF[state]), original.filename)

  async function moveFiles(photo: PhotoRecord, from: PhotoState, to: PhotoState): Promise<void> {
    for (const original of originals(photo))
      if (await exists(pathIn(from, original))) await moveFile(pathIn(from, original), pathIn(to, original))
  }

  async function remove(photo: PhotoRecord): Promise<void> {
    await folders.check('trash')
    for (const original of originals(photo)) {
      const path = pathIn('trashed', original)
      // A file of another size under that name is not ours to delete.
      const stats = await stat(path).catch(() => null)
      if (stats?.size === original.bytes) await rm(path, { force: true })
    }
  }

  // One move at a time for a Photo: two people may press at once.
  const moving = new Map<string, Promise<unknown>>()

  async function move(filename: string, state: PhotoState): Promise<PhotoRecord> {
    const { id: eventId } = catalog.events.current()
    const photo = catalog.photos.named(eventId, filename)
    if (!photo) throw new Refusal(404, 'unknown_photo', `There is no photo named "${filename}".`)
    if (photo.state === state) return photo
    if (photo.live.length > 0 && state === 'trashed')
      throw new Refusal(
        409,
        'photo_is_live',
        `"${filename}" is live as ${photo.live.join(', ')}. Unpublish it first.`,
      )
    await folders.check(FOLDER_OF[photo.state])
    await folders.check(FOLDER_OF[state])
    // The catalog first: a crash in between is finished by recover(), and whoever watches the folders meanwhile
    // finds the file already spoken for.
    const moved = catalog.photos.setState(photo.id, state)
    try {
      await moveFiles(photo, photo.state, state)
    } catch (error) {
      catalog.photos.setState(photo.id, photo.state)
      await moveFiles(photo, state, photo.state).catch((cause: unknown) =>
        needs.log.error({ cause }, `Moving ${filename} back failed`),
      )
      throw error
    }
    needs.bus.emit({ type: 'photo.changed', photo: needs.views.photo(moved) })
    return moved
  }

  /** Unless somebody moved it, or moves it, meanwhile. */
  async function finishMove(id: string, original: OriginalRecord, from: PhotoState): Promise<void> {
    const state = catalog.photos.byId(id)?.state
    if (state === undefined || state === from || (await exists(pathIn(state, original)))) return
    if (!(await exists(pathIn(from, original)))) return
    needs.log.info(`Finishing the move of ${original.filename} to ${state}`)
    await folders.check(FOLDER_OF[state])
    await moveFile(pathIn(from, original), pathIn(state, original))
  }

  function inTurn<T>(filename: string, work: () => Promise<T>): Promise<T> {
    const turn = (moving.get(filename) ?? Promise.resolve()).then(work)
    const settled = turn.catch(() => undefined)
    moving.set(filename, settled)
    void settled.then(() => moving.get(filename) === settled && moving.delete(filename))
    return turn
  }

  return {
    pathOf: (photo, original = photo.main) => pathIn(photo.state, original),
    move: (filename, state) => inTurn(filename, () => move(filename, state)),
    remove,
    async recover() {
      const { id: eventId } = catalog.events.current()
      const states: PhotoState[] = ['buffer', 'archived', 'trashed']
      const names = new Map<PhotoState, Set<string>>()
      for (const state of states)
        names.set(state, new Set(await readdir(folders.path(FOLDER_OF[state])).catch(() => [])))
      for (const state of states)
        for (const photo of catalog.photos.list(eventId, state).items)
          for (const original of originals(photo)) {
            if (names.get(state)!.has(original.filename)) continue
            const from = states.find((other) => names.get(other)!.has(original.filename))
            if (from === undefined) continue
            await inTurn(photo.filename, () => finishMove(photo.id, original, from))
          }
      const trashed = names.get('trashed')!
      for (const photo of catalog.photos.deleted(eventId))
        if (originals(photo).some(({ filename }) => trashed.has(filename))) await remove(photo)
    },
  }
}
