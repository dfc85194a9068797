import type { FSWatcher } from 'chokidar'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import PQueue from 'p-queue'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Announcer } from '../../views/announcer.ts'
import { Refusal } from '../../errors.ts'
import type { Folders } from '../../folders.ts'
import type { Log } from '../../log.ts'
import { fingerprintAt } from '../intake/incoming.ts'
import type { Ingest } from '../intake/ingest.ts'
import { notAPhoto } from '../../originals/names.ts'
import { createOddNames } from './odd-names.ts'
import { createPauses } from '../../util/pauses.ts'
import { createPhotoFiles, isOurs } from './photo-files.ts'
import type { Patience } from '../source.ts'
import type { Message } from '../../contract/message.ts'
import { messageFrom } from '../../util/message.ts'
import { unreadHere } from '../tree/owed.ts'
import { createUnreadFiles } from './unread-files.ts'
import { watchFolder } from './watching.ts'
import { bufferTrouble, LINK, SUBFOLDER } from '../words.ts'

/** The buffer folder's id among the Sources that set files aside. */
export const BUFFER = 'buffer'
const AT_ONCE = 4
const JPEG_SETTLE = 100

export interface BufferNeeds {
  readonly ingest: Pick<Ingest, 'accept' | 'adopt' | 'clean'>
  readonly catalog: Pick<Catalog, 'events' | 'photos' | 'originals' | 'skipped'>
  readonly announcer: Pick<Announcer, 'changed'>
  readonly folders: () => Folders
  readonly changed: () => void
  readonly log: Log
  /** Milliseconds by a clock that does not jump. */
  readonly clock: () => number
  readonly patience: Patience
}

/** Adopts what any program drops into the buffer folder, in place. Nothing there is ever removed, and nothing renamed but
 * what stands where a Photo's own file is put back. */
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

interface Look {
  fingerprint: string
  /** When it was first seen like that. */
  since: number
  /** It is left alone until then. */
  notBefore: number
}

export function createBuffer(needs: BufferNeeds): Buffer {
  const { patience, clock } = needs
  const { events, skipped } = needs.catalog
  const files = createPhotoFiles(needs)
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  const queue = new PQueue({ concurrency: AT_ONCE })
  /** Files that are Photos or set aside, as they looked then: a rescan passes over them. */
  const settled = new Map<string, string>()
  const looks = new Map<string, Look>()
  const busy = new Set<string>()
  const unread = createUnreadFiles({
    skipped,
    source: BUFFER,
    eventId: () => events.current().id,
    changed: needs.changed,
  })
  const lookAtOdd = createOddNames({ ...needs, skipped, source: BUFFER, now: clock })
  let isOddWaiting = false
  let place: string | null = null
  let watcher: FSWatcher | null = null
  let scanAt = 0
  let message: Message | null = null
  let running: Promise<void> = Promise.resolve()

  const folder = () => needs.folders().path('buffer')

  function skip(name: string, fingerprint: string, reason: Message): void {
    const { id } = events.current()
    if (!skipped.has(id, BUFFER, name, fingerprint)) {
      skipped.put(id, BUFFER, name, fingerprint, reason)
      needs.changed()
    }
    done(name, fingerprint)
  }

  function done(name: string, fingerprint: string): void {
    unread.read(name)
    settled.set(name, fingerprint)
    looks.delete(name)
  }

  /** Like `note`, but for a file of which its disk does not say how it looks. */
  async function see(name: string): Promise<void> {
    try {
      await note(name)
    } catch (error) {
      await needs.folders().check('buffer')
      if (!unread.failed(name, error)) throw error
    }
  }

  /** Notes how a file looks now; what is new, or looks different from before, will be looked at again. */
  async function note(name: string): Promise<void> {
    if (isOurs(name)) return
    const fingerprint = await fingerprintAt(join(folder(), name))
    // What lies on a disk that was pulled is not gone.
    if (fingerprint === null)
      return settled.has(name) || looks.has(name)
        ? needs
            .folders()
            .check('buffer')
            .then(() => gone(name))
        : undefined
    if (settled.get(name) === fingerprint) return
    const look = looks.get(name)
    if (look?.fingerprint === fingerprint) return
    const { id } = events.current()
    const refused = notAPhoto(name)
    if (refused !== null) skip(name, fingerprint, refused)
    else if (await files.isUnchanged(name, fingerprint)) taken(name, fingerprint)
    else if (skipped.has(id, BUFFER, name, fingerprint)) done(name, fingerprint)
    else looks.set(name, { fingerprint, since: clock(), notBefore: 0 })
  }

  function taken(name: string, fingerprint: string): void {
    unlist(name)
    done(name, fingerprint)
  }

  function unlist(name: string): void {
    const { id } = events.current()
    if (!skipped.paths(id, BUFFER).includes(name)) return
    skipped.remove(id, BUFFER, name)
    needs.changed()
  }

  /** Where a Photo's file is gone, it may lie here under another name, which was a second copy until now. */
  function lookAtCopies(): void {
    for (const name of skipped.paths(events.current().id, BUFFER)) {
      const fingerprint = settled.get(name)
      if (fingerprint === undefined || notAPhoto(name) !== null) continue
      settled.delete(name)
      looks.set(name, { fingerprint, since: clock(), notBefore: 0 })
    }
  }

  function gone(name: string): void {
    unread.read(name)
    looks.delete(name)
    settled.delete(name)
    if (files.isMissed(name)) lookAtCopies()
    unlist(name)
  }

  async function adopt(name: string, look: Look): Promise<void> {
    const { fingerprint } = look
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
        // It got its row meanwhile: it is what ingest put there itself.
        if (await files.isUnchanged(name, look.fingerprint)) return taken(name, look.fingerprint)
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
    // It is tried every few seconds: once in the log is enough.
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
    for (const name of [...settled.keys(), ...looks.keys(), ...skipped.paths(event.id, BUFFER)])
      if (!names.has(name)) gone(name)
    if (isFirst && (await files.findMissed(names))) lookAtCopies()
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
      log: needs.log,
    })
    return true
  }

  async function closeFolder(): Promise<void> {
    place = null
    settled.clear()
    looks.clear()
    unread.forget()
    await watcher?.close()
    watcher = null
  }

  /** @returns how long to rest, milliseconds */
  async function round(): Promise<number> {
    if (clock() >= scanAt) {
      await scan()
      scanAt = clock() + (isOddWaiting ? 2 * patience.settle : patience.rescan)
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
    look() {
      scanAt = 0
      pauses.end()
    },
    again() {
      settled.clear()
      scanAt = 0
      pauses.end()
    },
    status() {
      // What ingest put here itself has its row before this; it is not worth a word.
      const before = clock() - 4 * patience.settle
      const waiting = [...looks].filter(([name, { since }]) => since <= before && !unread.has(name)).length
      const said = message ?? (unread.size > 0 ? unreadHere(unread.size) : null)
      return { waiting: waiting + unread.size, message: said }
    },
  }
}
