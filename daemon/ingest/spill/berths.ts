import { mkdir, open, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Events } from '../../catalog/events.ts'
import type { Settings } from '../../catalog/settings.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { exists, makeFolder, newPartName, syncFolder } from '../../files.ts'
import { folderAway, liesIn, type Folders } from '../../folders.ts'
import { roomOf, type Room } from '../../util/machine/disk-room.ts'

/** Inside the buffer folder, and the spill folder: where copies lie until they are whole, on the same disk as their
 * final place. */
export const INCOMING = '.incoming'

/** Where copies of new shots lie until they are whole. */
export interface Berth {
  readonly folder: string
  /** It is in the spill folder, for the disk of the buffer folder is away. */
  readonly isSpilled: boolean
}

/** Chooses it for the current Event. */
export interface Berths {
  /** @throws Refusal 503 `folder_away` where there is none, 507 `spill_full` where the computer's own disk has no room */
  now(): Promise<Berth>
  /** Every such folder that is there.
   * @throws like `now` */
  all(): Promise<string[]>
  /** What to tell of an error that came up in the buffer folder. A disk that fails is as good as away.
   * @returns Refusal 503 `folder_away` then, else the error */
  refused(error: unknown): unknown
}

/** In the buffer folder and nowhere else. */
export function bufferBerth(folders: () => Folders): Berths {
  async function now(): Promise<Berth> {
    await folders().check('buffer')
    const folder = join(folders().path('buffer'), INCOMING)
    if (await exists(folder)) return { folder, isSpilled: false }
    // Where it is missing, the disk may have gone in this moment.
    await folders().check('buffer')
    await makeFolder(folder)
    try {
      await folders().check('buffer')
    } catch (error) {
      // Pulled in between: it was made in the place of the disk.
      await rmdir(folder).catch(() => undefined)
      throw error
    }
    return { folder, isSpilled: false }
  }
  return { now, all: async () => [(await now()).folder], refused: (error) => error }
}

/** What the system says where a disk was pulled, or fails. */
const FAILS: ReadonlySet<string> = new Set(['EIO', 'ENXIO', 'ENODEV', 'ESTALE', 'EROFS'])
/** Below so many bytes, or this share of a small disk, nothing is spilled: the catalog lies there too. */
const FLOOR = 256e6
const SHARE = 0.05
/** Begins the setting that says whether a buffer folder lies on the disk of the data folder. */
const SAME = 'spill.same:'

export interface SpillBerths extends Berths {
  /** Notes on which disk the buffer folder lies, while it is there. */
  look(): Promise<void>
  /** What a disk that failed says when it is tried out; undefined where it takes files again, or did not fail. */
  trouble(): Promise<unknown>
}

export interface SpillOptions {
  /** The data folder, in which the spill folders are. */
  readonly data: string
  /** Whether two folders that are there lie on different disks. */
  readonly areApart?: (one: string, other: string) => Promise<boolean>
  readonly room?: (path: string) => Promise<Room>
  /** Reads back what was moved back. */
  readonly readBack?: (path: string) => Promise<string>
  /** How long the spilled file stays once it was moved back, milliseconds: something may be reading it still. */
  readonly grace?: number
  /** Whether Originals are kept a second time elsewhere: then a card may go once that has them. */
  readonly hasSecondCopy?: () => boolean
}

/** In the buffer folder, or in the spill folder as long as the disk of that is away and is another than the data
 * folder's. */
export function createBerths(
  needs: SpillOptions & {
    catalog: { events: Pick<Events, 'current'>; settings: Pick<Settings, 'get' | 'set'> }
    folders: () => Folders
  },
): SpillBerths {
  const { events, settings } = needs.catalog
  const { data, areApart = onDifferentDisks, room = roomOf } = needs
  const buffer = bufferBerth(needs.folders)
  const compared = new Set<string>()
  const made = new Set<string>()
  /** The buffer folder whose disk failed. */
  let failing: string | null = null

  const path = () => needs.folders().path('buffer')
  /** A folder that is away cannot be asked; of one that was never there since only its path is known. */
  function isApart(): boolean {
    const same = settings.get(SAME + path())
    return same === undefined ? !liesIn(path(), data) : same === 'no'
  }

  async function compare(): Promise<void> {
    const folder = path()
    if (compared.has(folder)) return
    const same = (await areApart(folder, data)) ? 'no' : 'yes'
    compared.add(folder)
    if (settings.get(SAME + folder) !== same) settings.set(SAME + folder, same)
  }

  async function inBuffer(): Promise<Berth> {
    if (failing === path()) throw folderAway('buffer', failing)
    const berth = await buffer.now()
    await compare()
    return berth
  }

  /** The folders above it are flushed too: what is acknowledged in it must be found again. */
  async function spillFolder(): Promise<string> {
    const { spill } = events.current()
    const folder = join(spill, INCOMING)
    if (!made.has(folder) || !(await exists(folder))) {
      await mkdir(folder, { recursive: true })
      for (const one of [spill, dirname(spill), data]) await syncFolder(one)
      made.add(folder)
    }
    return folder
  }

  async function inSpill(): Promise<Berth> {
    const { free, size } = await room(data)
    if (free < Math.min(FLOOR, size * SHARE))
      throw new Refusal(
        507,
        'spill_full',
        "The photo disk is away, and this computer's own disk has no room to keep photos meanwhile. Connect the photo disk, or make room.",
      )
    return { folder: await spillFolder(), isSpilled: true }
  }

  const isAway = (error: unknown) => error instanceof Refusal && error.code === 'folder_away'

  function refused(error: unknown): unknown {
    if (!FAILS.has(errnoOf(error) ?? '') || !isApart()) return error
    failing = path()
    return folderAway('buffer', failing, error)
  }

  async function now(): Promise<Berth> {
    try {
      return await inBuffer()
    } catch (fault) {
      const error = refused(fault)
      if (!isAway(error) || !isApart()) throw error
      return inSpill()
    }
  }

  return {
    now,
    refused,
    async look() {
      await needs.folders().check('buffer')
      await compare()
    },
    async all() {
      const { folder, isSpilled } = await now()
      if (isSpilled) return [folder]
      const spilled = join(events.current().spill, INCOMING)
      return (await exists(spilled)) ? [folder, spilled] : [folder]
    },
    async trouble() {
      if (failing === null || failing !== path()) return undefined
      try {
        await tryOut((await buffer.now()).folder)
        failing = null
        return undefined
      } catch (error) {
        return error
      }
    },
  }
}

const onDifferentDisks = async (one: string, other: string) =>
  (await stat(one)).dev !== (await stat(other)).dev

async function tryOut(folder: string): Promise<void> {
  const file = join(folder, newPartName())
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile('.')
    await handle.sync()
  } finally {
    await handle.close()
    await rm(file, { force: true })
  }
}
