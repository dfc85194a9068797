import { FONT_FAMILIES } from '../contract/settings.ts'

type Family = (typeof FONT_FAMILIES)[number]

/** Families that the previous system's page offered, and what CSS calls them in general, by ours. */
const FAMILIES: readonly (readonly [Family, RegExp])[] = [
  ['mono', /mono|courier|consolas|menlo|monaco/],
  ['rounded', /round|nunito|quicksand|comfortaa|varela/],
  ['system', /^(system-ui|-apple-system|blinkmacsystemfont|system|inherit|initial|ui-sans-serif)$/],
  [
    'sans',
    /sans|arial|helvetica|roboto|inter|lato|montserrat|poppins|verdana|tahoma|segoe|open sans|pingfang|jhenghei|heiti|gothic/,
  ],
  [
    'serif',
    /serif|playfair|georgia|times|garamond|merriweather|lora|cinzel|cormorant|baskerville|didot|bodoni|songti|mingliu|libre/,
  ],
]

/** Our family for a CSS font stack, as its first name that says something asks; `system` when none does. */
export function familyOf(stack: string): Family {
  if ((FONT_FAMILIES as readonly string[]).includes(stack)) return stack as Family
  const names = stack.split(',').map((name) =>
    name
      .trim()
      .replace(/^["']|["']$/g, '')
      .toLowerCase(),
  )
  for (const name of names) {
    const found = FAMILIES.find(([, known]) => known.test(name))
    if (found) return found[0]
  }
  return 'system'
}

/** A size in pixels, from a number or as CSS has it: `72`, `72px`, `4.5rem`, `54pt`, kept within what we take.
 * @returns null for an empty one */
export function pixelsOf(size: number | string, least: number, most: number): number | null {
  if (typeof size === 'number') return size
  const found = /^\s*(\d+(?:\.\d+)?)\s*(px|pt|rem|em)?\s*$/i.exec(size)
  if (!found) return null
  const unit = { pt: 4 / 3, rem: 16, em: 16 }[(found[2] ?? '').toLowerCase()] ?? 1
  return Math.min(most, Math.max(least, Math.round(Number(found[1]) * unit)))
}
