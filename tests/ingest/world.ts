import { readEnd } from '../../daemon/darkroom/formats/whole.ts'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import type { Catalog } from '../../daemon/catalog/catalog.ts'
import type { PhotoRecord } from '../../daemon/catalog/photos/photos.ts'
import type { Notice } from '../../daemon/contract/notice.ts'
import { createDarkroom, type Darkroom } from '../../daemon/darkroom/darkroom.ts'
import type { Folders } from '../../daemon/folders.ts'
import type { IngestNeeds } from '../../daemon/ingest/intake/commit.ts'
import type { Patience, SourceNeeds, Take } from '../../daemon/ingest/source.ts'
import { createSources, type SourcesNeeds } from '../../daemon/ingest/sources.ts'
import { silentLog } from '../../daemon/log.ts'
import { createSharedWorkers } from '../fixtures/photos/shared-workers.ts'
import { standingFor } from '../fixtures/standing-for.ts'
import { noCameras, openWorld, QUICK } from './world-parts.ts'

/** One picture-checker for a test file; its workers take a moment to start. */
export async function openDarkroom(): Promise<Darkroom> {
  const folder = await mkdtemp(join(tmpdir(), 'lep-darkroom-'))
  const darkroom = createDarkroom({
    cacheFolder: folder,
    log: silentLog,
    createWorkers: createSharedWorkers,
  })
  await darkroom.start()
  const stop = () => darkroom.stop()
  return {
    ...darkroom,
    async stop() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A catalog, an Event's folders and everything else that ingest meets, on a real disk. */
export interface World {
  readonly dir: string
  readonly catalog: Catalog
  readonly folders: Folders
  readonly notices: Notice[]
  readonly needs: IngestNeeds
  path(...names: string[]): string
  /** Writes a file below the world's folder, making folders on the way. */
  put(path: string, bytes: Uint8Array, modifiedAt?: Date): Promise<string>
  /** The current Event's Photos in the buffer, by name. */
  photos(): PhotoRecord[]
  names(): string[]
  skipped(): Record<string, string>
  sourceNeeds(take: Take, patience?: Partial<Patience>): SourceNeeds
  sources(options?: Partial<SourcesNeeds>): ReturnType<typeof createSources>
  /** What lies in the buffer folder, ours left out. */
  files(): Promise<string[]>
  /** Copies that are under way or were left behind. */
  parts(): Promise<string[]>
  close(): Promise<void>
}

export async function makeWorld(
  darkroom: Pick<Darkroom, 'inspect'>,
  options: { dir?: string; buffer?: string; now?: () => number } = {},
): Promise<World> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'lep-ingest-')))
  const { catalog, folders, bus, needs } = await openWorld(darkroom, { ...options, dir })
  const notices: Notice[] = []
  bus.on((notice) => notices.push(notice))
  const event = () => catalog.events.current()
  const paths = folders.paths
  const running: { stop(): Promise<void> }[] = []
  const photos = () =>
    catalog.photos.list(event().id, 'buffer').items.toSorted((a, b) => (a.filename < b.filename ? -1 : 1))
  return {
    dir,
    catalog,
    folders,
    notices,
    needs,
    path: (...names) => join(dir, ...names),
    async put(path, bytes, modifiedAt) {
      const target = path.startsWith('/') ? path : join(dir, path)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, bytes)
      if (modifiedAt) await utimes(target, modifiedAt, modifiedAt)
      return target
    },
    photos,
    names: () => photos().map(({ filename }) => filename),
    skipped: () =>
      Object.fromEntries(catalog.skipped.list(event().id, 1000).map(({ path, reason }) => [path, reason])),
    sourceNeeds: (take, patience = {}) => ({
      take,
      catalog,
      changed: () => undefined,
      log: silentLog,
      now: Date.now,
      clock: () => performance.now(),
      patience: { ...QUICK, ...patience },
    }),
    sources(change = {}) {
      const sources = createSources({
        readEnd,
        ...needs,
        catalog,
        cardRoots: [],
        watchedFolders: [],
        ...noCameras(catalog),
        changed: () => undefined,
        log: silentLog,
        now: Date.now,
        patience: QUICK,
        ...change,
      })
      running.push(sources)
      return sources
    },
    files: async () =>
      (await readdir(paths.buffer)).filter((name) => name !== '.incoming' && !name.startsWith('.lep')).sort(),
    async parts() {
      const folder = join(paths.buffer, '.incoming')
      return existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.part')) : []
    },
    async close() {
      await Promise.all(running.map((each) => each.stop()))
      catalog.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** What the tests of a file share: one picture-checker for all of them, and for each a World of its own. `world` and
 * `darkroom` stand for those of the test that runs, and mean nothing outside of one.
 * @param prepare makes each World ready */
export function useWorld(prepare: (world: World) => Promise<unknown> = async () => undefined) {
  let darkroom: Darkroom
  let world: World
  async function open(options?: Parameters<typeof makeWorld>[1]): Promise<void> {
    world = await makeWorld(darkroom, options)
    await prepare(world)
  }
  beforeAll(async () => {
    darkroom = await openDarkroom()
  })
  afterAll(() => darkroom.stop())
  beforeEach(() => open())
  afterEach(() => world.close())
  return {
    world: standingFor(() => world),
    darkroom: standingFor(() => darkroom),
    /** Closes the test's World and opens another one in its place. */
    async another(options?: Parameters<typeof makeWorld>[1]): Promise<void> {
      await world.close()
      await open(options)
    },
  }
}

/** Waits until `check` stops throwing. */
export function until<T>(check: () => T | Promise<T>, timeout = 30_000): Promise<T> {
  return vi.waitFor(check, { timeout, interval: 15 })
}

/** Everything that could show whether somebody wrote to a folder: names, bytes and times. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const { mtimeMs, size } = await stat(path)
    const bytes = entry.isFile() ? (await readFile(path)).toString('base64') : ''
    found[path.slice(folder.length)] = `${mtimeMs} ${size} ${bytes}`
  }
  return found
}

/** A shot that gives `bytes`, however much it states. */
export function shotOf(
  filename: string,
  bytes: Uint8Array,
  change: {
    folder?: string
    stated?: number
    modifiedAt?: number
    read?: () => AsyncIterable<Uint8Array>
  } = {},
) {
  const { folder = 'DCIM/100', stated = bytes.length, modifiedAt = Date.now() } = change
  async function* read() {
    for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096)
  }
  const path = `${folder}/${filename}`
  return {
    key: `${path}|${stated}|${modifiedAt}`,
    path,
    folder,
    filename,
    bytes: stated,
    modifiedAt,
    content: { read: change.read ?? read },
  }
}

export const never = (): AbortSignal => new AbortController().signal
