import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { Refusal } from '../../errors.ts'

/** The fonts that come with the program, so that a bare Debian and a Mac draw the same. All under the SIL Open Font
 * License; each package carries it. */
interface FontFile {
  readonly family: string
  /** Null when the system does not have it. */
  readonly path: () => string | null
}

const packed = (family: string, name: string, file: string): FontFile => ({
  family,
  path() {
    const manifest = findPackageJSON(name, import.meta.url)
    if (manifest === undefined) throw new Error(`The font package ${name} is not installed`)
    return join(dirname(manifest), file)
  },
})
const expo = (family: string, name: string, file: string) =>
  packed(family, `@expo-google-fonts/${name}`, file)
const hant = (family: string, weight: string) =>
  packed(family, '@embedpdf/fonts-tc', `fonts/NotoSansHant-${weight}.otf`)
const CHOICE: readonly FontFile[] = [
  hant('Noto Sans TC', 'Regular'),
  hant('Noto Sans TC Light', 'Light'),
  hant('Noto Sans TC Bold', 'Bold'),
  expo('Noto Sans', 'noto-sans', '400Regular/NotoSans_400Regular.ttf'),
  expo('Playfair Display', 'playfair-display', '400Regular/PlayfairDisplay_400Regular.ttf'),
  expo('Great Vibes', 'great-vibes', '400Regular/GreatVibes_400Regular.ttf'),
]
/** For what none of them has (Simplified Chinese, Japanese, Korean): a Mac brings one, Debian's is fonts-noto-cjk. */
const SYSTEM: FontFile = {
  family: 'system',
  path: () =>
    [
      '/System/Library/Fonts/Supplemental/Arial Unicode.ttf',
      '/Library/Fonts/Arial Unicode.ttf',
      '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
      '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc',
      '/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf',
      '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc',
    ].find(existsSync) ?? null,
}
const SPARE: readonly FontFile[] = [
  expo('Noto Sans Arabic', 'noto-sans-arabic', '400Regular/NotoSansArabic_400Regular.ttf'),
  expo('Noto Sans Hebrew', 'noto-sans-hebrew', '400Regular/NotoSansHebrew_400Regular.ttf'),
  expo('Noto Sans Thai', 'noto-sans-thai', '400Regular/NotoSansThai_400Regular.ttf'),
  SYSTEM,
]

export const DEFAULT_FAMILY = 'Noto Sans TC'
/** Characters of everyday Traditional Chinese: a font that lacks one of them does not cover it. */
const EVERYDAY = '的一是不了人我在有他這中大來上國臺灣婚禮攝影'

/** The families to draw with, first one first: the chosen one, a CJK one of like weight, and the rest for what both
 * lack. @throws Refusal 422 when there is no such family */
export function familyChain(family: string): readonly FontFile[] {
  const chosen = CHOICE.find((one) => one.family === family)
  if (!chosen)
    throw new Refusal(
      422,
      'unknown_font',
      `There is no font named "${family}". There are ${CHOICE.map((one) => one.family).join(', ')}.`,
      { params: { family } },
    )
  return [...new Set([chosen, ...CHOICE.slice(0, 1), ...CHOICE.slice(3, 4), ...SPARE])]
}

export function availableFonts(): { family: string; cjk: boolean }[] {
  return CHOICE.map((one) => ({ family: one.family, cjk: covers(one, EVERYDAY) }))
}

/** @returns the families that come with the program and whose files are not there */
export function missingFonts(): string[] {
  const isThere = (font: FontFile) => {
    try {
      return existsSync(font.path() ?? '')
    } catch {
      return false
    }
  }
  return [...CHOICE, ...SPARE].filter((font) => font !== SYSTEM && !isThere(font)).map(({ family }) => family)
}

/** @returns the characters of a text that no font of the family's chain has, each once */
export function missingCharacters(text: string, family: string): string[] {
  const chain = familyChain(family)
  return [...new Set(text)].filter(
    (one) => !/[\s\p{Cf}\p{M}]/u.test(one) && !chain.some((f) => covers(f, one)),
  )
}

/** @throws Refusal 422 quoting the characters that no font of the family's chain has */
export function checkLetters(text: string, family: string): void {
  const missing = missingCharacters(text, family)
  if (missing.length === 0) return
  const which = missing.slice(0, 12).map((one) => `"${one}"`)
  throw new Refusal(
    422,
    'missing_letters',
    `No font here has ${which.join(', ')}. Leave them out, or install a font that has them (on Debian fonts-noto-cjk).`,
    { params: { letters: which.join(', ') } },
  )
}

const covers = (font: FontFile, text: string) => {
  const ranges = coverageOf(font)
  return [...text].every((one) => has(ranges, one.codePointAt(0)!))
}

function has(ranges: Ranges, code: number): boolean {
  let [low, high] = [0, ranges.length / 2 - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    if (code < ranges[middle * 2]!) high = middle - 1
    else if (code > ranges[middle * 2 + 1]!) low = middle + 1
    else return true
  }
  return false
}

/** First and last code point, again and again, rising. */
type Ranges = Uint32Array
const known = new Map<string, Ranges>()

function coverageOf(font: FontFile): Ranges {
  const path = font.path()
  if (path === null) return new Uint32Array()
  const ranges = known.get(path) ?? readCoverage(path)
  known.set(path, ranges)
  return ranges
}

/** Reads a font's `cmap` table (OpenType 1.9, chapter "cmap", formats 4 and 12) without loading the outlines. */
function readCoverage(path: string): Ranges {
  const file = openSync(path, 'r')
  const read = (at: number, size: number) => {
    const bytes = Buffer.alloc(size)
    readSync(file, bytes, 0, size, at)
    return bytes
  }
  try {
    const first = read(0, 16)
    // A collection names its fonts by their offsets; the first one stands for all.
    const start = first.toString('latin1', 0, 4) === 'ttcf' ? first.readUInt32BE(12) : 0
    const tables = read(start + 12, 16 * read(start, 12).readUInt16BE(4))
    const row = tables.indexOf('cmap', 0, 'latin1')
    const cmap = read(tables.readUInt32BE(row + 8), tables.readUInt32BE(row + 12))
    const offsets = Array.from({ length: cmap.readUInt16BE(2) }, (_, i) => cmap.readUInt32BE(8 + 8 * i))
    const wide = offsets.find((at) => cmap.readUInt16BE(at) === 12)
    if (wide !== undefined) return groups(cmap.subarray(wide))
    const narrow = offsets.find((at) => cmap.readUInt16BE(at) === 4)
    if (narrow === undefined) throw new Error(`${path} has no character map that we can read`)
    return segments(cmap.subarray(narrow))
  } finally {
    closeSync(file)
  }
}

function groups(table: Buffer): Ranges {
  const count = table.readUInt32BE(12)
  return Uint32Array.from({ length: count * 2 }, (_, i) =>
    table.readUInt32BE(16 + 12 * (i >> 1) + 4 * (i % 2)),
  )
}

function segments(table: Buffer): Ranges {
  const bytes = table.readUInt16BE(6)
  return Uint32Array.from({ length: bytes }, (_, i) =>
    table.readUInt16BE((i % 2 === 0 ? 16 + bytes : 14) + (i >> 1) * 2),
  )
}
