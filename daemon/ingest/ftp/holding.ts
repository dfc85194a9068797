import type { Log } from '../../log.ts'
import { readChunks } from '../../util/reading.ts'
import type { ReadEnd } from '../folder.ts'
import type { Held, HeldFiles } from '../intake/held.ts'
import type { Origin, Take } from '../source.ts'
import { splitPath, type VirtualFolders } from './folders.ts'
import { bestName, isTemporary, shaOf } from './names.ts'
import { reply, replyTo, troubleOf, type Reply } from './words.ts'
import type { Progress } from './progress.ts'

interface Waiting {
  /** What its sender calls it now. */
  key: string
  held: Held
  /** The control connection that it came by; null for what an earlier run left. */
  readonly by: symbol | null
  /** Until it is taken under the name that it has. */
  timer: NodeJS.Timeout | undefined
  /** One try at a time. */
  work: Promise<Reply> | null
}

/** The files of one camera that are acknowledged and wait for their final names. They become Photos when they get one;
 * when their sender goes without giving it, after a while, and after a restart, under the best that there is. */
export interface Holding {
  add(path: string, held: Held, by: symbol | null): void
  has(path: string): boolean
  /** The sender gave a file another name; a final one makes it a Photo. */
  rename(from: string, to: string): Promise<Reply>
  /** Takes what a connection that ended left without a final name; everything, where none is given. */
  settle(by?: symbol): Promise<void>
  stop(): void
}

export function createHolding(needs: {
  deliver: Take
  from: () => Origin
  heldFiles: HeldFiles
  files: VirtualFolders
  progress: Progress
  readEnd: ReadEnd
  /** Milliseconds. */
  patience: number
  signal: AbortSignal
  log: Log
}): Holding {
  const { heldFiles, files, progress, signal } = needs
  const waiting = new Map<string, Waiting>()

  function wait(one: Waiting): void {
    clearTimeout(one.timer)
    one.timer = setTimeout(() => void tryTaking(one), needs.patience)
    one.timer.unref()
  }

  async function take(one: Waiting): Promise<Reply> {
    const { folder, name: given } = splitPath(one.held.path)
    const { file, bytes, modifiedAt } = one.held
    const name = await bestName(given, async () => (await needs.readEnd(file)).kind)
    const taken = await needs.deliver(
      needs.from(),
      {
        key: `${one.held.path}|${modifiedAt}`,
        path: `${folder}/${name}`.replace(/^\/+/, ''),
        folder: folder.slice(1),
        filename: name,
        bytes,
        modifiedAt,
        content: { read: () => readChunks(file) },
      },
      signal,
    )
    clearTimeout(one.timer)
    waiting.delete(one.key)
    // What turns out to be no photo is listed, and stays where it is: its sender may have forgotten it.
    if (taken.outcome === 'skipped') return reply(553, taken.reason)
    await heldFiles.release(one.held)
    files.forget(one.key)
    if (taken.outcome === 'final') {
      files.put(one.held.path, { size: bytes, at: modifiedAt, sha256: null })
      return reply(250, `Taken as the final ${taken.filename}.`)
    }
    files.put(one.held.path, { size: bytes, at: modifiedAt, sha256: shaOf(taken.photo, name) })
    return reply(250, `Taken as ${taken.photo.filename}.`)
  }

  /** Tries to make it a Photo. Never throws: what fails is tried again. */
  async function tryTaking(one: Waiting): Promise<Reply> {
    await one.work
    if (waiting.get(one.key) !== one) return reply(250, 'Taken.')
    one.work = take(one).catch((error: unknown) => {
      const trouble = troubleOf(error)
      if (trouble) progress.trouble(trouble)
      needs.log.warn({ err: error, path: one.key }, 'A file that came by FTP waits to be taken')
      if (!signal.aborted) wait(one)
      return replyTo(error)
    })
    const answer = await one.work
    one.work = null
    return answer
  }

  return {
    add(path, held, by) {
      const before = waiting.get(path)
      if (before) {
        // It is not to come any more: its sender uses the name again.
        before.key = held.file
        waiting.set(before.key, before)
        void tryTaking(before)
      }
      const one: Waiting = { key: path, held, by, work: null, timer: undefined }
      waiting.set(path, one)
      wait(one)
    },
    has: (path) => waiting.has(path),
    async rename(from, to) {
      const one = waiting.get(from)
      if (!one) return reply(550, 'There is no such file.')
      one.held = await heldFiles.renamed(one.held, to)
      if (!isTemporary(splitPath(to).name)) return tryTaking(one)
      waiting.delete(from)
      one.key = to
      waiting.set(to, one)
      files.rename(from, to)
      return reply(250, 'Renamed.')
    },
    async settle(by) {
      const due = [...waiting.values()].filter((one) => by === undefined || one.by === by)
      for (const one of due) await tryTaking(one)
    },
    stop() {
      for (const { timer } of waiting.values()) clearTimeout(timer)
    },
  }
}
