import type ExifReader from 'exifreader'
/** A moment as a camera or a program wrote it. */
export interface Said {
  readonly date: string | undefined
  /** Written beside it; what stands in the date itself counts more. */
  readonly subSecond?: string | undefined
  readonly offset?: string | undefined
}
/** The tags that `saidIn` reads, for a reader that leaves out the rest. */
export declare const DATE_TAGS: {
  readonly exif: readonly [
    'DateTimeOriginal',
    'SubSecTimeOriginal',
    'OffsetTimeOriginal',
    'DateTimeDigitized',
    'SubSecTimeDigitized',
    'OffsetTimeDigitized',
    'DateTime',
    'SubSecTime',
    'OffsetTime',
  ]
  readonly xmp: readonly ['DateTimeOriginal', 'DateTimeDigitized', 'DateCreated', 'CreateDate']
  readonly iptc: readonly ['Date Created', 'Time Created']
}
/** What a file's tags say of when it was shot, the surest first: when the shutter opened, when it became a file, what programs wrote of that, and at last when
 * the file was changed. */
export declare function saidIn(tags: ExifReader.ExpandedTags): Said[]
/** A tag's value as text: the library gives `['text']`, a number or a string, by the tag's type. */
export declare function plain(tag: unknown): string | undefined
/** The first of them that is a moment, in milliseconds since 1970. Dates are wall-clock times; without a zone they are read in the computer's own.
 * @returns null for what no camera means: no time of day, a month 13, 24 o'clock, a year before digital cameras or past 2099 */
export declare function takenAtOf(said: readonly Said[]): number | null
