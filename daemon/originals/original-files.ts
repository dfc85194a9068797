import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PhotoState } from '../contract/photo.ts'
import { errnoOf, messageOf, Refusal } from '../errors.ts'
import { exists, isOldPart, isPart, moveFile, stepAside } from '../files.ts'
import { FOLDER_OF, type Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { requirePhoto } from '../catalog/photos/require-photo.ts'
import type { OriginalRecord, PhotoRecord } from '../catalog/photos/photos.ts'
import { finalPath, shownSha256 } from './finals/shown.ts'
import { createProof, isUnread, sha256Of, statOf, type Claim } from './proof.ts'
import { createKeyedMutex } from '../util/keyed-mutex.ts'
import type { Announcer } from '../views/announcer.ts'

/** Where Originals stand: a Photo's state is the folder that its files are in. */
export interface OriginalFiles {
  /** The folder and name of an Original of the Photo. */
  pathOf(photo: PhotoRecord, original?: OriginalRecord): string
  /** What the Photo shows and publishes: its final, where it has one, else its main Original. */
  claimOf(photo: PhotoRecord): Claim
  /** Moves a Photo's Originals to the folder of its new state. Nothing to do when it is there.
   * @throws Refusal 404 for an unknown name, 409 while a version of it is live (unless archived), 503 when a disk is
   * away */
  move(filename: string, state: PhotoState): Promise<PhotoRecord>
  /** Deletes the files of a Photo that is marked as deleted, for good. What the disk refuses to is told to `left`. */
  remove(photo: PhotoRecord): Promise<void>
  /** Finishes the moves and deletions that a crash, or a disk that was pulled or refused them, cut short, and removes
   * copies that were on their way. Before anything watches the folders, and whenever one of them is back; a folder that
   * is away is left alone.
   * @throws the first of what could not be finished, after everything else was */
  recover(): Promise<void>
}

const STATES: readonly PhotoState[] = ['buffer', 'archived', 'trashed']

/** What a file is called that holds an Original's bytes, if one lies there. */
async function nameOf(folder: string, { bytes, sha256 }: OriginalRecord): Promise<string | null> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || isPart(entry.name)) continue
    const path = join(folder, entry.name)
    if ((await stat(path)).size === bytes && (await sha256Of(path)) === sha256) return entry.name
  }
  return null
}

export function createOriginalFiles(needs: {
  catalog: Catalog
  folders: Folders
  announcer: Pick<Announcer, 'changed'>
  log: Log
  /** Something waits for the next `recover`. */
  left?: () => void
}): OriginalFiles {
  const { catalog, folders } = needs
  /** One move of a Photo's files at a time, by its id: two people may press at once. */
  const moves = createKeyedMutex()
  const proof = createProof(catalog)

  const originals = (photo: PhotoRecord) => (photo.raw ? [photo.main, photo.raw] : [photo.main])
  /** What waits in the spill folder moves when its disk is back, to the folder of the state that its Photo has then. */
  const here = (photo: PhotoRecord) => originals(photo).filter(({ spilled }) => spilled === null)
  const pathIn = (state: PhotoState, original: OriginalRecord) =>
    original.spilled === null
      ? join(folders.path(FOLDER_OF[state]), original.filename)
      : join(catalog.events.current().spill, original.spilled)

  /** What another program wrote over it in the buffer is not the Photo's, to be moved with it. What comes
   * to the buffer is judged there. */
  async function isOthers(state: PhotoState, original: OriginalRecord): Promise<boolean> {
    const known = catalog.originals.bySha(catalog.events.current().id, original.sha256)
    if (!known?.lost && !known?.stat) return false
    const claim = { path: pathIn(state, original), sha256: original.sha256 }
    // What cannot be read is taken along: to move it needs none of its bytes.
    const found = await proof.of(claim).catch((error: unknown) => {
      if (isUnread(error)) return 'same'
      throw error
    })
    return found === 'other'
  }

  /** Nobody else writes into the archive and the trash. */
  const moveOne = (from: PhotoState, to: PhotoState, original: OriginalRecord) =>
    moveFile(pathIn(from, original), pathIn(to, original), { emptyIsOurs: to !== 'buffer' })

  async function moveFiles(photo: PhotoRecord, from: PhotoState, to: PhotoState): Promise<void> {
    for (const original of here(photo))
      if ((await exists(pathIn(from, original))) && (to === 'buffer' || !(await isOthers(from, original))))
        await moveOne(from, to, original)
  }

  /** An Original without a file in the folder of its new state is noted as missing; one that was missed while its file
   * was on its way is not any more.
   * @param photo as it was right before its files were moved */
  async function noteMissed(photo: PhotoRecord, state: PhotoState): Promise<PhotoRecord> {
    const { id } = catalog.events.current()
    for (const original of originals(photo)) {
      const looks = await statOf(pathIn(state, original))
      if (looks === null) catalog.originals.lose(id, original.sha256)
      else if (!original.lost && catalog.originals.bySha(id, original.sha256)?.lost)
        catalog.originals.verified(id, original.sha256, looks)
    }
    return catalog.photos.byId(photo.id) ?? photo
  }

  /** A person may have renamed a file in a folder that nobody watches: where it is gone, and its bytes lie there under
   * another name, it is called so from now on; where that name is another Photo's, it gets its own back. */
  async function followNames(photo: PhotoRecord): Promise<PhotoRecord> {
    if (photo.state === 'buffer') return photo
    for (const original of here(photo)) {
      if (await exists(pathIn(photo.state, original))) continue
      const name = await nameOf(folders.path(FOLDER_OF[photo.state]), original)
      if (name === null) continue
      const { id } = catalog.events.current()
      if (catalog.originals.byName(id, name)) {
        const named = { ...original, filename: name }
        await moveFile(pathIn(photo.state, named), pathIn(photo.state, original))
      } else catalog.originals.rename(id, original.sha256, name)
    }
    return catalog.photos.byId(photo.id) ?? photo
  }

  async function remove(one: PhotoRecord): Promise<void> {
    if (here(one).length > 0) await folders.check('trash')
    const photo = await followNames(one)
    for (const original of originals(photo)) {
      const path = pathIn('trashed', original)
      // What another program put there under that name is not ours to delete.
      if ((await proof.of({ path, sha256: original.sha256 })) === 'same') await rm(path, { force: true })
    }
  }

  /** A disk that takes nothing any more may not let that be noted either: then the move is finished later. */
  async function moveBack(photo: PhotoRecord, from: PhotoState): Promise<void> {
    try {
      catalog.photos.setState(photo.id, photo.state)
      await moveFiles(photo, from, photo.state)
    } catch (err) {
      needs.log.error({ err }, `Moving ${photo.filename} back failed`)
      needs.left?.()
    }
  }

  async function move(filename: string, state: PhotoState): Promise<PhotoRecord> {
    const found = requirePhoto(catalog, filename)
    if (found.state === state) return found
    const isHere = here(found).length > 0
    if (isHere) await folders.check(FOLDER_OF[found.state])
    const photo = await followNames(found)
    if (photo.live.length > 0 && state === 'trashed')
      throw new Refusal(
        409,
        'photo_is_live',
        `"${filename}" is live as ${photo.live.join(', ')}. Unpublish it first.`,
      )
    if (isHere) await folders.check(FOLDER_OF[state])
    // The catalog first: a crash in between is finished by recover(), and a watcher of the folders meanwhile finds
    // the file already known.
    catalog.photos.setState(photo.id, state)
    try {
      // What was in the spill folder a moment ago may be in its own by now.
      await moveFiles(catalog.photos.byId(photo.id) ?? photo, photo.state, state)
    } catch (error) {
      await moveBack(photo, state)
      throw error
    }
    const now = await noteMissed(photo, state)
    needs.announcer.changed(now)
    return now
  }

  /** What lies in a folder, without the copies that an earlier run left on their way, which are removed; nothing while
   * the folder is away. */
  async function filesIn(state: PhotoState): Promise<Set<string>> {
    const role = FOLDER_OF[state]
    try {
      await folders.check(role)
      const names = await readdir(folders.path(role))
      for (const name of names.filter(isOldPart)) await rm(join(folders.path(role), name), { force: true })
      return new Set(names.filter((name) => !isOldPart(name)))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      needs.log.debug(`The ${role} folder is not looked into: ${messageOf(error)}`)
      return new Set()
    }
  }

  /** A move that was cut off between its last two steps: the file has its new name, and the old one too. What is another
   * file in the old place stays. */
  async function dropOldName(old: string, path: string): Promise<void> {
    const [left, right] = await Promise.all([stat(old), stat(path)])
    if (left.dev === right.dev ? left.ino !== right.ino : left.size !== right.size) return
    await moveFile(old, path).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error
    })
  }

  /** Finishes a move: the file lies in another folder than the Photo's state says, alone or beside an empty one; or in
   * both. */
  async function finishMove(
    photo: PhotoRecord,
    original: OriginalRecord,
    names: ReadonlyMap<PhotoState, ReadonlySet<string>>,
  ): Promise<void> {
    const { filename } = original
    const { state } = photo
    const isThere = names.get(state)!.has(filename)
    const from = STATES.find((other) => other !== state && names.get(other)!.has(filename))
    // A person may have moved it meanwhile.
    if (from === undefined || catalog.photos.byId(photo.id)?.state !== state) return
    if (isThere && (await stat(pathIn(state, original))).size > 0)
      return dropOldName(pathIn(from, original), pathIn(state, original))
    needs.log.info(`Finishing the move of ${filename} to ${state}`)
    await folders.check(FOLDER_OF[state])
    // A program may have begun to write into an empty file in the buffer; nothing shows it.
    if (isThere && state === 'buffer') await stepAside(pathIn(state, original))
    await moveOne(from, state, original)
  }

  return {
    pathOf: (photo, original = photo.main) => pathIn(photo.state, original),
    claimOf: (photo) => ({
      path: photo.final ? finalPath(folders.path('finals'), photo.final) : pathIn(photo.state, photo.main),
      sha256: shownSha256(photo),
    }),
    move: async (filename, state) =>
      moves.take(requirePhoto(catalog, filename).id, () => move(filename, state)),
    async remove(photo) {
      try {
        await remove(photo)
      } catch (err) {
        needs.log.warn(
          { err },
          `The files of ${photo.filename}, which was deleted, stay in the trash for now`,
        )
        needs.left?.()
      }
    },
    async recover() {
      const { id: eventId } = catalog.events.current()
      const names = new Map<PhotoState, ReadonlySet<string>>()
      for (const state of STATES) names.set(state, await filesIn(state))
      const faults: unknown[] = []
      // One file that cannot be moved keeps no other from its place.
      const each = (photo: PhotoRecord, work: () => Promise<void>) =>
        moves.take(photo.id, work).catch((error: unknown) => void faults.push(error))
      for (const state of STATES)
        for (const photo of catalog.photos.list(eventId, state).items)
          for (const original of here(photo)) await each(photo, () => finishMove(photo, original, names))
      const trashed = names.get('trashed')!
      for (const photo of catalog.photos.deleted(eventId))
        if (here(photo).some(({ filename }) => trashed.has(filename))) await each(photo, () => remove(photo))
      if (faults.length > 0) throw faults[0]
    },
  }
}
