import { setTimeout as sleep } from 'node:timers/promises'
import { createBuffer, BUFFER } from './buffer.ts'
import { createCards } from './cards.ts'
import { createDemo, type DemoPhoto } from './demo.ts'
import { createFolder } from './folder.ts'
import type { IngestNeeds } from './commit.ts'
import { createIngest } from './ingest.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { SourceStatus } from '../contract/status.ts'
import { Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import { PATIENCE, type Patience, type Source } from './source.ts'
import { createUpload, type TakeUpload } from './upload.ts'
import { plural } from './words.ts'

/** More watched folders than this are refused. */
export const MOST_FOLDERS = 4
/** Milliseconds between two looks at whether the Event went quiet. */
const QUIET_EVERY = 60_000
/** Milliseconds. */
const STOP_WITHIN = 2_000

export interface SourcesNeeds extends Omit<IngestNeeds, 'catalog'> {
  readonly catalog: Catalog
  readonly cardRoots: readonly string[]
  /** Extra folders that are copied from, at most four. */
  readonly watchedFolders: readonly string[]
  /** Given, the demo shoots. */
  readonly demoPhoto?: DemoPhoto
  /** Something in `status()` changed, or in what was set aside, or the Event paused. Called often: coalesce. */
  readonly changed: () => void
  readonly log: Log
  readonly now: () => number
  readonly patience?: Partial<Patience>
}

/** Everything that photos come from: the buffer folder itself, cards, watched folders, uploads, the demo. */
export interface Sources {
  start(): Promise<void>
  /** Ends within about two seconds. What is not committed then will be found again at the next start. */
  stop(): Promise<void>
  status(): SourceStatus[]
  /** Looks at everything again now: after the Event was continued or another was opened, or when a person asks. */
  rescan(): void
  /** @throws Refusal 404 when there is no such Source */
  answer(sourceId: string, answer: 'take' | 'leave'): void
  upload: TakeUpload
}

/** @throws Refusal 400 for more than four watched folders */
export function createSources(needs: SourcesNeeds): Sources {
  const { catalog, watchedFolders } = needs
  if (watchedFolders.length > MOST_FOLDERS)
    throw new Refusal(
      400,
      'too_many_folders',
      `At most ${MOST_FOLDERS} folders can be watched, not ${watchedFolders.length}.`,
    )
  const ingest = createIngest(needs)
  const patience = { ...PATIENCE, ...needs.patience }
  const each = { ...needs, take: ingest.take, patience }
  const buffer = createBuffer({ ...each, ingest })
  const cards = createCards({ ...each, roots: needs.cardRoots, every: Math.min(2000, patience.retry) })
  const fixed: Source[] = [...new Set(watchedFolders)].map((path) => createFolder({ ...each, path }))
  if (needs.demoPhoto) fixed.push(createDemo({ ...each, photo: needs.demoPhoto, photos: catalog.photos }))
  const all = () => [...cards.sources(), ...fixed]
  const takeUpload = createUpload({ ingest, now: needs.now })
  const stopping = new AbortController()
  let quiet: NodeJS.Timeout | null = null

  function pauseIfQuiet(): void {
    if (!catalog.events.pauseIfQuiet()) return
    needs.log.warn('The event had no new shot for a long time and is paused.')
    rescan()
    needs.changed()
  }

  function rescan(): void {
    buffer.look()
    cards.look()
    for (const source of fixed) source.look()
  }

  /** The buffer folder is listed only while it has something to say. */
  function bufferStatus(): SourceStatus[] {
    const { waiting, message } = buffer.status()
    if (waiting === 0 && message === null) return []
    const paused = catalog.events.current().state !== 'open'
    const verb = waiting === 1 ? 'waits' : 'wait'
    const pausedWords = `The event is paused: ${plural(waiting, 'file')} ${verb} in the buffer folder. Continue it to take them.`
    return [
      {
        id: BUFFER,
        kind: 'folder',
        label: 'Buffer folder',
        state: paused || message !== null ? 'waiting' : 'copying',
        total: waiting,
        done: 0,
        bytes_total: 0,
        bytes_done: 0,
        safe_to_eject: false,
        offer: null,
        message: paused && waiting > 0 ? pausedWords : message,
      },
    ]
  }

  return {
    async start() {
      pauseIfQuiet()
      // Away for now: the buffer's rounds call it again, before anything is adopted.
      await ingest
        .clean()
        .catch((error: unknown) => needs.log.warn({ err: error }, 'The buffer folder is not ready.'))
      quiet = setInterval(pauseIfQuiet, QUIET_EVERY)
      buffer.start()
      cards.start()
      for (const source of fixed) source.start()
    },
    async stop() {
      if (quiet) clearInterval(quiet)
      stopping.abort()
      const ended = Promise.all([buffer.stop(), cards.stop(), ...fixed.map((source) => source.stop())])
      // A disk that hangs in the kernel cannot be told to end; what it was reading is not acknowledged.
      const late = sleep(STOP_WITHIN, undefined, { ref: false })
      await Promise.race([ended.then(() => ingest.idle()), late])
    },
    status: () => [...bufferStatus(), ...all().map((source) => source.status())],
    rescan,
    answer(sourceId, answer) {
      const source = all().find(({ id }) => id === sourceId)
      if (!source) throw new Refusal(404, 'no_such_source', `There is no source ${sourceId} any more.`)
      source.answer(answer)
    },
    upload: (upload, signal = stopping.signal) =>
      takeUpload(upload, AbortSignal.any([signal, stopping.signal])),
  }
}
