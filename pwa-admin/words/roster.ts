/** Code replacements, as sports photographers type them: `=23=` becomes the name and number that the roster gives for
 * 23. */
export interface Code {
  readonly code: string
  readonly text: string
}

/** @param roster a line each: a code, a tab, and its text; lines without a tab are comments */
export function readRoster(roster: string): Code[] {
  return roster.split('\n').flatMap((line) => {
    const [code = '', ...text] = line.split('\t').map((part) => part.trim())
    const said = text.filter((part) => part !== '').join(' ')
    return code === '' || said === '' ? [] : [{ code, text: said }]
  })
}

const key = (code: string) => code.normalize('NFKC').toLowerCase()

/** Every `=code=` that the roster knows, replaced; full-width signs count as the same. */
export function replaced(text: string, codes: readonly Code[]): string {
  const known = new Map(codes.map(({ code, text: said }) => [key(code), said]))
  return text.replace(
    /[=＝]([^=＝\n]{1,40})[=＝]/gu,
    (whole, code: string) => known.get(key(code.trim())) ?? whole,
  )
}

/** What may be meant by an open `=` before the caret, at most five. */
export function suggestions(text: string, caret: number, codes: readonly Code[]): Code[] {
  const typed = /[=＝]([^=＝\n]{0,40})$/u.exec(text.slice(0, caret))?.[1]
  if (typed === undefined) return []
  const wanted = key(typed.trim())
  const fits = codes.filter(
    ({ code, text: said }) => key(code).startsWith(wanted) || (wanted !== '' && key(said).includes(wanted)),
  )
  return fits.sort((a, b) => Number(key(b.code) === wanted) - Number(key(a.code) === wanted)).slice(0, 5)
}

/** The text with one of them in place of what was typed, and where the caret stands then. */
export function completed(
  text: string,
  caret: number,
  { text: said }: Code,
): { text: string; caret: number } {
  const before = text.slice(0, caret).replace(/[=＝][^=＝\n]{0,40}$/u, () => said)
  return { text: before + text.slice(caret), caret: before.length }
}
