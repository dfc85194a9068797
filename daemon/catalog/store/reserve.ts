import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync, type StatsFs } from 'node:fs'
import { dirname } from 'node:path'

/** Room that is kept for the catalog, at most, in bytes, and at most this share of its disk. */
const MOST = 8 * 1024 * 1024
const SHARE = 0.05
/** How many times as much must be free for the room to be taken. */
const PLENTY = 4

/** Room on the catalog's disk for what has to be possible when a disk is full: taking a photo out of the gallery, and
 * emptying the trash. It is a file of bytes that mean nothing, and that is removed when the catalog finds no room. */
export interface Reserve {
  /** Gives the room to the next that asks. @returns false when there was none to give */
  release(): boolean
  /** Takes the room again. A disk that fails is left alone.
   * @param what by default, only where there is plenty; `rest`: as much of it as there is */
  take(what?: 'plenty' | 'rest'): void
  /** The disk is as good as full: the room was given away, or there is little beside it. */
  isNeeded(): boolean
}

/** @param path of the file that takes up the room */
export function createReserve(path: string): Reserve {
  const sizeOn = ({ blocks, bsize }: StatsFs) => Math.min(MOST, Math.floor(blocks * bsize * SHARE))
  const freeOn = ({ bavail, bsize }: StatsFs) => bavail * bsize
  const disk = () => statfsSync(dirname(path))
  // What an earlier run took, whole, is this one's.
  let out = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) < sizeOn(disk())

  function remove(): boolean {
    try {
      rmSync(path)
      return true
    } catch {
      return false
    }
  }

  const reserve: Reserve = {
    release() {
      out = true
      return remove()
    },
    take(what = 'plenty') {
      if (!out) return
      try {
        const stats = disk()
        if (what === 'plenty' && freeOn(stats) < sizeOn(stats) * PLENTY) return
        fill(path, Math.min(sizeOn(stats), freeOn(stats)))
        out = false
      } catch {
        remove()
      }
    },
    isNeeded() {
      try {
        const stats = disk()
        return out || freeOn(stats) < sizeOn(stats)
      } catch {
        return out
      }
    },
  }
  reserve.take()
  return reserve
}

/** Bytes that no file system packs into less. */
function fill(path: string, size: number): void {
  const block = Buffer.alloc(Math.min(size, 1024 * 1024))
  crypto.getRandomValues(block.subarray(0, 65536))
  for (let at = 65536; at < block.length; at += 65536)
    block.copy(block, at, 0, Math.min(65536, block.length - at))
  const file = openSync(path, 'w', 0o600)
  try {
    for (let left = size; left > 0;) left -= writeSync(file, block, 0, Math.min(left, block.length))
  } finally {
    closeSync(file)
  }
}
