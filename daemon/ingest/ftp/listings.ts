import type { SentFile } from './folders.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')
/** Milliseconds for which `ls` shows the time of day rather than the year. */
const HALF_A_YEAR = 180 * 86_400_000

interface Entry {
  readonly name: string
  /** Null for a folder. */
  readonly file: SentFile | null
}

/** A line of LIST, as `ls -l` writes it, which is what clients read.
 * @param now milliseconds since 1970 */
export function listLine({ name, file }: Entry, now: number): string {
  const at = new Date(file?.at ?? now)
  const isNew = Math.abs(now - at.getTime()) < HALF_A_YEAR
  const clock = isNew ? `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}` : ` ${at.getUTCFullYear()}`
  const day = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${clock}`
  const size = String(file?.size ?? 0).padStart(12)
  return `${file ? '-r--r--r--' : 'drwxr-xr-x'} 1 camera camera ${size} ${day} ${name}`
}

/** The facts of MLSD and MLST (RFC 3659). */
export function facts({ name, file }: Entry, now: number): string {
  const kind = file ? `type=file;size=${file.size};perm=;` : 'type=dir;perm=celm;'
  return `${kind}modify=${writeTime(file?.at ?? now)}; ${name}`
}

/** `20261130031500`, UTC.
 * @param at milliseconds since 1970 */
export function writeTime(at: number): string {
  return new Date(at).toISOString().replace(/\D/g, '').slice(0, 14)
}

/** @returns milliseconds since 1970, or null for what is no time */
export function readTime(text: string): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?$/.exec(text) ?? []
  if (year === undefined) return null
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? null : at
}
