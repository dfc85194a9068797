import type { FSWatcher } from 'chokidar'
import { readdir } from 'node:fs/promises'
import PQueue from 'p-queue'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Announcer } from '../../views/announcer.ts'
import { Refusal } from '../../errors.ts'
import type { Folders } from '../../folders.ts'
import type { Log } from '../../log.ts'
import { SIDECAR } from '../../originals/names.ts'
import type { Ingest } from '../intake/ingest.ts'
import { createOddNames } from './odd-names.ts'
import { createPauses } from '../../util/pauses.ts'
import { isOurs } from './photo-files.ts'
import { createSidecars, isSidecar } from './sidecars.ts'
import type { Patience } from '../source.ts'
import type { Message } from '../../contract/message.ts'
import { messageFrom } from '../../util/message.ts'
import { unreadHere } from '../tree/owed.ts'
import { BUFFER, createFilesSeen, type Look } from './files-seen.ts'
import { watchFolder } from './watching.ts'
import { bufferTrouble, LINK, SUBFOLDER } from '../words.ts'

const AT_ONCE = 4
const JPEG_SETTLE = 100

export interface BufferNeeds {
  readonly ingest: Pick<Ingest, 'accept' | 'adopt' | 'clean'>
  readonly catalog: Pick<Catalog, 'events' | 'photos' | 'originals' | 'skipped' | 'words' | 'transaction'>
  readonly announcer: Pick<Announcer, 'changed'>
  readonly folders: () => Folders
  readonly changed: () => void
  readonly log: Log
  /** Milliseconds by a clock that does not jump. */
  readonly clock: () => number
  readonly patience: Patience
}

/** Adopts what any program drops into the buffer folder, in place. Nothing there is ever removed, and nothing renamed
 * but what stands where a Photo's own file is put back. */
export interface Buffer {
  start(): void
  stop(): Promise<void>
  /** Looks at everything again now. */
  look(): void
  /** Looks at everything again, also at what was set aside before. */
  again(): void
  /** Files that wait to be adopted, and why when something is wrong. */
  status(): { waiting: number; message: Message | null }
}

export function createBuffer(needs: BufferNeeds): Buffer {
  const { patience, clock } = needs
  const { events, skipped } = needs.catalog
  const seen = createFilesSeen(needs)
  const { looks, unread, skip, see, taken, gone, lookAtCopies } = seen
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  const queue = new PQueue({ concurrency: AT_ONCE })
  const busy = new Set<string>()
  const sidecars = createSidecars(needs)
  const lookAtOdd = createOddNames({ ...needs, skipped, source: BUFFER, now: clock })
  let isOddWaiting = false
  let place: string | null = null
  let watcher: FSWatcher | null = null
  let scanAt = 0
  let message: Message | null = null
  let running: Promise<void> = Promise.resolve()

  const folder = () => needs.folders().path('buffer')

  async function adopt(name: string, look: Look): Promise<void> {
    const { fingerprint } = look
    if (isSidecar(name)) {
      if (await sidecars.read(name)) taken(name, fingerprint)
      else skip(name, fingerprint, SIDECAR)
      return
    }
    const stood = clock() - look.since >= patience.stall
    const result = await needs.ingest.adopt(name, fingerprint, stopping.signal, stood)
    message = null
    switch (result.outcome) {
      case 'taken':
      case 'known':
        taken(name, fingerprint)
        break
      case 'skipped':
        skip(name, fingerprint, result.reason)
        break
      case 'unfinished':
        if (stood) skip(name, fingerprint, result.reason)
        else look.notBefore = clock() + Math.min(patience.retry, patience.stall)
        break
      case 'changed':
        looks.delete(name)
        await see(name)
    }
  }

  async function tryToAdopt(name: string, look: Look): Promise<void> {
    try {
      // What waited in the queue may have changed, or lain in another folder.
      if (!stopping.signal.aborted && looks.get(name) === look) await adopt(name, look)
    } catch (error) {
      look.notBefore = clock() + patience.retry
      if (!unread.failed(name, error)) trouble(error)
    } finally {
      busy.delete(name)
    }
  }

  /** Begins with everything that looked the same twice. The next look does not wait for what is under way. */
  async function adoptReady(): Promise<void> {
    await Promise.all(
      [...looks].map(async ([name, look]) => {
        if (busy.has(name) || clock() < look.notBefore) return
        await see(name)
        const now = looks.get(name)
        if (now !== look || clock() - look.since < settleOf(name)) return
        // The file got its row meanwhile: ingest put it there itself.
        if (await seen.isUnchanged(name, look.fingerprint)) return taken(name, look.fingerprint)
        busy.add(name)
        void queue.add(() => tryToAdopt(name, look))
      }),
    )
  }

  /** A JPEG says itself where it ends, and a file that a program made room for first has no such mark there yet. */
  const settleOf = (name: string) =>
    /\.jpe?g$/i.test(name) ? Math.min(patience.settle, JPEG_SETTLE) : patience.settle

  function trouble(error: unknown): void {
    if (stopping.signal.aborted || (error instanceof Refusal && error.code === 'event_changed')) return
    const next = messageFrom(error, bufferTrouble)
    // A file is tried every few seconds: once in the log is enough.
    if (!(error instanceof Refusal) && message?.message !== next.message)
      needs.log.error({ err: error }, 'Adopting a file failed.')
    message = next
  }

  async function scan(): Promise<void> {
    const event = events.current()
    const isFirst = await openFolder(`${event.id}:${folder()}`)
    const entries = await readdir(folder(), { withFileTypes: true })
    const names = new Set<string>()
    for (const entry of entries) {
      if (isOurs(entry.name)) continue
      names.add(entry.name)
      if (entry.isDirectory()) skip(entry.name, 'folder', SUBFOLDER)
      else if (!entry.isFile()) skip(entry.name, 'link', LINK)
    }
    const plain = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    for (let i = 0; i < plain.length; i += 64) await Promise.all(plain.slice(i, i + 64).map(see))
    const odd = await lookAtOdd(folder(), event, stopping.signal)
    for (const name of odd.names) names.add(name)
    isOddWaiting = odd.isWaiting
    await needs.folders().check('buffer')
    for (const name of [...seen.names(), ...skipped.paths(event.id, BUFFER)])
      if (!names.has(name)) await gone(name)
    if (isFirst && (await seen.findMissed(names))) lookAtCopies()
  }

  function look(): void {
    scanAt = 0
    pauses.end()
  }

  /** The folder is another one with another Event, or was away.
   * @returns whether it was opened now */
  async function openFolder(next: string): Promise<boolean> {
    await needs.folders().check('buffer')
    if (place === next) return false
    await needs.ingest.clean()
    await closeFolder()
    place = next
    watcher = watchFolder(folder(), {
      isIgnored: isOurs,
      hinted: (name) => void see(name).then(() => pauses.end(), trouble),
      listening: look,
      log: needs.log,
    })
    return true
  }

  async function closeFolder(): Promise<void> {
    place = null
    seen.forget()
    await watcher?.close()
    watcher = null
  }

  /** @returns how long to rest, milliseconds */
  async function round(): Promise<number> {
    if (clock() >= scanAt) {
      scanAt = Infinity
      await scan()
      // Another look may have been asked for meanwhile.
      scanAt = Math.min(scanAt, clock() + (isOddWaiting ? 2 * patience.settle : patience.rescan))
      if (message !== null && looks.size === 0) message = null
    }
    if (looks.size === 0) return scanAt - clock()
    const { state } = events.current()
    if (state === 'open') await adoptReady()
    else for (const name of looks.keys()) await see(name)
    needs.changed()
    if (looks.size === 0) return scanAt - clock()
    return state !== 'open' || message !== null ? patience.retry : Math.min(patience.settle, JPEG_SETTLE)
  }

  async function failed(error: unknown): Promise<number> {
    trouble(error)
    // A watch on a folder that went away hears nothing when it is back.
    await closeFolder()
    scanAt = 0
    needs.changed()
    return patience.retry
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) await pauses.wait(Math.max(10, await round().catch(failed)))
  }

  return {
    start() {
      running = run()
    },
    async stop() {
      stopping.abort()
      await running
      await queue.onIdle()
      await closeFolder()
    },
    look,
    again() {
      seen.unsettle()
      look()
    },
    status() {
      // What ingest put here itself has its row before this; it is not reported.
      const before = clock() - 4 * patience.settle
      const waiting = [...looks].filter(([name, { since }]) => since <= before && !unread.has(name)).length
      const shown = message ?? (unread.size > 0 ? unreadHere(unread.size) : null)
      return { waiting: waiting + unread.size, message: shown }
    },
  }
}
