import type { EventRecord } from '../../catalog/events.ts'
import type { ImportHistory } from '../../catalog/sources/import-history.ts'
import type { Frame } from './frames.ts'
import { shotKey } from '../source.ts'

/** Zones differ by whole quarters of an hour, by 26 hours at most; milliseconds. */
const QUARTER = 15 * 60_000
const MOST = 26 * 3600_000
/** How many files must agree before a shift is believed of all: a counter that began again gives the same names again,
 * and RAW files may be of one size. */
const AGREE = 3
/** How many files are enough to look at. */
const ASKED = 300

/** Cards note times without a zone, so with the computer's zone every file's time changes by the same hours.
 * @returns the key under which the ledger may know a frame instead, for each such shift that was found */
export function findShifts(
  importHistory: Pick<ImportHistory, 'times'>,
  source: string,
  events: readonly EventRecord[],
  frames: readonly Frame[],
): { keysOf(frame: Frame): string[]; keysAlone(frame: Frame): string[] } {
  const votes = new Map<number, number>()
  const shiftsOf = ({ path, bytes, modifiedAt }: Frame) =>
    events
      .flatMap(({ id }) => importHistory.times(id, source, path, bytes))
      .map((time) => time - modifiedAt)
      .filter((shift) => shift !== 0 && shift % QUARTER === 0 && Math.abs(shift) <= MOST)
  for (const frame of frames.slice(0, ASKED))
    for (const shift of new Set(shiftsOf(frame))) votes.set(shift, (votes.get(shift) ?? 0) + 1)
  const believed = [...votes].flatMap(([shift, count]) => (count >= AGREE ? [shift] : []))
  const shifted = ({ path, bytes, modifiedAt }: Frame, shift: number) =>
    shotKey(path, bytes, modifiedAt + shift)
  return {
    keysOf: (frame) => believed.map((shift) => shifted(frame, shift)),
    /** Keys by every shift, even where nothing else agrees: for a frame that would only be asked about. */
    keysAlone: (frame) => shiftsOf(frame).map((shift) => shifted(frame, shift)),
  }
}
