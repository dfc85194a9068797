import { watch, type FSWatcher } from 'chokidar'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import PQueue from 'p-queue'
import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoView } from '../contract/photo.ts'
import type { Bus } from '../bus.ts'
import type { PhotoRecord } from '../catalog/photos.ts'
import { messageOf, Refusal } from '../errors.ts'
import { isPart, nameKey } from '../files.ts'
import { SENTINEL, type Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import { fingerprintAt, INCOMING, looksLike } from './incoming.ts'
import type { Ingest } from './ingest.ts'
import { notAPhoto } from './names.ts'
import { createPauses } from './pauses.ts'
import type { Patience } from './source.ts'
import type { Saying } from '../contract/saying.ts'
import { saying } from '../saying.ts'

/** The buffer folder's id among the Sources that set files aside. */
export const BUFFER = 'buffer'
const AT_ONCE = 4
const JPEG_SETTLE = 100
const OTHERS = saying(
  'subfolder',
  'Only files directly in the buffer folder are taken, not those in folders below it.',
)
const LINK = saying('link', 'A link, not a file.')

export interface BufferNeeds {
  readonly ingest: Pick<Ingest, 'adopt' | 'clean'>
  readonly catalog: Pick<Catalog, 'events' | 'photos' | 'originals' | 'aside'>
  readonly bus: Pick<Bus, 'emit'>
  readonly view: (photo: PhotoRecord) => PhotoView
  readonly folders: () => Folders
  readonly changed: () => void
  readonly log: Log
  /** Milliseconds by a clock that does not jump; the computer's own unless told. */
  readonly clock?: () => number
  readonly patience: Patience
}

/** Adopts what any program drops into the buffer folder, in place. Nothing there is ever moved, renamed or removed. */
export interface Buffer {
  start(): void
  stop(): Promise<void>
  /** Looks at everything again now. */
  look(): void
  /** Files that wait to be adopted, and why when something is wrong. */
  status(): { waiting: number; message: Saying | null }
}

interface Look {
  fingerprint: string
  /** When it was first seen like that. */
  since: number
  /** It is left alone until then. */
  notBefore: number
}

/** Of what `statOf` gave: the time of the last change, milliseconds since 1970. */
const changedAt = (stat: string) => Math.round(Number(stat.split('|')[3]) / 1e6)

export function createBuffer(needs: BufferNeeds): Buffer {
  const { patience, clock = () => performance.now() } = needs
  const { events, photos, originals, aside } = needs.catalog
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  const queue = new PQueue({ concurrency: AT_ONCE })
  /** Files that are Photos or set aside, as they looked then: a rescan passes over them. */
  const settled = new Map<string, string>()
  const looks = new Map<string, Look>()
  const busy = new Set<string>()
  let place: string | null = null
  let watcher: FSWatcher | null = null
  let scanAt = 0
  let message: Saying | null = null
  let running: Promise<void> = Promise.resolve()

  const isOurs = (name: string) =>
    name === INCOMING || name.startsWith('.lep-') || name === SENTINEL || isPart(name)
  const folder = () => needs.folders().path('buffer')

  /** Whether it is a Photo's own, unchanged file: as it looked when its bytes were read. In any state: one that is being
   * moved to the archive is still here for a moment. */
  function isPhoto(eventId: number, name: string, fingerprint: string): boolean {
    const known = originals.byName(eventId, name)
    if (!known || known.lost) return false
    const { filename, bytes, modifiedAt, stat } = known
    const looked = `${bytes}|${modifiedAt}`
    if (filename === name && stat !== null) return looksLike(fingerprint, `${looked}|${changedAt(stat)}`)
    // Some disks give names back decomposed. Of what an earlier version took, no more is known.
    return filename.normalize('NFC') === name.normalize('NFC') && looksLike(fingerprint, looked)
  }

  function setAside(name: string, fingerprint: string, reason: Saying): void {
    const { id } = events.current()
    if (!aside.has(id, BUFFER, name, fingerprint)) {
      aside.put(id, BUFFER, name, fingerprint, reason)
      needs.changed()
    }
    done(name, fingerprint)
  }

  function done(name: string, fingerprint: string): void {
    settled.set(name, fingerprint)
    looks.delete(name)
  }

  /** Notes how a file looks now; what is new, or looks different from before, will be looked at again. */
  async function see(name: string): Promise<void> {
    if (isOurs(name)) return
    const fingerprint = await fingerprintAt(join(folder(), name))
    if (fingerprint === null) {
      if (!settled.has(name) && !looks.has(name)) return
      // What lies on a disk that was pulled is not gone.
      await needs.folders().check('buffer')
      return gone(name)
    }
    if (settled.get(name) === fingerprint) return
    const look = looks.get(name)
    if (look?.fingerprint === fingerprint) return
    const { id } = events.current()
    const refused = notAPhoto(name)
    if (refused !== null) setAside(name, fingerprint, refused)
    else if (isPhoto(id, name, fingerprint)) taken(name, fingerprint)
    else if (aside.has(id, BUFFER, name, fingerprint)) done(name, fingerprint)
    else looks.set(name, { fingerprint, since: clock(), notBefore: 0 })
  }

  function taken(name: string, fingerprint: string): void {
    const { id } = events.current()
    if (aside.paths(id, BUFFER).includes(name)) {
      aside.remove(id, BUFFER, name)
      needs.changed()
    }
    done(name, fingerprint)
  }

  /** A Photo's file is no longer here. It may lie here under another name, which was a second copy until now. */
  function lost(sha256: string, photoId: string): void {
    const { id } = events.current()
    if (!originals.lose(id, sha256)) return
    const photo = photos.byId(photoId)
    if (photo) needs.bus.emit({ type: 'photo.changed', photo: needs.view(photo) })
    for (const name of aside.paths(id, BUFFER)) {
      const fingerprint = settled.get(name)
      if (fingerprint === undefined || notAPhoto(name) !== null) continue
      settled.delete(name)
      looks.set(name, { fingerprint, since: clock(), notBefore: 0 })
    }
  }

  function gone(name: string): void {
    looks.delete(name)
    settled.delete(name)
    const { id } = events.current()
    const own = originals.byName(id, name)
    const photo = own && photos.byId(own.photoId)
    if (own?.filename === name && photo?.state === 'buffer' && photo.deletedAt === null)
      lost(own.sha256, own.photoId)
    if (!aside.paths(id, BUFFER).includes(name)) return
    aside.remove(id, BUFFER, name)
    needs.changed()
  }

  async function adopt(name: string, look: Look): Promise<void> {
    const { fingerprint } = look
    const result = await needs.ingest.adopt(name, fingerprint, stopping.signal)
    message = null
    switch (result.outcome) {
      case 'taken':
      case 'known':
        taken(name, fingerprint)
        break
      case 'aside':
        setAside(name, fingerprint, result.reason)
        break
      case 'unfinished':
        if (clock() - look.since >= patience.stall) setAside(name, fingerprint, result.reason)
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
      trouble(error)
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
        if (isPhoto(events.current().id, name, look.fingerprint)) return taken(name, look.fingerprint)
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
    const why = messageOf(error)
    if (error instanceof Refusal) message = saying(error.code, error.message, error.params)
    else {
      const next = saying('buffer_trouble', `A file in the buffer folder could not be taken yet: ${why}`, {
        why,
      })
      // It is tried every few seconds: once in the log is enough.
      if (message?.message !== next.message) needs.log.error({ err: error }, 'Adopting a file failed.')
      message = next
    }
  }

  async function scan(): Promise<void> {
    const event = events.current()
    const isFirst = await openFolder(`${event.id}:${folder()}`)
    const entries = await readdir(folder(), { withFileTypes: true })
    const names = new Set<string>()
    for (const entry of entries) {
      if (isOurs(entry.name)) continue
      names.add(entry.name)
      if (entry.isDirectory()) setAside(entry.name, 'folder', OTHERS)
      else if (!entry.isFile()) setAside(entry.name, 'link', LINK)
    }
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    for (let i = 0; i < files.length; i += 64) await Promise.all(files.slice(i, i + 64).map(see))
    await needs.folders().check('buffer')
    for (const name of [...settled.keys(), ...looks.keys(), ...aside.paths(event.id, BUFFER)])
      if (!names.has(name)) gone(name)
    if (isFirst) await findLost(event.id, names)
  }

  /** What was removed or renamed while nobody watched. */
  async function findLost(eventId: number, names: ReadonlySet<string>): Promise<void> {
    const keys = new Set([...names].map(nameKey))
    for (const { filename, sha256, photoId } of originals.present(eventId, 'buffer'))
      if (!keys.has(nameKey(filename)) && (await fingerprintAt(join(folder(), filename))) === null)
        lost(sha256, photoId)
  }

  /** The folder is another one with another Event, or was away.
   * @returns whether it was opened now */
  async function openFolder(next: string): Promise<boolean> {
    await needs.folders().check('buffer')
    if (place === next) return false
    await needs.ingest.clean()
    await closeFolder()
    place = next
    const path = folder()
    // A hint and no more: the scan finds everything that it misses.
    watcher = watch(path, {
      depth: 0,
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (each) => each !== path && isOurs(basename(each)),
    })
      .on('all', (_, each) => void see(basename(each)).then(() => pauses.end(), trouble))
      .on('error', (error) =>
        needs.log.warn({ err: error }, 'Watching the buffer folder failed; it is looked at regularly.'),
      )
    return true
  }

  async function closeFolder(): Promise<void> {
    place = null
    settled.clear()
    looks.clear()
    await watcher?.close()
    watcher = null
  }

  /** @returns how long to rest, milliseconds */
  async function round(): Promise<number> {
    if (clock() >= scanAt) {
      await scan()
      scanAt = clock() + patience.rescan
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
    status() {
      // What ingest put here itself has its row before this; it is not worth a word.
      const before = clock() - 4 * patience.settle
      return { waiting: [...looks.values()].filter(({ since }) => since <= before).length, message }
    },
  }
}
