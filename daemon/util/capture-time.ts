import type ExifReader from 'exifreader'

/** A moment as a camera or a program wrote it. */
export interface StatedTime {
  readonly date: string | undefined
  /** Written beside it; what stands in the date itself counts more. */
  readonly subSecond?: string | undefined
  readonly offset?: string | undefined
}

/** The tags that `timesIn` reads, for a reader that leaves out the rest. */
export const DATE_TAGS = {
  exif: [
    'DateTimeOriginal', 'SubSecTimeOriginal', 'OffsetTimeOriginal', 'DateTimeDigitized', 'SubSecTimeDigitized',
    'OffsetTimeDigitized', 'DateTime', 'SubSecTime', 'OffsetTime',
  ],
  xmp: ['DateTimeOriginal', 'DateTimeDigitized', 'DateCreated', 'CreateDate'],
  iptc: ['Date Created', 'Time Created'],
} as const // prettier-ignore

/** What a file's tags say of when it was shot, the surest first: when the shutter opened, when it became a file, what
 * programs wrote of that, and at last when the file was changed. */
export function timesIn(tags: ExifReader.ExpandedTags): StatedTime[] {
  const exif = (tags.exif ?? {}) as Record<string, unknown>
  const xmp = (tags.xmp ?? {}) as Record<string, unknown>
  const iptc = (tags.iptc ?? {}) as Record<string, unknown>
  const inExif = (date: string, kind: string): StatedTime => ({
    date: plain(exif[date]),
    subSecond: plain(exif[`SubSecTime${kind}`]),
    offset: plain(exif[`OffsetTime${kind}`]),
  })
  const inXmp = (name: string): StatedTime => ({ date: plain(xmp[name]) })
  const day = described(iptc['Date Created'])
  return [
    inExif('DateTimeOriginal', 'Original'),
    inExif('DateTimeDigitized', 'Digitized'),
    inXmp('DateTimeOriginal'),
    inXmp('DateCreated'),
    { date: day && `${day} ${described(iptc['Time Created']) ?? ''}` },
    inXmp('DateTimeDigitized'),
    inXmp('CreateDate'),
    inExif('DateTime', ''),
  ]
}

/** A tag's value as text: the library gives `['text']`, a number or a string, by the tag's type. */
export function plain(tag: unknown): string | undefined {
  const value = typeof tag === 'object' && tag !== null && 'value' in tag ? tag.value : undefined
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' || typeof first === 'number' ? String(first) : undefined
}

/** IPTC values are bytes, which the library puts into words. */
function described(tag: unknown): string | undefined {
  const words = typeof tag === 'object' && tag !== null && 'description' in tag ? tag.description : undefined
  return typeof words === 'string' ? words : undefined
}

const DATE =
  /^(\d{4})[:/.-]?(\d\d)[:/.-]?(\d\d)[ T]+(\d\d):?(\d\d):?(\d\d)(?:[.,](\d+))? *(Z|[+-]\d\d:?\d\d)?/i
const ZONE = /^(Z|[+-]\d\d:?\d\d)/i

/** When a file was shot, in milliseconds since 1970, and how many minutes the clock was ahead of UTC there. */
export interface ShotAt {
  readonly takenAt: number | null
  /** Only where the file says so. */
  readonly offset?: number
}

/** The first of them that is a moment. Dates are wall-clock times; without a zone they are read in the computer's own.
 * @returns `takenAt` null for what no camera means: no time of day, a month 13, 24 o'clock, a year before digital
 * cameras
 * or past 2099 */
export function shotAt(times: readonly StatedTime[]): ShotAt {
  for (const one of times) {
    const moment = momentOf(one)
    if (moment !== null) return moment
  }
  return { takenAt: null }
}

export const takenAtOf = (times: readonly StatedTime[]): number | null => shotAt(times).takenAt

function momentOf({ date, subSecond, offset }: StatedTime): ShotAt | null {
  const parts = DATE.exec(date?.trim() ?? '')
  if (!parts) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number)
  if (year < 1990 || year > 2099 || hour > 23 || minute > 59 || second > 60) return null
  const calendar = new Date(Date.UTC(year, month - 1, day))
  if (calendar.getUTCMonth() !== month - 1 || calendar.getUTCDate() !== day) return null
  const digits = parts[7] ?? /^\d+/.exec(subSecond?.trim() ?? '')?.[0] ?? '0'
  const ms = Math.floor(Number(`0.${digits}`) * 1000)
  const zone = parts[8] ?? ZONE.exec(offset?.trim() ?? '')?.[0]
  const ahead = minutesOf(zone)
  if (ahead === null) return { takenAt: new Date(year, month - 1, day, hour, minute, second, ms).getTime() }
  const takenAt = Date.UTC(year, month - 1, day, hour, minute, second, ms) - ahead * 60_000
  // A Z is how programs write a moment, and says nothing of the clock on the wall.
  return /^z/i.test(zone ?? '') ? { takenAt } : { takenAt, offset: ahead }
}

/** Minutes that a zone is ahead of Greenwich, or null where it is none. */
function minutesOf(zone: string | undefined): number | null {
  if (zone === undefined) return null
  const parts = /^([+-])(\d\d):?(\d\d)/.exec(zone)
  if (!parts) return 0
  const minutes = Number(parts[2]) * 60 + Number(parts[3])
  // No place on earth is further away; a camera whose zone was never set may say anything.
  const isWest = parts[1] === '-'
  if (minutes > (isWest ? 12 : 14) * 60 || Number(parts[3]) > 59) return null
  return isWest ? 0 - minutes : minutes
}
