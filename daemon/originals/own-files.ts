import { constants } from 'node:fs'
import { copyFile, lstat, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { Known } from '../catalog/photos/originals.ts'
import { createProof, isUnread, statOf } from './proof.ts'
import { errnoOf } from '../errors.ts'
import {
  discard,
  moveFile,
  nameKey,
  newPartName,
  placeNew,
  splitName,
  stepAside,
  syncFile,
} from '../files.ts'
import { FOLDER_OF, type Folders } from '../folders.ts'
import type { Announcer } from '../views/announcer.ts'
import type { WholeCopy } from './whole-copy.ts'

/** The files of Photos, where they should lie: whether they are what they were, and how they come back. Changes are
 * only for the commit lane. */
export type OwnFiles = ReturnType<typeof createOwnFiles>

export function createOwnFiles(needs: {
  catalog: Pick<Catalog, 'events' | 'originals' | 'photos'>
  /** The current Event's folders. */
  folders: () => Pick<Folders, 'path' | 'check'>
  announcer: Pick<Announcer, 'changed'>
}) {
  const { events, originals, photos } = needs.catalog
  const proof = createProof({ originals, events })

  function photoOf({ photoId }: Known) {
    const photo = photos.byId(photoId)
    if (!photo) throw new Error(`The catalog holds no photo ${photoId}`)
    return photo
  }

  const roleOf = (known: Known) => FOLDER_OF[photoOf(known).state]
  const pathOf = (known: Known) =>
    known.spilled === null
      ? join(needs.folders().path(roleOf(known)), known.filename)
      : join(events.current().spill, known.spilled)

  function announce(ids: readonly string[]): void {
    for (const id of new Set(ids)) needs.announcer.changed(id)
  }

  /** `away`: its folder is away, so nothing is known of the file. `unread`: it is there, and the disk does not give it. */
  async function stateOf(known: Known): Promise<'same' | 'other' | 'gone' | 'away' | 'unread'> {
    try {
      if (known.spilled === null) await needs.folders().check(roleOf(known))
    } catch {
      return 'away'
    }
    try {
      return await proof.of({ path: pathOf(known), sha256: known.sha256 })
    } catch (error) {
      if (!isUnread(error)) throw error
      return 'unread'
    }
  }

  /** Notes that its bytes were read at its place, or put there. */
  async function verify(known: Known): Promise<void> {
    const { id } = events.current()
    const looks = await statOf(pathOf(known))
    if (looks === null) return
    originals.verified(id, known.sha256, looks)
    if (known.lost) announce([known.photoId])
  }

  /** Its bytes wait in the spill folder until the disk of its own is back, whatever lies there. */
  async function spill(known: Known, copy: WholeCopy): Promise<void> {
    const event = events.current()
    const name = await placeFree(copy, event.spill, known.filename)
    originals.setSpilled(event.id, known.sha256, name, await statOf(join(event.spill, name)))
    announce([known.photoId])
  }

  return {
    pathOf,
    stateOf,
    verify,
    announce,

    /** Whether a name in the buffer folder is where the Original belongs: also when the disk spells the name its own
     * way (decomposed, or in another case). */
    async isPlaceOf(known: Known, name: string): Promise<boolean> {
      const photo = photoOf(known)
      if (photo.state !== 'buffer' || photo.deletedAt !== null || known.spilled !== null) return false
      if (known.filename === name) return true
      if (nameKey(known.filename) !== nameKey(name)) return false
      const folder = needs.folders().path('buffer')
      return isOneFile(join(folder, known.filename), join(folder, name))
    },

    /** Notes that the Original's file is gone, or that another program wrote another picture over it. */
    lose(known: Known): void {
      if (originals.lose(events.current().id, known.sha256)) announce([known.photoId])
    },

    /** Puts the bytes back where they belong, unless they are there. What stands in their place keeps its bytes and
     * gets another name.
     * @returns whether they are there now, or in the spill folder; not while that folder is away */
    async heal(known: Known, from: WholeCopy | string): Promise<boolean> {
      const state = await stateOf(known)
      if (state === 'same') {
        if (known.lost) await verify(known)
        return true
      }
      if (state === 'away') {
        if (typeof from !== 'string' && from.isSpilled) {
          await spill(known, from)
          return true
        }
        if (roleOf(known) === 'buffer') await needs.folders().check('buffer')
        return false
      }
      const path = pathOf(known)
      if (state === 'other' || state === 'unread' || (await isThere(path))) {
        // What was on its way there may have arrived by now: that is no other program's.
        if ((await stateOf(known)) === 'same') {
          await verify(known)
          return true
        }
        await stepAside(path)
      }
      if (typeof from === 'string') await copyNew(from, path)
      else {
        const isOneDisk = roleOf(known) === 'buffer' && known.spilled === null && !from.isSpilled
        await (isOneDisk ? placeNew : moveFile)(from.path, path)
      }
      await verify(known)
      return true
    },

    /** A deleted Photo's bytes come to the buffer folder, before its row says so: what a crash leaves is a file that is
     * adopted. */
    async bringToBuffer(known: Known, from: WholeCopy | string): Promise<void> {
      if (typeof from !== 'string' && from.isSpilled) return spill(known, from)
      const path = join(needs.folders().path('buffer'), known.filename)
      if (await isThere(path)) await stepAside(path)
      if (typeof from === 'string') await copyNew(from, path)
      else await placeNew(from.path, path)
      const looks = await statOf(path)
      if (looks !== null) originals.verified(events.current().id, known.sha256, looks)
    },

    /** Whether the Original can be called by a name under which its bytes lie in the buffer folder. Whoever has that
     * name lies elsewhere otherwise, or is deleted, and keeps it for ever. */
    canTake(known: Known, name: string): boolean {
      if (photoOf(known).state !== 'buffer') return false
      const holder = originals.byName(events.current().id, name)
      if (!holder || holder.photoId === known.photoId) return true
      const { state, deletedAt } = photoOf(holder)
      return state === 'buffer' && deletedAt === null
    },

    /** Another program renamed its file: it is the same Photo under its new name. */
    async take(known: Known, name: string): Promise<void> {
      const { id } = events.current()
      const changed = originals.rename(id, known.sha256, name)
      const renamed = originals.bySha(id, known.sha256)
      if (renamed) await verify(renamed)
      announce(changed)
    },
  }
}

/** Gives a copy the first free name in a folder on its own disk. @returns the name */
async function placeFree(copy: WholeCopy, folder: string, filename: string): Promise<string> {
  const [stem, extension] = splitName(filename)
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? filename : `${stem}-${n}${extension}`
    try {
      await placeNew(copy.path, join(folder, name))
      return name
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }
}

/** Whether two spellings of a name lead to one file. */
export async function isOneFile(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([stat(a).catch(() => null), stat(b).catch(() => null)])
  return left !== null && right !== null && left.dev === right.dev && left.ino === right.ino
}

/** Whether anything is, a link that leads nowhere too. */
const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** A copy of its own: under a link both would change together. */
async function copyNew(from: string, to: string): Promise<void> {
  const part = join(dirname(to), newPartName())
  try {
    await copyFile(from, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await syncFile(part)
    await placeNew(part, to)
  } finally {
    await discard(part)
  }
}
