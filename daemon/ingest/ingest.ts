import PQueue from 'p-queue'
import { join } from 'node:path'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { NewOriginal, PhotoRecord } from '../catalog/photos.ts'
import type { PhotoView } from '../contract/photo.ts'
import { errnoOf, Refusal } from '../errors.ts'
import type { Folders } from '../folders.ts'
import { createIncoming, fingerprintAt, hashInPlace, type Part, type Placing } from './incoming.ts'
import { createNaming } from './naming.ts'
import { readChunks } from './reading.ts'
import { asidePath, type Shot, type Take } from './source.ts'
import { fullDisk, sentence } from './words.ts'

/** What the darkroom says of a whole file. */
export interface Inspected {
  readonly kind: string
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
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

/** A file for the buffer folder whose origin needs no ledger: an upload. */
export type Arrival = Pick<Shot, 'path' | 'filename' | 'bytes' | 'modifiedAt' | 'content'> & {
  /** Source and folder: a RAW and its JPEG share it. */
  readonly origin: string
}

export type Adopted =
  | { readonly outcome: 'taken'; readonly photo: PhotoRecord }
  /** It is a Photo's own file already. */
  | { readonly outcome: 'known' }
  /** It changed or went away while it was looked at. */
  | { readonly outcome: 'changed' }
  /** Its end is not there: another program may still be writing it. */
  | { readonly outcome: 'unfinished'; readonly reason: string }
  | { readonly outcome: 'aside'; readonly reason: string }

/** Turns shots into Photos. For every one, in this order: the bytes are on the disk and flushed, they have their name,
 * the catalog has its row, the bus says so, and only then the caller hears of it. */
export interface Ingest {
  take: Take
  /** The same for bytes that come once. Errors are those of `Take`, and Refusal 422 when they are no photo we take. */
  accept(arrival: Arrival, signal: AbortSignal): Promise<{ photo: PhotoRecord; already: boolean }>
  /** Makes a Photo of a file that lies in the buffer folder, where it is. @param fingerprint as it was when looked at */
  adopt(name: string, fingerprint: string, signal: AbortSignal): Promise<Adopted>
  /** Removes what an earlier run left half-done. Call before anything is taken, and when the folders changed.
   * @throws Refusal 503 when the buffer folder is away: call again */
  clean(): Promise<void>
  /** Resolves when nothing is being committed. */
  idle(): Promise<void>
}

/** How many shots are copied and looked at at once. */
const AT_ONCE = 3

type Fresh = NewOriginal & { readonly ledger: Placing['ledger'] }

export function createIngest(needs: IngestNeeds): Ingest {
  const { events, photos, ledger, aside, transaction } = needs.catalog
  const incoming = createIncoming(needs)
  const naming = createNaming(needs)
  const slots = new PQueue({ concurrency: AT_ONCE })
  /** One commit at a time: two Sources with the same bytes, or the same name, must see each other's row. */
  const lane = new PQueue({ concurrency: 1 })
  /** What has a name and no row yet, by hash, also from a run that was killed: so that a file which is then found in
   * the buffer folder keeps its origin, and a RAW its JPEG. */
  const unfinished = new Map<string, Placing>()

  function openEvent(): EventRecord {
    const event = events.current()
    if (event.state !== 'open')
      throw new Refusal(
        409,
        'event_paused',
        'The event is paused, so nothing is taken. Continue it, or open a new one.',
      )
    return event
  }

  /** The Event, if it is still the one that the work began for. */
  async function stillOpen(before: EventRecord): Promise<EventRecord> {
    const event = openEvent()
    if (event.id !== before.id)
      throw new Refusal(
        409,
        'event_changed',
        'Another event was opened meanwhile; the file is offered again.',
      )
    await needs.folders().check('buffer')
    return event
  }

  async function see(path: string): Promise<Inspected> {
    const end = await needs.readEnd(path)
    if (!end.whole) throw new Refusal(422, 'not_whole', sentence(end.reason ?? 'the file is not whole'))
    return needs.inspect(path)
  }

  /** The last step for all: the row, and everything that goes with it, or nothing. Call in the lane. */
  function commit(
    event: EventRecord,
    fresh: Fresh,
    seen: Inspected,
    partner: PhotoRecord | undefined,
  ): PhotoRecord {
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
    needs.bus.emit({ type: partner ? 'photo.changed' : 'photo.added', photo: needs.view(photo) })
    return photo
  }

  async function place(
    before: EventRecord,
    part: Part,
    arrival: Arrival,
    from: Placing['ledger'],
    signal: AbortSignal,
  ) {
    const known = photos.bySha256(before.id, part.sha256)
    const seen = known ? null : await see(part.path)
    return lane.add(async () => {
      signal.throwIfAborted()
      const event = await stillOpen(before)
      const twin = photos.bySha256(event.id, part.sha256)
      if (twin) {
        await naming.heal(twin, part)
        await needs.folders().check('buffer')
        if (from) ledger.note(event.id, from.source, [from.key], 'taken')
        return { photo: twin, already: true }
      }
      if (!seen) throw new Error(`The photo of ${arrival.path} went away while its bytes came again`)
      const { origin, filename: originName } = arrival
      const { sha256, bytes, modifiedAt } = part
      const rest = { sha256, bytes, modifiedAt, kind: seen.kind, origin, originName, ledger: from }
      const partner = naming.partner(event, rest, seen)
      const placing = { sha256, origin, originName, ledger: from }
      await incoming.placing(placing)
      unfinished.set(sha256, placing)
      const filename = await naming.place(event, part, naming.wanted(partner, originName), partner)
      await needs.folders().check('buffer')
      const photo = commit(event, { ...rest, filename }, seen, partner)
      unfinished.delete(sha256)
      return { photo, already: false }
    })
  }

  async function copy(arrival: Arrival, from: Placing['ledger'], signal: AbortSignal) {
    return slots.add(async () => {
      const event = openEvent()
      try {
        const part = await incoming.receive(arrival, signal)
        try {
          return await place(event, part, arrival, from, signal)
        } finally {
          await part.discard()
        }
      } catch (error) {
        throw fullDisk(error)
      }
    })
  }

  async function adoptNow(name: string, fingerprint: string, signal: AbortSignal): Promise<Adopted> {
    const before = openEvent()
    const path = join(needs.folders().path('buffer'), name)
    const end = await needs.readEnd(path)
    if (!end.whole) {
      const reason = sentence(end.reason ?? 'the file is not whole')
      // What is no picture from its first bytes on will not become one by waiting.
      return {
        outcome: end.kind === 'unknown' && !fingerprint.startsWith('0|') ? 'aside' : 'unfinished',
        reason,
      }
    }
    const still = await hashInPlace(path, fingerprint, signal)
    if (!still) return { outcome: 'changed' }
    const seen = photos.bySha256(before.id, still.sha256) ? null : await needs.inspect(path)
    const hint = unfinished.get(still.sha256)
    const origin = hint?.origin ?? 'buffer'
    const result = await lane.add(async (): Promise<Adopted | PhotoRecord> => {
      signal.throwIfAborted()
      const event = await stillOpen(before)
      if ((await fingerprintAt(path)) !== fingerprint) return { outcome: 'changed' }
      const twin = photos.bySha256(event.id, still.sha256)
      if (twin) return naming.second(twin, still.sha256, name)
      if (!seen) return { outcome: 'changed' }
      const holder = photos.byName(event.id, name)
      if (holder) return holder
      const originName = hint?.originName ?? name
      const from = hint?.ledger ?? null
      const fresh = { ...still, kind: seen.kind, filename: name, origin, originName, ledger: from }
      const partner = naming.partner(event, fresh, seen)
      // Its other half left the buffer; in place means here, so it becomes a Photo of its own.
      const photo = commit(event, fresh, seen, partner?.state === 'buffer' ? partner : undefined)
      unfinished.delete(still.sha256)
      return { outcome: 'taken', photo }
    })
    if ('outcome' in result) return result
    return takeBeside(name, path, still, result, signal)
  }

  /** The file's name belongs to another Photo. Where that Photo's own file was overwritten nothing may be guessed;
   * otherwise the shot gets a copy under a name of its own, and the file stays as it is. */
  async function takeBeside(
    name: string,
    path: string,
    file: { bytes: number; modifiedAt: number },
    holder: PhotoRecord,
    signal: AbortSignal,
  ): Promise<Adopted> {
    if (holder.state === 'buffer' && [holder.main.filename, holder.raw?.filename].includes(name))
      return {
        outcome: 'aside',
        reason: `The photo ${name} was replaced by another file of the same name. Give one of them another name.`,
      }
    const { photo } = await copy(
      {
        ...file,
        path: name,
        filename: name,
        origin: 'buffer',
        content: { read: () => readChunks(path) },
      },
      null,
      signal,
    )
    return {
      outcome: 'aside',
      reason: `Taken as ${photo.filename}, because another photo is called ${holder.filename}.`,
    }
  }

  return {
    async take(from, shot, signal) {
      const event = events.current()
      const key = { source: from.id, key: shot.key }
      const where = asidePath(from, shot.path)
      try {
        const done = await copy({ ...shot, origin: `${from.id}:${shot.folder}` }, key, signal)
        aside.remove(event.id, from.id, where)
        return { outcome: 'taken', ...done }
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 422) throw error
        aside.put(event.id, from.id, where, shot.key, error.message)
        return { outcome: 'aside', reason: error.message }
      }
    },
    accept: (arrival, signal) => copy(arrival, null, signal),
    async adopt(name, fingerprint, signal) {
      try {
        return await adoptNow(name, fingerprint, signal)
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return { outcome: 'changed' }
        if (error instanceof Refusal && error.status === 422)
          return { outcome: 'aside', reason: error.message }
        throw fullDisk(error)
      }
    },
    async clean() {
      const placing = await incoming.clean()
      if (placing) unfinished.set(placing.sha256, placing)
    },
    async idle() {
      await slots.onIdle()
      await lane.onIdle()
    },
  }
}
