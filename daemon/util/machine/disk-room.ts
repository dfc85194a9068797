import { stat, statfs } from 'node:fs/promises'
import type { Message } from '../../contract/message.ts'
import { newMessage } from '../message.ts'

/** Minutes of the current pace: below them a person is told, and everything but photos makes room for them. */
const SOON = 30
const TIGHT = 10
/** Below so many bytes, or this share of a small disk, it is tight at any pace. */
const FLOOR = 1e9
const SHARE = 0.05
/** How much more there has to be for it not to be tight any more: what was stopped would fill it again at once. */
const EASED = 1.5

/** What is on a disk: `data`: the catalog and the cache; `buffer`: new photos; `web`: what guests get. */
export type DiskUse = 'data' | 'buffer' | 'web'

/** Whether the disks have room for what is coming, at the pace at which they fill now. */
export interface DiskRoom {
  /** Looks at them. Those that are away are left out. */
  look(): Promise<void>
  /** Whether only photos, and what people decide, may still write to the disk of that use. */
  isTight(use: DiskUse): boolean
  warnings(): Message[]
  /** Hears when a disk became tight, or is not any more, and when the warnings are others. */
  onChange(listener: () => void): void
}

export interface Room {
  /** Which disk it is. */
  readonly disk: string
  readonly free: number
  readonly size: number
}

/** @throws the system's errors */
export async function roomOf(path: string): Promise<Room> {
  const [{ bavail, blocks, bsize }, { dev }] = await Promise.all([statfs(path), stat(path)])
  return { disk: String(dev), free: bavail * bsize, size: blocks * bsize }
}

/** @param needs.paths where each use lies now
 *  @param needs.pace bytes of photos that come in a minute, of late. What other programs write is not foreseen: for
 *  that there is the floor */
export function createDiskRoom(needs: {
  paths: () => Readonly<Record<DiskUse, string>>
  pace: () => number
  /** Whether photos go to the disk of the data folder for now. */
  spills?: () => boolean
  room?: (path: string) => Promise<Room>
}): DiskRoom {
  const { room = roomOf } = needs
  const listeners: (() => void)[] = []
  let uses = new Map<DiskUse, Disk>()

  /** @param fills whether photos go there */
  function judge({ disk, free, size }: Room, path: string, fills: boolean): Disk {
    const wasTight = [...uses.values()].some((one) => one.disk === disk && one.isTight)
    const pace = fills ? needs.pace() : 0
    const minutes = pace > 0 ? free / pace : Infinity
    const factor = wasTight ? EASED : 1
    const isTight = free < Math.min(FLOOR, size * SHARE) * factor || minutes < TIGHT * factor
    return { disk, free, path, minutes, isTight }
  }

  const isTight = (use: DiskUse) => uses.get(use)?.isTight ?? false
  const warnings = () => [...new Set(uses.values())].flatMap((disk) => warningOf(disk) ?? [])
  /** What others go by; the minutes change all the time. */
  const state = () =>
    [isTight('data'), isTight('buffer'), isTight('web'), ...warnings().map(({ code }) => code)].join()

  return {
    async look() {
      const before = state()
      const found = new Map<DiskUse, Disk>()
      const seen = new Map<string, Disk>()
      const { buffer, web, data } = needs.paths()
      for (const [use, path] of [
        ['buffer', buffer],
        ['web', web],
        ['data', data],
      ] as const) {
        const now = await room(path).catch(() => null)
        if (now === null) continue
        // Folders on one disk fill it together: that of the photos is asked first.
        const disk =
          seen.get(now.disk) ??
          judge(now, path, use === 'buffer' || (use === 'data' && (needs.spills?.() ?? false)))
        seen.set(now.disk, disk)
        found.set(use, disk)
      }
      uses = found
      if (before !== state()) for (const listener of listeners) listener()
    },
    isTight,
    warnings,
    onChange(listener) {
      listeners.push(listener)
    },
  }
}

interface Disk {
  readonly disk: string
  readonly free: number
  readonly path: string
  /** Until it is full, at the current pace. */
  readonly minutes: number
  readonly isTight: boolean
}

function warningOf({ free, path, minutes, isTight }: Disk): Message | null {
  const mb = Math.round(free / 1e6)
  if (isTight)
    return newMessage(
      'disk_tight',
      `The disk of ${path} has ${mb} MB left. Pictures are not made ahead, nor full sizes, so that photos still find room. Make room soon.`,
      { folder: path, mb },
    )
  if (minutes >= SOON) return null
  const n = Math.max(1, Math.round(minutes))
  return newMessage(
    'disk_soon_full',
    `The disk of ${path} is full in about ${n} minutes if photos keep coming like this (${mb} MB left). Make room, or choose a folder on another disk.`,
    { folder: path, n, mb },
  )
}
