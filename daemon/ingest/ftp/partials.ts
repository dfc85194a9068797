import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { SourceLost } from '../source.ts'

/** Files of a camera that broke off, in number, together and in time. */
const MOST = { count: 8, bytes: 2 * 2 ** 30, age: 3600_000 } as const
const PIECE = 1 << 20

interface Partial {
  readonly file: string
  readonly bytes: number
  readonly at: number
}

/** What came of frames whose transfer broke off, so that a camera can go on where it was (REST). None of it is ever
 * a Photo, and none outlives the program. */
export interface Partials {
  /** Bytes of the frame that are here; 0 where none are. */
  size(path: string): number
  count(): number
  /** Keeps a file as what came of a frame so far, instead of what was kept of it before. Never throws: what cannot be
   * kept is sent again. */
  keep(path: string, file: string, bytes: number): Promise<void>
  /** Writes the first bytes of the frame into a new file.
   * @throws SourceLost when they are not here any more */
  begin(path: string, bytes: number, into: FileHandle): Promise<void>
  forget(path: string): Promise<void>
  rename(from: string, to: string): void
  clear(): Promise<void>
}

/** @param needs.newFile a path for a file, on the disk where frames come in
 * @param needs.clock milliseconds that only rise */
export function createPartials(needs: {
  newFile: () => Promise<string>
  clock: () => number
  changed: (count: number) => void
}): Partials {
  const kept = new Map<string, Partial>()

  async function forget(path: string): Promise<void> {
    const partial = kept.get(path)
    if (!partial) return
    kept.delete(path)
    needs.changed(kept.size)
    await rm(partial.file, { force: true }).catch(() => undefined)
  }

  async function tidy(): Promise<void> {
    const total = () => [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    const late = needs.clock() - MOST.age
    for (const [path, { at }] of [...kept])
      if (at < late || kept.size > MOST.count || total() > MOST.bytes) await forget(path)
  }

  const size = (path: string) => kept.get(path)?.bytes ?? 0

  return {
    size,
    count: () => kept.size,
    async keep(path, file, bytes) {
      if (bytes === 0) return
      try {
        const to = await needs.newFile()
        await rename(file, to)
        await forget(path)
        kept.set(path, { file: to, bytes, at: needs.clock() })
        needs.changed(kept.size)
        await tidy()
      } catch {
        // Its sender begins again from the start.
        await forget(path)
      }
    },
    async begin(path, bytes, into) {
      const partial = kept.get(path)
      const there = partial ? await stat(partial.file).catch(() => null) : null
      if (!partial || !there || there.size < bytes) {
        await forget(path)
        throw new SourceLost(`The first ${bytes} bytes of ${path} are not here any more.`)
      }
      const from = await open(partial.file, 'r')
      try {
        const piece = Buffer.allocUnsafe(PIECE)
        for (let at = 0; at < bytes;) {
          const { bytesRead } = await from.read(piece, 0, Math.min(PIECE, bytes - at), at)
          await into.appendFile(piece.subarray(0, bytesRead))
          at += bytesRead
        }
      } finally {
        await from.close()
      }
    },
    forget,
    rename(from, to) {
      const partial = kept.get(from)
      if (!partial) return
      kept.delete(from)
      kept.set(to, partial)
    },
    async clear() {
      for (const path of [...kept.keys()]) await forget(path)
    },
  }
}
