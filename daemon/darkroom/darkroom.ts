import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import PQueue from 'p-queue'
import type { Edit } from '../contract/edit.ts'
import type { WordsChange } from '../contract/words.ts'
import type { OutputSettings } from '../contract/output-settings.ts'
import { NEUTRAL, type Size } from '../contract/recipe.ts'
import { Refusal } from '../errors.ts'
import { placeNew, syncFile } from '../files.ts'
import type { Message } from '../contract/message.ts'
import type { Log } from '../log.ts'
import { createCache } from './cache.ts'
import type { DrawnOverlay, Inspection, Job, Output, Paper, Rendered, Results } from './workers/jobs.ts'
import { readStored } from '../util/stored.ts'
import { createLines, share, type Looks, type Shared } from './workers/lines.ts'
import { RenditionFacts } from './rendition-facts.ts'
import { renditionKey, RENDITIONS, type RenditionName } from './renditions.ts'
import { createTrials } from './workers/trials.ts'
import { createWorkers as forkWorkers, stopping } from './workers/workers.ts'

export type { Inspection, Output, Paper, Rendered } from './workers/jobs.ts'
export type { RenditionName } from './renditions.ts'

/** An Original: where it lies now, and the hash that names it permanently. */
export interface Source {
  readonly path: string
  readonly sha256: string
}

export interface Darkroom {
  /** @throws Refusal 422 with a plain reason when the file is not a whole, decodable picture of a kind that we take;
   * 503 `darkroom_ailing`, as every
   * other call, when workers are ended or refused by the system
   * @param picture the hash of its compressed picture, where that was made while it was copied */
  inspect(path: string, picture?: string): Promise<Inspection>
  /** Cached on disk by key; equal requests at once share one job, which is not begun when none of them waits any more.
   * @throws Refusal 409 where it is not cached and the file is gone, or not the bytes that the hash names; 422 like
   * `inspect` */
  rendition(source: Source, name: RenditionName, edit: Edit, looks?: Looks): Promise<Rendered>
  /** Part of the rendition's URL: whatever changes the picture changes it. */
  renditionKey(source: Source, name: RenditionName, edit: Edit): string
  /** Renders outputs of one decode into files that the caller names; they are not flushed to the disk. Where `full` is
   * the only one, everything else goes first.
   * @param finish without one nothing is laid over them, sizes are the usual, and they carry no metadata
   * @param words what JPEGs say in XMP and IIM, beside what the finish says; creator and copyright go before those of
   * the Original
   * @throws Refusal 409 when a file of the finish cannot be read, or the Original's is gone or holds other bytes, also
   * since it was begun; no output may then be used */
  print(
    source: Source,
    edit: Edit,
    outputs: readonly Output[],
    settings?: OutputSettings,
    words?: WordsChange,
  ): Promise<Rendered[]>
  /** Renders a picture as it goes on paper: a JPEG in sRGB of exactly the paper's size, which says nothing of whence it
   * came. It is not flushed to the disk.
   * @throws Refusal like `print` */
  paper(source: Source, edit: Edit, to: string, paper: Paper, settings: OutputSettings): Promise<void>
  /** @throws Refusal 409 like `print` */
  overlay(settings: OutputSettings, size: Size, looks?: Looks): Promise<DrawnOverlay>
  /** Decodes a picture and writes it as a PNG that can be laid over others.
   * @throws Refusal 422 like `inspect` */
  convert(from: string, to: string): Promise<void>
  /** Makes the cache obey a limit that was lowered. */
  trimCache(): Promise<void>
  /** The exposure that the unedited picture seems to want, EV; 0 where it is right. */
  propose(source: Source, looks?: Looks): Promise<number>
  /** Whether one picture is the other, turned or mirrored at most, as far as a glance shows: frames of one burst may
   * look so, too. The first may be one of which only the tile is left.
   * @throws Refusal like `rendition` */
  isTurned(one: Source, other: Source): Promise<boolean>
  /** Has a module of ours (`PictureMaker`) draw picture number `seed` in a worker, whole and never over another file.
   * @throws the system's EEXIST when the name is taken */
  make(maker: URL, seed: number, path: string, takenAt: Date): Promise<void>
  status(): { waiting: number; running: number; replaced: number }
  /** What stands in the way of every picture just now. */
  trouble(): Message | null
  /** @returns `warm`, which resolves when the first worker was started; a job that comes earlier waits for it by itself */
  start(): Promise<{ readonly warm: Promise<void> }>
  /** Lets running jobs end for a few seconds; those that wait are refused. */
  stop(): Promise<void>
}

/** Higher goes first: what comes in, what people publish, then what anybody looks at, the quickest to make first. A
 * print alone in full size is nobody's to wait for, and a zoom into a photo, by that name, comes after all other
 * looks. */
const PRIORITY = {
  inspect: 6,
  print: 5,
  convert: 4,
  tile: 3,
  meter: 3,
  preview: 2,
  overlay: 2,
  web: 1,
  thumb: 1,
  view: 1,
  // One at a time, and the printer takes ten seconds for each.
  paper: 1,
  make: 1,
  full: 0,
} as const
/** What two encodings of one picture differ by at most, of 255. */
const ALIKE = 4
const STOP_GRACE_MS = 5_000
/** Stages and settings pages ask for the same few again and again. */
const OVERLAYS_KEPT = 16

/** @param needs.deadlineMs how long one job may take before its worker counts as hung
 *  @param needs.memoryMb resident memory above which a worker counts as run away; a print in full size of 45 million
 *    pixels stays well below the 1000 that are usual */
export function createDarkroom(needs: {
  cacheFolder: string
  workers?: number
  /** Where the file of a LUT lies. */
  lutPath?: (id: string) => string
  /** Throws when a file is not the bytes that its hash names. */
  check?: (source: Source) => Promise<void>
  /** The same, for one that could not be made a picture of: its bytes are read again. */
  recheck?: (source: Source) => Promise<void>
  log: Log
  deadlineMs?: number
  memoryMb?: number
  /** Bytes that the cache may hold. */
  cacheLimit?: () => number
  createWorkers?: typeof forkWorkers
}): Darkroom {
  const { cacheFolder, workers: count = 2, log, deadlineMs = 30_000, memoryMb = 1000 } = needs
  const { cacheLimit = () => Infinity, check = () => Promise.resolve(), recheck = check } = needs
  const { createWorkers = forkWorkers } = needs
  const cache = createCache({
    folder: cacheFolder,
    read: (json) => readStored(RenditionFacts, json),
    limit: cacheLimit,
    log,
  })
  const drawn = new Map<string, Promise<DrawnOverlay>>()
  const workers = createWorkers({ count, deadlineMs, memoryMb, log })
  const queue = new PQueue({ concurrency: count })
  const trials = createTrials({
    probe: () => once({ type: 'probe', path: 'a picture of ours' }, PRIORITY.inspect),
    losses: () => workers.losses,
    log,
  })
  const lines = createLines()
  const underway = new Map<string, Shared<Rendered>>()
  let stopped = false
  const lutOf = ({ lut }: Edit) => (lut ? { lut: needs.lutPath?.(lut) ?? '' } : {})

  function run<J extends Job>(job: J, priority: number, looks?: Looks): Promise<Results[J['type']]> {
    return lines.take(looks, () => trials.run(job, () => once(job, priority, looks)))
  }

  function once<J extends Job>(job: J, priority: number, looks?: Looks): Promise<Results[J['type']]> {
    return queue.add(
      () => {
        if (stopped) throw stopping()
        looks?.signal?.throwIfAborted()
        return workers.run(job)
      },
      { priority },
    )
  }

  /** Runs a job over the bytes that the hash names: the file may be written over before it is read, and meanwhile. */
  async function over<J extends Job>(
    source: Source,
    job: J,
    priority: number,
    looks?: Looks,
  ): Promise<Results[J['type']]> {
    await check(source)
    try {
      const done = await run(job, priority, looks)
      await check(source)
      return done
    } catch (error) {
      // What could not be read because it was being written over, or because the disk does not give it, is not a broken
      // picture.
      const saysNothing = looks?.signal?.aborted || (error instanceof Refusal && error.status === 503)
      await (saysNothing ? check : recheck)(source)
      throw error
    }
  }

  async function make(
    source: Source,
    name: RenditionName,
    edit: Edit,
    file: string,
    looks?: Looks,
  ): Promise<Rendered> {
    const { path, facts } =
      (await cache.find(file)) ??
      (await cache.keep(file, async (part) => {
        const job = {
          type: 'print',
          path: source.path,
          edit,
          outputs: [{ name, path: part }],
          settings: null,
          ...lutOf(edit),
        } as const
        const [rendered] = await over(source, job, PRIORITY[name], looks)
        if (!rendered) throw new Error(`darkroom: no ${name} came back for ${source.path}`)
        const { width, height, bytes, thumbhash } = rendered
        return { width, height, bytes, thumbhash }
      }))
    return { ...facts, path }
  }

  const darkroom: Darkroom = {
    inspect: (path, picture) =>
      run({ type: 'inspect', path, ...(picture !== undefined && { picture }) }, PRIORITY.inspect),
    rendition(source, name, edit, looks) {
      const key = darkroom.renditionKey(source, name, edit)
      const file = `${key}.${RENDITIONS[name].extension}`
      return share(underway, key, looks, (signal) =>
        make(source, name, edit, file, looks && { asker: looks.asker, signal }),
      )
    },
    renditionKey: ({ sha256 }, name, edit) => renditionKey(sha256, name, edit),
    async print(source, edit, outputs, settings, words) {
      // The full size alone is the background's work: nobody waits for it.
      const priority = outputs.every(({ name }) => name === 'full') ? PRIORITY.full : PRIORITY.print
      const { path } = source
      return [
        ...(await over(
          source,
          {
            type: 'print',
            path,
            edit,
            outputs,
            settings: settings ?? null,
            ...(words && { words }),
            ...lutOf(edit),
          },
          priority,
        )),
      ]
    },
    async paper(source, edit, to, paper, settings) {
      const { path } = source
      const job = { type: 'paper', path, edit, to, paper, settings, ...lutOf(edit) } as const
      await over(source, job, PRIORITY.paper)
    },
    overlay(settings, size, looks) {
      const key = JSON.stringify([settings.landscape, settings.portrait, size])
      const drawing =
        drawn.get(key) ??
        run(
          { type: 'overlay', path: 'a watermark', settings, size },
          PRIORITY.overlay,
          // Kept for the next who asks: made also when the first hung up.
          looks && { asker: looks.asker },
        )
      drawn.delete(key)
      drawn.set(key, drawing)
      drawing.catch(() => drawn.delete(key))
      for (const old of [...drawn.keys()].slice(0, Math.max(0, drawn.size - OVERLAYS_KEPT))) drawn.delete(old)
      return drawing
    },
    async convert(from, to) {
      await run({ type: 'convert', path: from, to }, PRIORITY.convert)
    },
    trimCache: () => cache.trim(),
    async propose(source, looks) {
      const { path } = await darkroom.rendition(source, 'tile', NEUTRAL, looks)
      return run({ type: 'meter', path }, PRIORITY.meter, looks)
    },
    async isTurned(one, other) {
      const tile = async (source: Source) => (await darkroom.rendition(source, 'tile', NEUTRAL)).path
      const job = { type: 'compare', path: await tile(one), other: await tile(other) } as const
      return (await run(job, PRIORITY.meter)) <= ALIKE
    },
    async make(maker, seed, path, takenAt) {
      const part = join(dirname(path), `.${randomUUID()}.part`)
      try {
        await run({ type: 'make', maker: maker.href, seed, path: part, takenAt }, PRIORITY.make)
        await syncFile(part)
        await placeNew(part, path)
      } finally {
        await rm(part, { force: true })
      }
    },
    status: () => ({
      waiting: queue.size + trials.resting,
      running: queue.pending,
      replaced: workers.replaced,
    }),
    trouble: trials.trouble,
    async start() {
      await cache.start()
      return { warm: workers.start() }
    },
    async stop() {
      stopped = true
      trials.stop()
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
