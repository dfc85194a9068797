import type { EventRecord } from '../catalog/events.ts'
import type { Offer } from '../contract/status.ts'
import { splitName } from '../files.ts'
import { readTakenAt } from './dates.ts'
import type { Frame } from './frames.ts'
import { looksRaw } from './names.ts'
import { asidePath, type Origin, type SourceNeeds } from './source.ts'

export interface Dated extends Frame {
  /** When it was shot: as its EXIF says, else the file's time. Milliseconds since 1970. */
  readonly takenAt: number
}

export interface Sorted {
  /** Taken, or set aside, before now. */
  readonly done: Frame[]
  /** To take now, the oldest first. */
  readonly wanted: Dated[]
  /** Older than the Event: only when a person says so. */
  readonly older: Dated[]
}

/** Says of each frame what is to become of it. Reads the beginnings of those that it meets for the first time.
 * @param needs.asks whether a frame may be left to a person because it is old */
export function createSorter(needs: {
  from: Origin
  catalog: SourceNeeds['catalog']
  asks: (frame: Frame) => boolean
}) {
  const { from } = needs
  const { events, ledger, aside } = needs.catalog
  const dates = new Map<string, number>()

  async function dated(frame: Frame): Promise<Dated> {
    let takenAt = dates.get(frame.key)
    if (takenAt === undefined) {
      // A frame that cannot be read now fails again when it is copied, and is dealt with there.
      const read = await readTakenAt(frame.absolute).catch(() => undefined)
      takenAt = read ?? frame.modifiedAt
      if (read !== undefined) dates.set(frame.key, takenAt)
    }
    return { ...frame, takenAt }
  }

  return async function sort(event: EventRecord, frames: Frame[], signal: AbortSignal): Promise<Sorted> {
    const sorted: Sorted = { done: [], wanted: [], older: [] }
    const earlier = events.list().filter(({ id }) => id !== event.id)
    const isOld = (frame: Dated) =>
      frame.takenAt < event.startsAt ||
      earlier.some(({ id }) => ledger.outcome(id, from.id, frame.key) === 'taken')
    const fresh: Frame[] = []
    for (const frame of frames) {
      const outcome = ledger.outcome(event.id, from.id, frame.key)
      if (outcome === 'left') continue
      const known =
        outcome === 'taken' || aside.has(event.id, from.id, asidePath(from, frame.path), frame.looks)
      ;(known ? sorted.done : fresh).push(frame)
    }
    for (let i = 0; i < fresh.length; i += 8) {
      signal.throwIfAborted()
      for (const frame of await Promise.all(fresh.slice(i, i + 8).map(dated)))
        (needs.asks(frame) && isOld(frame) ? sorted.older : sorted.wanted).push(frame)
    }
    sorted.wanted.sort((a, b) => a.takenAt - b.takenAt || (a.path < b.path ? -1 : 1))
    return sorted
  }
}

/** The one question about them; a RAW and its JPEG count as one. */
export function offerOf(
  older: readonly Pick<Dated, 'folder' | 'filename' | 'bytes' | 'takenAt'>[],
): Offer | null {
  if (older.length === 0) return null
  const stem = (frame: Pick<Frame, 'folder' | 'filename'>) =>
    `${frame.folder}/${splitName(frame.filename)[0].toLowerCase()}`
  const shown = new Set(older.filter(({ filename }) => !looksRaw(filename)).map(stem))
  const times = older.map(({ takenAt }) => takenAt)
  const iso = (at: number) => new Date(at).toISOString()
  return {
    count: older.filter((frame) => !looksRaw(frame.filename) || !shown.has(stem(frame))).length,
    bytes: older.reduce((sum, { bytes }) => sum + bytes, 0),
    from: iso(times.reduce((a, b) => Math.min(a, b))),
    to: iso(times.reduce((a, b) => Math.max(a, b))),
  }
}
