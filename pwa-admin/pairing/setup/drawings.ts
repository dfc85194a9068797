/** Small pictures of what a person sees on the way, drawn by us: plain shapes, the words of the system, and a ring
 * where to tap. All lengths are units of a picture that is 320 wide. */
const W = 320
const ROW = 34

export interface Row {
  readonly text: string
  /** What stands at its end. */
  readonly end?: 'more' | 'on' | 'off' | 'mark'
  readonly value?: string
  readonly tap?: boolean
}

function safe(text: string): string {
  return text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function text(x: number, y: number, words: string, more = ''): string {
  return `<text x="${x}" y="${y}" ${more}>${safe(words)}</text>`
}

/** How wide words are at most, in em of `svg text`: a letter of the widest common face, a Chinese character. */
const LETTER = 0.55
const CHARACTER = 1
const EM = 13
const widthOf = (words: string): number =>
  [...words].reduce((sum, sign) => sum + (sign > '\u2e7f' ? CHARACTER : LETTER) * EM, 0)

/** Words that would run into the frame are set closer. */
function fitted(x: number, y: number, words: string, room: number, more: string): string {
  const closer = widthOf(words) > room ? `textLength="${room}" lengthAdjust="spacingAndGlyphs"` : ''
  return text(x, y, words, `${more} ${closer}`)
}

function ring(x: number, y: number, width: number, height: number): string {
  return `<rect class="tap" x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/>`
}

function picture(label: string, height: number, inside: string): string {
  return `<svg viewBox="0 0 ${W} ${height}" role="img" aria-label="${safe(label)}"><rect class="ground" width="${W}" height="${height}" rx="14"/>${inside}</svg>`
}

function toggle(x: number, y: number, on: boolean): string {
  return `<rect class="${on ? 'on' : 'off'}" x="${x}" y="${y}" width="38" height="22" rx="11"/><circle class="knob" cx="${x + (on ? 27 : 11)}" cy="${y + 11}" r="9"/>`
}

function row({ text: words, end, value, tap }: Row, y: number): string {
  const ends = {
    more: `<path class="line" d="M${W - 38} ${y + 12}l5 5-5 5"/>`,
    on: toggle(W - 72, y + 6, true),
    off: toggle(W - 72, y + 6, false),
    mark: `<path class="line" d="M${W - 50} ${y + 17}h16m-8-8v16"/>`,
  }
  const room = W - 64 - (end ? 44 : 0) - (value ? widthOf(value) + 8 : 0)
  return [
    fitted(32, y + 22, words, room, tap ? 'class="strong"' : ''),
    value ? text(W - 34, y + 22, value, 'class="quiet" text-anchor="end"') : '',
    end ? ends[end] : '',
    tap ? ring(22, y + 2, W - 44, ROW - 4) : '',
  ].join('')
}

/** A page of settings: its title and rows, the tapped one ringed. */
export function list(title: string, rows: readonly Row[], note = ''): string {
  const top = note ? 66 : 50
  const lines = rows
    .slice(1)
    .map((_, n) => `<path class="hair" d="M32 ${top + (n + 1) * ROW}H${W - 20}"/>`)
    .join('')
  return picture(
    `${title}: ${rows.find(({ tap }) => tap)?.text ?? ''}`,
    top + rows.length * ROW + 20,
    [
      text(W / 2, 30, title, 'class="strong" text-anchor="middle"'),
      note ? text(24, 56, note, 'class="small"') : '',
      `<rect class="plate" x="20" y="${top}" width="${W - 40}" height="${rows.length * ROW}" rx="10"/>`,
      lines,
      ...rows.map((one, n) => row(one, top + n * ROW)),
    ].join(''),
  )
}

/** A question in the middle of the screen, the right answer ringed. */
export function question(lines: readonly string[], other: string, answer: string): string {
  return picture(
    answer,
    180,
    [
      `<rect class="plate" x="40" y="20" width="240" height="140" rx="14"/>`,
      ...lines.map((line, n) => text(W / 2, 58 + n * 20, line, 'text-anchor="middle"')),
      `<path class="hair" d="M40 116H280M160 116V160"/>`,
      text(100, 143, other, 'class="link" text-anchor="middle"'),
      text(220, 143, answer, 'class="link strong" text-anchor="middle"'),
      ring(166, 121, 108, 34),
    ].join(''),
  )
}

/** A sheet with its two buttons above, the right one ringed, and what it is about. */
export function sheet(title: string, left: string, right: string, name: string, note: string): string {
  return picture(
    `${title}: ${right}`,
    160,
    [
      `<rect class="plate" x="30" y="16" width="260" height="128" rx="14"/>`,
      text(44, 44, left, 'class="link"'),
      text(W / 2, 44, title, 'class="strong" text-anchor="middle"'),
      text(276, 44, right, 'class="link strong" text-anchor="end"'),
      ring(222, 25, 64, 30),
      `<path class="hair" d="M30 62H290"/>`,
      `<rect class="icon" x="48" y="80" width="44" height="44" rx="10"/><path class="line" d="M60 102l7 7 13-14"/>`,
      text(106, 98, name, 'class="strong"'),
      text(106, 118, note, 'class="bad"'),
    ].join(''),
  )
}

/** The browser's bar with its Share sign, and the menu that it opens. */
export function share(rows: readonly Row[]): string {
  const top = 62
  return picture(
    rows.find(({ tap }) => tap)?.text ?? '',
    top + rows.length * ROW + 20,
    [
      `<rect class="plate" x="20" y="14" width="${W - 40}" height="34" rx="10"/>`,
      `<rect class="field" x="56" y="20" width="186" height="22" rx="8"/>`,
      `<path class="line" d="M262 28v-10m-4 4l4-4 4 4M256 26h-2v14h16V26h-2"/>`,
      ring(248, 12, 28, 36),
      `<path class="line" d="M30 31l6-6m-6 6l6 6"/>`,
      `<rect class="plate" x="20" y="${top}" width="${W - 40}" height="${rows.length * ROW}" rx="10"/>`,
      ...rows.slice(1).map((_, n) => `<path class="hair" d="M32 ${top + (n + 1) * ROW}H${W - 20}"/>`),
      ...rows.map((one, n) => row(one, top + n * ROW)),
    ].join(''),
  )
}
