import PQueue from 'p-queue'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { NewOriginal, PhotoRecord } from '../catalog/photos.ts'
import type { PhotoView } from '../contract/photo.ts'
import { Refusal } from '../errors.ts'
import type { Folders } from '../folders.ts'
import { orAbort } from './abort.ts'
import type { Placing } from './incoming.ts'
import { sentence } from './words.ts'

/** What the darkroom says of a whole file. */
export interface Inspected {
  readonly kind: string
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  /** Milliseconds since 1970, or null when the file does not say. */
  readonly takenAt: number | null
  readonly camera: string | null
  readonly serial: string | null
  readonly rating: number
}

export interface IngestNeeds {
  readonly catalog: Pick<Catalog, 'events' | 'photos' | 'ledger' | 'aside' | 'transaction'>
  /** Of the current Event. */
  readonly folders: () => Folders
  /** @throws Refusal 422 with a plain reason for what is not a picture we take */
  readonly inspect: (path: string) => Promise<Inspected>
  /** Whether the file's own end is there, by its content; `reason` is the end of a sentence. */
  readonly readEnd: (path: string) => Promise<{ kind: string; whole: boolean; reason?: string }>
  readonly bus: Pick<Bus, 'emit'>
  readonly view: (photo: PhotoRecord) => PhotoView
}

/** A whole file under its final name, and the frame of a Source that it came from. */
export type Fresh = NewOriginal & { readonly ledger: Placing['ledger'] }

/** The last step of everything that becomes a Photo, whichever way it came. */
export type Committer = ReturnType<typeof createCommitter>

export function createCommitter(needs: IngestNeeds) {
  const { events, photos, ledger, transaction } = needs.catalog
  /** One commit at a time: two Sources with the same bytes, or the same name, must see each other's row. */
  const lane = new PQueue({ concurrency: 1 })
  /** What has a name and no row yet, by hash, also from a run that was killed: so that a file which is then found in
   * the buffer folder keeps its origin, and a RAW its JPEG. */
  const unfinished = new Map<string, Placing>()

  /** @throws Refusal 409 while nothing may be taken */
  function openEvent(): EventRecord {
    const event = events.current()
    if (event.state === 'open') return event
    const message = 'The event is paused, so nothing is taken. Continue it, or open a new one.'
    throw new Refusal(409, 'event_paused', message)
  }

  return {
    openEvent,
    unfinished,

    /** What the file is.
     * @throws Refusal 422 with the reason when it is no photo, or not whole */
    async see(path: string, signal: AbortSignal): Promise<Inspected> {
      const end = await orAbort(needs.readEnd(path), signal)
      if (!end.whole) throw new Refusal(422, 'not_whole', sentence(end.reason ?? 'the file is not whole'))
      return orAbort(needs.inspect(path), signal)
    },

    /** Runs `work` when nobody else commits, if the Event that the work began for is still open and its buffer folder
     * is there. Once begun it is not given up.
     * @throws Refusal 409 or 503 when not */
    alone<T>(before: EventRecord, signal: AbortSignal, work: (event: EventRecord) => Promise<T>): Promise<T> {
      return lane.add(async () => {
        signal.throwIfAborted()
        const event = openEvent()
        if (event.id !== before.id)
          throw new Refusal(409, 'event_changed', 'Another event was opened meanwhile. Please try again.')
        await needs.folders().check('buffer')
        return work(event)
      })
    },

    /** The row and everything that goes with it, or nothing; then the bus. Call it inside `alone`, last. */
    commit(event: EventRecord, fresh: Fresh, seen: Inspected, partner: PhotoRecord | undefined): PhotoRecord {
      const { ledger: from, ...original } = fresh
      const photo = transaction(() => {
        const shown = seen.kind === 'raw' ? null : { width: seen.width, height: seen.height }
        const made = partner
          ? photos.join(partner.id, original, shown)
          : photos.add(event.id, { ...seen, takenAt: seen.takenAt ?? original.modifiedAt }, original)
        events.touch(event.id)
        if (from) ledger.note(event.id, from.source, [from.key], 'taken')
        return made
      })
      unfinished.delete(original.sha256)
      needs.bus.emit({ type: partner ? 'photo.changed' : 'photo.added', photo: needs.view(photo) })
      return photo
    },

    idle: () => lane.onIdle(),
  }
}
