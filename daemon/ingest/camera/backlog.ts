import { keyOf } from './camera-file.ts'
import { compareWaiting, type Waiting } from './order.ts'
import type { CameraFile } from './port.ts'
import { backoff } from '../../util/backoff.ts'

/** Files that are to be fetched, in the order in which they are. One whose transfer failed waits longer each time and
 * lets the others pass, but is never given up. Times are milliseconds by a clock that does not jump. */
export interface Backlog {
  /** @returns false when it waits already */
  add(file: CameraFile, isMarked: boolean): boolean
  has(key: string): boolean
  /** Takes out what comes next, or null when nothing is due. */
  next(at: number): Waiting | null
  /** Puts back what `next` gave and could not be fetched.
   * @returns how often it failed now */
  failed(waiting: Waiting, at: number): number
  /** The photographer marked it while it waited. */
  mark(key: string): void
  readonly size: number
  files(): CameraFile[]
  clear(): void
}

/** Milliseconds: after the second failure, and at most. */
const PATIENCE = 500
const MOST = 60_000

export function createBacklog(needs: { jpegFirst: () => boolean }): Backlog {
  const waiting = new Map<string, Waiting>()
  const failures = new Map<string, number>()
  let turn = 0

  return {
    add(file, isMarked) {
      const key = keyOf(file)
      if (waiting.has(key)) return false
      waiting.set(key, { file, isMarked, turn: turn++, notBefore: 0 })
      return true
    },
    has: (key) => waiting.has(key),
    next(at) {
      const compare = compareWaiting(needs.jpegFirst())
      let first: Waiting | null = null
      for (const one of waiting.values())
        if (one.notBefore <= at && (first === null || compare(one, first) < 0)) first = one
      if (first) waiting.delete(keyOf(first.file))
      return first
    },
    failed(one, at) {
      const key = keyOf(one.file)
      const count = (failures.get(key) ?? 0) + 1
      failures.set(key, count)
      const wait = count < 2 ? 0 : backoff(count - 2, { first: PATIENCE, longest: MOST })
      waiting.set(key, { ...one, notBefore: at + wait })
      return count
    },
    mark(key) {
      const one = waiting.get(key)
      if (one) waiting.set(key, { ...one, isMarked: true })
    },
    get size() {
      return waiting.size
    },
    files: () => [...waiting.values()].map(({ file }) => file),
    clear: () => waiting.clear(),
  }
}
