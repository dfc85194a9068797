/** Characters of a line, of a text of several lines, and of one of a list of words; and how many a list has. */
export const LONGEST = { line: 500, text: 5000, item: 120, items: 100 } as const

/** Bytes of UTF-8 that IPTC's older form (IIM 4.2) holds of each of the Words that it has a place for; of a list, in each
 * item. */
export const IIM_BYTES = {
  headline: 256,
  caption: 2000,
  keywords: 64,
  creator: 32,
  credit: 32,
  source: 32,
  copyright: 128,
  city: 32,
  country: 64,
} as const
