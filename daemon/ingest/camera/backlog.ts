import type { Files, Waiting } from './order.ts'
import { compareWaiting } from './order.ts'
import type { CameraFile } from './port.ts'

/** Files that are to be fetched, in the order in which they are. A file whose transfer failed waits longer each time
 * and lets the others pass, but is never given up. */
export interface Backlog {
  add(file: CameraFile, isMarked: boolean): void
  has(key: string): boolean
  /** Takes out what comes next, or null when nothing is due.
   * @param at milliseconds since 1970 */
  next(at: number): Waiting | null
  /** Puts back what `next` gave and could not be fetched.
   * @returns how often it failed now */
  failed(waiting: Waiting, at: number): number
  mark(key: string): void
  readonly size: number
  files(): CameraFile[]
  clear(): void
}

const PATIENCE = 500
const MOST = 60_000

/** @param needs.key what names a file for as long as its bytes stay the same */
export function createBacklog(needs: {
  key: (file: CameraFile) => string
  order: () => { files: Files; jpeg_first: boolean }
}): Backlog {
  const waiting = new Map<string, Waiting>()
  const failures = new Map<string, number>()
  let turn = 0

  return {
    add(file, isMarked) {
      const key = needs.key(file)
      if (!waiting.has(key)) waiting.set(key, { file, isMarked, turn: turn++, notBefore: 0 })
    },
    has: (key) => waiting.has(key),
    next(at) {
      const due = [...waiting.values()].filter(({ notBefore }) => notBefore <= at)
      const compare = compareWaiting(needs.order().jpeg_first)
      const [first] = due.length === 0 ? [] : [due.reduce((a, b) => (compare(a, b) <= 0 ? a : b))]
      if (!first) return null
      waiting.delete(needs.key(first.file))
      return first
    },
    failed(one, at) {
      const key = needs.key(one.file)
      const count = (failures.get(key) ?? 0) + 1
      failures.set(key, count)
      const wait = count < 2 ? 0 : Math.min(MOST, PATIENCE * 2 ** (count - 2))
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
