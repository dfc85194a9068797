import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import PQueue from 'p-queue'
import type { Edit } from '../contract/edit.ts'
import { NEUTRAL } from '../contract/recipe.ts'
import { errnoOf } from '../errors.ts'
import { placeNew, syncFile } from '../files.ts'
import type { Log } from '../log.ts'
import type { Inspection, Job, Output, Rendered, Results } from './jobs.ts'
import { renditionKey, RENDITIONS, type RenditionName } from './renditions.ts'
import { createWorkers, stopping } from './workers.ts'

export type { Inspection, Output, Rendered } from './jobs.ts'
export type { RenditionName } from './renditions.ts'

/** An Original: where it lies now, and the hash that names it for ever. */
export interface Source {
  readonly path: string
  readonly sha256: string
}

export interface Darkroom {
  /** @throws Refusal 422 with a plain reason when the file is not a whole, decodable picture of a kind that we take */
  inspect(path: string): Promise<Inspection>
  /** Cached on disk by key; equal requests at once share one job. */
  rendition(source: Source, name: RenditionName, edit: Edit): Promise<Rendered>
  /** Part of the rendition's URL: whatever changes the picture changes it. */
  renditionKey(source: Source, name: RenditionName, edit: Edit): string
  /** Renders outputs of one decode into files that the caller names; they are not flushed to the disk. Where `full` is
   * among them, everything else goes first. */
  print(source: Source, edit: Edit, outputs: readonly Output[]): Promise<Rendered[]>
  /** The exposure that the unedited picture seems to want, EV; 0 where it is right. */
  propose(source: Source): Promise<number>
  /** Writes a made-up photo of an evening, whole and never over another file.
   * @throws the system's EEXIST when the name is taken */
  demoPhoto(seed: number, path: string, takenAt: Date): Promise<void>
  status(): { waiting: number; running: number; replaced: number }
  start(): Promise<void>
  /** Lets running jobs end for a few seconds; those that wait are refused. */
  stop(): Promise<void>
}

/** Higher goes first: what the app shows at once, then what it shows on a tap, then what guests get. */
const PRIORITY = {
  inspect: 4,
  meter: 4,
  tile: 4,
  preview: 3,
  print: 2,
  web: 1,
  thumb: 1,
  demo: 1,
  full: 0,
} as const
const STOP_GRACE_MS = 5_000

/** @param needs.deadlineMs how long one job may take before its worker counts as hung
 *  @param needs.memoryMb resident memory above which a worker counts as run away; a print in full size of 45 million
 *    pixels stays well below the 1000 that are usual */
export function createDarkroom(needs: {
  cacheFolder: string
  workers?: number
  log: Log
  deadlineMs?: number
  memoryMb?: number
}): Darkroom {
  const { cacheFolder, workers: count = 2, log, deadlineMs = 30_000, memoryMb = 1000 } = needs
  const workers = createWorkers({ count, deadlineMs, memoryMb, log })
  const queue = new PQueue({ concurrency: count })
  const underway = new Map<string, Promise<Rendered>>()
  let stopped = false

  function run<J extends Job>(job: J, priority: number): Promise<Results[J['type']]> {
    return queue.add(
      () => {
        if (stopped) throw stopping()
        return workers.run(job)
      },
      { priority },
    )
  }

  const cached = (key: string, name: RenditionName) =>
    join(cacheFolder, key.slice(0, 2), `${key}.${RENDITIONS[name].extension}`)

  /** The facts lie beside the picture and are written after it: where they are, the picture is whole. */
  async function fromCache(path: string): Promise<Rendered | null> {
    try {
      const facts = JSON.parse(await readFile(`${path}.json`, 'utf8')) as Omit<Rendered, 'path'>
      return (await stat(path)).size === facts.bytes ? { ...facts, path } : null
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
      throw error
    }
  }

  async function make(source: Source, name: RenditionName, edit: Edit, path: string): Promise<Rendered> {
    const found = await fromCache(path)
    if (found) return found
    await mkdir(dirname(path), { recursive: true })
    const part = `${path}.${randomUUID()}.part`
    try {
      const job = { type: 'print', path: source.path, edit, outputs: [{ name, path: part }] } as const
      const [rendered] = await run(job, PRIORITY[name])
      if (!rendered) throw new Error(`darkroom: no ${name} came back for ${source.path}`)
      const { width, height, bytes, thumbhash } = rendered
      const facts = { width, height, bytes, thumbhash }
      await rename(part, path)
      await writeFile(part, JSON.stringify(facts))
      await rename(part, `${path}.json`)
      return { ...facts, path }
    } finally {
      await rm(part, { force: true })
    }
  }

  const darkroom: Darkroom = {
    inspect: (path) => run({ type: 'inspect', path }, PRIORITY.inspect),
    rendition(source, name, edit) {
      const key = darkroom.renditionKey(source, name, edit)
      const same = underway.get(key)
      if (same) return same
      const making = make(source, name, edit, cached(key, name)).finally(() => underway.delete(key))
      underway.set(key, making)
      return making
    },
    renditionKey: ({ sha256 }, name, edit) => renditionKey(sha256, name, edit),
    async print({ path }, edit, outputs) {
      const urgency = outputs.some(({ name }) => name === 'full') ? PRIORITY.full : PRIORITY.print
      return [...(await run({ type: 'print', path, edit, outputs }, urgency))]
    },
    async propose(source) {
      const { path } = await darkroom.rendition(source, 'tile', NEUTRAL)
      return run({ type: 'meter', path }, PRIORITY.meter)
    },
    async demoPhoto(seed, path, takenAt) {
      const part = join(dirname(path), `.${randomUUID()}.part`)
      try {
        await run({ type: 'demo', seed, path: part, takenAt }, PRIORITY.demo)
        await syncFile(part)
        await placeNew(part, path)
      } finally {
        await rm(part, { force: true })
      }
    },
    status: () => ({ waiting: queue.size, running: queue.pending, replaced: workers.replaced }),
    async start() {
      await mkdir(cacheFolder, { recursive: true })
      await workers.start()
    },
    async stop() {
      stopped = true
      const grace = new AbortController()
      await Promise.race([
        queue.onIdle(),
        new Promise((resolve) => {
          const timer = setTimeout(resolve, STOP_GRACE_MS)
          grace.signal.addEventListener('abort', () => clearTimeout(timer))
        }),
      ])
      grace.abort()
      await workers.stop()
    },
  }
  return darkroom
}
