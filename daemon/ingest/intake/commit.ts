import PQueue from 'p-queue'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { Claim } from '../../originals/proof.ts'
import type { NewOriginal, PhotoRecord } from '../../catalog/photos/photos.ts'
import type { Announcer } from '../../views/announcer.ts'
import type { Message } from '../../contract/message.ts'
import type { Brought } from '../../darkroom/words/xmp-read.ts'
import { Refusal } from '../../errors.ts'
import type { Folders } from '../../folders.ts'
import { orAbort } from '../../util/abort.ts'
import type { Part, PictureHasher, Placing } from './incoming.ts'
import { newMessage } from '../../util/message.ts'
import { bringWords } from './bringing.ts'
import type { Berths } from '../spill/berths.ts'

/** Why a file is refused that may still be being written, or on its way. */
export const INCOMPLETE: ReadonlySet<string> = new Set(['cut_short', 'middle_missing'])

/** What the darkroom says of a whole file. */
export interface Inspected {
  readonly kind: string
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  /** Milliseconds since 1970, or null when the file does not say. */
  readonly takenAt: number | null
  /** Minutes ahead of UTC where it was taken, if the file says so. */
  readonly offset?: number
  readonly camera: string | null
  readonly serial: string | null
  readonly rating: number
  /** What aperture, shutter and sensitivity were set to as one number, at ISO 100; absent when the file does not say. */
  readonly exposureValue?: number
  /** The file says that more should follow, though its picture is whole. */
  readonly unfinished?: true
  /** A RAW with nothing to show but a small preview. */
  readonly smallPreview?: true
  /** What it says in words, and of itself; absent where that is nothing. */
  readonly brought?: Brought
  /** The hash of its compressed picture alone; '' where its kind has none. */
  readonly picture?: string
}

/** A file that was seen, with what we know of the camera that shot it. */
export interface Seen extends Inspected {
  readonly cameraId: string | null
  /** When it was taken, by a clock that is right. */
  readonly takenAt: number | null
  /** When it was shot, as the file says. */
  readonly shotAt: number | null
  readonly marked: boolean
}

export interface IngestNeeds {
  readonly catalog: Pick<
    Catalog,
    'events' | 'photos' | 'originals' | 'importHistory' | 'skipped' | 'looks' | 'words' | 'transaction'
  >
  /** The current Event's folders. */
  readonly folders: () => Folders
  /** Where copies of new shots lie; in the buffer folder alone where it is left out. */
  readonly berths?: Berths
  /** @throws Refusal 422 with a plain reason for what is not a whole picture of a kind that we take */
  readonly inspect: (path: string, picture?: string) => Promise<Inspected>
  /** Hashes compressed pictures while their files are copied. */
  readonly pictureHasher?: () => PictureHasher
  /** Whether one picture is the other, turned or mirrored at most, as far as a glance shows. The first may be gone. */
  readonly isTurned?: (one: Claim, other: Claim) => Promise<boolean>
  readonly announcer: Announcer
  /** Our camera that shot a file, and the milliseconds that its clock is behind; null for a camera that we never met.
   * @param from the Source that it came from, as far as it came from one */
  readonly shotBy?: (from: string | null, serial: string | null) => { id: string; behind: number } | null
}

/** A whole file under its final name, and the frame of a Source that it came from. */
export type Fresh = NewOriginal & { readonly from: Placing['from'] }

/** What came beside a file. */
export interface Beside {
  readonly source: string | null
  readonly modifiedAt: number
  readonly isMarked?: boolean
}

function smallPreview({ width, height }: Inspected): Message {
  const message = `This RAW file holds only a small preview of ${width} x ${height} pixels. It was kept; to publish the photo its JPEG is wanted.`
  return newMessage('raw_small_preview', message, { width, height })
}

/** The last step of everything that becomes a Photo, whichever way it came. */
export type Committer = ReturnType<typeof createCommitter>

export function createCommitter(needs: IngestNeeds) {
  const { events, photos, importHistory, looks, transaction } = needs.catalog
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

  function meet(seen: Inspected, { source, modifiedAt, isMarked = false }: Beside): Seen {
    const camera = needs.shotBy?.(source, seen.serial) ?? null
    const marked = isMarked || seen.rating > 0
    const shotAt = seen.takenAt
    if (!camera) return { ...seen, cameraId: null, marked, shotAt }
    const takenAt = (seen.takenAt ?? modifiedAt) + camera.behind
    return { ...seen, cameraId: camera.id, takenAt, marked, shotAt }
  }

  /** A RAW that cannot be shown as it deserves is kept, and said to be so until its JPEG is there. */
  function noteSmallPreview(event: EventRecord, fresh: Fresh, seen: Seen, photo: PhotoRecord): void {
    const { skipped } = needs.catalog
    if (seen.smallPreview && photo.main.sha256 === fresh.sha256)
      skipped.put(event.id, 'darkroom', fresh.filename, fresh.sha256, smallPreview(seen))
    else if (photo.raw) skipped.remove(event.id, 'darkroom', photo.raw.filename)
  }

  /** A frame has its Look from the moment that it is there: a burst or a crash leaves none without. */
  function add(event: EventRecord, original: NewOriginal, seen: Seen): PhotoRecord {
    const look = looks.incoming(seen.cameraId)
    const takenAt = seen.takenAt ?? original.modifiedAt
    return photos.add(event.id, { ...seen, takenAt, ...(look && { edit: look }) }, original)
  }

  return {
    openEvent,
    unfinished,

    /** What the file is.
     * @throws Refusal 422 with the reason when it is no photo, or not whole */
    async see(
      { path, picture }: Pick<Part, 'path' | 'picture'>,
      beside: Beside,
      signal: AbortSignal,
    ): Promise<Seen> {
      return meet(await orAbort(needs.inspect(path, picture), signal), beside)
    },

    meet,

    /** Runs `work` when nobody else commits, if the Event that the work began for is still open and its buffer folder
     * is there, or not asked for. Once begun it is not given up.
     * @throws Refusal 409 or 503 when not */
    alone<T>(
      before: EventRecord,
      signal: AbortSignal,
      work: (event: EventRecord) => Promise<T>,
      isInBuffer = true,
    ): Promise<T> {
      return lane.add(async () => {
        signal.throwIfAborted()
        const event = openEvent()
        if (event.id !== before.id)
          throw new Refusal(409, 'event_changed', 'Another event was opened meanwhile. Please try again.')
        if (isInBuffer) await needs.folders().check('buffer')
        return work(event)
      })
    },

    /** Runs `work` when nobody else commits, whatever the Event's state. */
    inTurn: <T>(work: () => Promise<T>): Promise<T> => lane.add(work),

    /** The row and everything that goes with it, or nothing; then the bus. Call it inside `alone`, last. */
    commit(event: EventRecord, fresh: Fresh, seen: Seen, partner: PhotoRecord | undefined): PhotoRecord {
      const { from, ...rest } = fresh
      const original = { ...rest, picture: seen.picture ?? null, shotAt: seen.shotAt }
      const photo = transaction(() => {
        const shown = seen.kind === 'raw' ? null : { width: seen.width, height: seen.height }
        const made = partner ? photos.join(partner.id, original, shown) : add(event, original, seen)
        const isNews = partner !== undefined && seen.marked && !partner.marked
        noteSmallPreview(event, fresh, seen, made)
        events.touch(event.id)
        if (from) importHistory.note(event.id, from.source, [from.key], 'taken', original.sha256)
        const marked = isNews ? photos.mark(made.id, seen.rating) : made
        return bringWords(needs.catalog, marked, seen.brought)
      })
      unfinished.delete(original.sha256)
      needs.announcer[partner ? 'changed' : 'added'](photo)
      return photo
    },

    /** A deleted Photo as it will be when it is back: its file comes first, then its row. */
    revived: (photo: PhotoRecord): PhotoRecord => ({ ...photo, state: 'buffer', deletedAt: null }),

    /** Call it inside `alone`, when its file is in the buffer folder. */
    revive(photo: PhotoRecord): PhotoRecord {
      const back = photos.revive(photo.id)
      needs.announcer.added(back)
      return back
    },

    idle: () => lane.onIdle(),
  }
}
