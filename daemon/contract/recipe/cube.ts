/** What is wrong with a `.cube` file, for a person. */
export interface CubeFault {
  readonly code: 'lut_not_3d' | 'lut_size' | 'lut_line' | 'lut_rows' | 'lut_range' | 'lut_domain'
  readonly message: string
  readonly params: Readonly<Record<string, string | number>>
}

/** A table that colours are looked up in: encoded values in, encoded values out. */
export interface Lut {
  /** Points a side. */
  readonly size: number
  /** What each channel's first and last point stand for. */
  readonly least: readonly [number, number, number]
  readonly most: readonly [number, number, number]
  /** RGB, 0..255, red quickest; `size` cubed points. */
  readonly points: Uint8Array
}

/** Points a side. */
export const LUT_SIZES = { least: 2, most: 33 } as const
/** Bytes of a file: the largest table with generous decimals. */
export const LUT_BYTES = 4_000_000
/** Values may stand out by so much: tables are made by arithmetic that overshoots a little. */
const OVER = 0.1

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** Reads the text of a 3D `.cube` file (Adobe Cube LUT Specification 1.0). Nothing is guessed: what is not understood
 * is a fault. */
export function parseCube(text: string): Lut | CubeFault {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  const fault = (code: CubeFault['code'], message: string, params: CubeFault['params'] = {}): CubeFault => ({
    code,
    message,
    params,
  })
  const unread = (n: number) => {
    const line = (lines[n] ?? '').slice(0, 60)
    return fault('lut_line', `Line ${n + 1} of the LUT cannot be read: "${line}".`, { n: n + 1, line })
  }
  let size = 0
  let least: number[] = [0, 0, 0]
  let most: number[] = [1, 1, 1]
  const seen = new Set<string>()
  let points: Uint8Array | null = null
  let count = 0
  for (const [n, whole] of lines.entries()) {
    const line = whole.trim()
    if (line === '' || line.startsWith('#')) continue
    const [word = '', ...rest] = line.split(/\s+/)
    if (/^[A-Za-z]/.test(word)) {
      // Tables come last, and nothing is said twice.
      if (points || seen.has(word)) return unread(n)
      seen.add(word)
      if (word === 'TITLE') continue
      if (word === 'LUT_1D_SIZE' || word === 'LUT_1D_INPUT_RANGE')
        return fault('lut_not_3d', 'This is a 1D LUT; a 3D LUT is wanted.')
      const numbers = rest.map(Number)
      if (!rest.every((one) => NUMBER.test(one))) return unread(n)
      if (word === 'LUT_3D_SIZE' && numbers.length === 1) {
        size = numbers[0]!
        const { least: few, most: many } = LUT_SIZES
        if (!Number.isInteger(size) || size < few || size > many)
          return fault('lut_size', `The LUT has ${size} points a side; ${few} to ${many} are taken.`, {
            size,
            most: many,
          })
      } else if (word === 'DOMAIN_MIN' && numbers.length === 3) least = numbers
      else if (word === 'DOMAIN_MAX' && numbers.length === 3) most = numbers
      else if (word === 'LUT_3D_INPUT_RANGE' && numbers.length === 2) {
        least = least.map(() => numbers[0]!)
        most = most.map(() => numbers[1]!)
      } else return unread(n)
      continue
    }
    if (size === 0) return fault('lut_not_3d', 'This is no 3D LUT: LUT_3D_SIZE is missing before the values.')
    points ??= new Uint8Array(size ** 3 * 3)
    const values = [word, ...rest]
    if (values.length !== 3 || !values.every((one) => NUMBER.test(one))) return unread(n)
    for (const value of values.map(Number)) {
      if (!(value >= -OVER && value <= 1 + OVER))
        return fault('lut_range', `Line ${n + 1} of the LUT has ${value}; values lie between 0 and 1.`, {
          n: n + 1,
          value,
        })
      if (count < points.length) points[count] = Math.round(255 * Math.min(1, Math.max(0, value)))
      count += 1
    }
  }
  if (size === 0) return fault('lut_not_3d', 'This is no 3D LUT: LUT_3D_SIZE is missing.')
  const wanted = size ** 3
  if (!points || count !== wanted * 3)
    return fault(
      'lut_rows',
      `The LUT has ${count / 3} rows of values; ${size} points a side are ${wanted}.`,
      {
        rows: count / 3,
        wanted,
      },
    )
  // Our values are 0..1: a table for other ones says nothing of them.
  const isDomain = [0, 1, 2].every((i) => least[i]! <= 0 && most[i]! >= 1 && most[i]! - least[i]! <= 4)
  if (!isDomain)
    return fault(
      'lut_domain',
      `The LUT is for values from ${least.join(' ')} to ${most.join(' ')}, not from 0 to 1.`,
      {
        least: least.join(' '),
        most: most.join(' '),
      },
    )
  const three = ([r = 0, g = 0, b = 0]: number[]) => [r, g, b] as const
  return { size, least: three(least), most: three(most), points }
}
