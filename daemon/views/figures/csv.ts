import type { TimelineRecord } from '../../catalog/photos/timelines.ts'
import { STEPS } from '../../contract/figures.ts'
import { clockOf, isoOf } from './timeline.ts'
import { measure } from './steps.ts'

/** Excel takes a file for UTF-8 when it begins so. */
export const MARK = '\ufeff'
const END = '\r\n'

const COLUMNS = [
  'filename', 'state', 'camera', 'photographer', 'bytes', 'shot_at', 'clock', 'on_disk_at', 'tile_at', 'decided_at', 'published_at',
  'uploaded_at', 'seen_at', 'seen_where', ...STEPS.map((step) => `${step}_ms`),
] // prettier-ignore

/** What begins like a formula in any program, also in the wide letters of a Chinese or Japanese keyboard. */
const FORMULA = /^[\s\0]*[=+\-@|%＝＋－＠]/

/** One cell of RFC 4180. Text that a program for tables would run as a formula is marked as text for it. */
export function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}

/** A line of RFC 4180, with its end. */
export const csvRow = (cells: readonly (string | number | null)[]) => cells.map(cell).join(',') + END

export const csvHead = (): string => MARK + csvRow(COLUMNS)

/** A Photo's line. Times that cannot be believed have no milliseconds.
 * @param photographer '' where nobody is known */
export function csvLine(timeline: TimelineRecord, photographer = ''): string {
  const { filename, state, camera, bytes, seenWhere } = timeline
  const { shotAt, onDiskAt, tileAt, decidedAt, publishedAt, uploadedAt, seenAt } = timeline
  const took = STEPS.map((step) => {
    const measured = measure(step, timeline)
    return typeof measured === 'number' ? measured : null
  })
  return csvRow([
    filename, state, camera, photographer, bytes, isoOf(shotAt), clockOf(timeline), isoOf(onDiskAt), isoOf(tileAt), isoOf(decidedAt),
    isoOf(publishedAt), isoOf(uploadedAt), isoOf(seenAt), seenWhere, ...took,
  ]) // prettier-ignore
}
