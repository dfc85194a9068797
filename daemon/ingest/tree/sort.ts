import type { EventRecord } from '../../catalog/events.ts'
import type { Offer } from '../../contract/status.ts'
import { splitName } from '../../files.ts'
import { readTakenAt } from './dates.ts'
import type { Frame } from './frames.ts'
import { looksRaw } from '../../originals/names.ts'
import { findShifts } from './zone-shift.ts'
import { steppedAsidePath, type Origin, type SourceNeeds } from '../source.ts'

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

/** Decides what becomes of each frame. Reads the beginnings of those that it meets for the first time.
 * @param needs.asks whether a frame may be left to a person because it is old */
export function createSorter(needs: {
  from: Origin
  catalog: SourceNeeds['catalog']
  asks: (frame: Frame) => boolean
}) {
  const { from } = needs
  const { events, importHistory, skipped } = needs.catalog
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
    const all = events.list()
    const earlier = all.filter(({ id }) => id !== event.id)
    const outcomeOf = (keys: readonly string[]) =>
      keys
        .map((key) => importHistory.outcome(event.id, from.id, key))
        .find((outcome) => outcome !== undefined)
    const unknown = frames.filter(({ key }) => importHistory.outcome(event.id, from.id, key) === undefined)
    const shifts = findShifts(importHistory, from.id, all, unknown)
    const keysOf = (frame: Frame) => [frame.key, ...shifts.keysOf(frame)]
    const isOld = (frame: Dated) =>
      frame.takenAt < event.startsAt ||
      earlier.some(({ id }) =>
        keysOf(frame).some((key) => importHistory.outcome(id, from.id, key) === 'taken'),
      )
    const fresh: Frame[] = []
    for (const frame of frames) {
      const outcome = outcomeOf(keysOf(frame))
      if (outcome === 'left') continue
      const known =
        outcome === 'taken' || skipped.has(event.id, from.id, steppedAsidePath(from, frame.path), frame.looks)
      ;(known ? sorted.done : fresh).push(frame)
    }
    for (let i = 0; i < fresh.length; i += 8) {
      signal.throwIfAborted()
      for (const frame of await Promise.all(fresh.slice(i, i + 8).map(dated))) {
        const needsAnswer = needs.asks(frame) && isOld(frame)
        if (!needsAnswer) sorted.wanted.push(frame)
        else if (outcomeOf(shifts.keysAlone(frame)) === undefined) sorted.older.push(frame)
      }
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
