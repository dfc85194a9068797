import type { PhotoRecord } from '../catalog/photos/photos.ts'
import type { EventSettings } from '../contract/settings.ts'
import type { Words, WordsChange } from '../contract/words.ts'
import { splitName } from '../files.ts'

/** What a Photo's published files say in words. */
export interface Wording {
  /** Creator and copyright are here only where they go before those that the Original names. */
  readonly words: WordsChange
  /** Stand in where the Original names nobody. */
  readonly creator?: string
  readonly copyright?: string
}

/** Finds the words for a Photo, of what came with it, what a person wrote, and the Event's template. */
export interface WordingOf {
  /** The same text for the same words; '' for none. */
  key(photo: PhotoRecord): string
}

/** @param key as a publication keeps it */
export const wordingFrom = (key: string): Wording =>
  key === '' ? { words: {} } : (JSON.parse(key) as Wording)

const LISTS = ['keywords', 'persons'] as const
const isSaid = (value: string | readonly string[] | undefined) => value !== undefined && value.length > 0
const said = (words: WordsChange): WordsChange =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => isSaid(value)))

const two = (n: number) => String(n).padStart(2, '0')

/** What stands for the variables of a template, by their names. */
function variablesOf(
  photo: PhotoRecord,
  { event, photographer }: { event: string; photographer: string },
): Readonly<Record<string, string>> {
  const at = new Date(photo.takenAt)
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
    event,
    photographer,
    camera: photo.camera ?? '',
    // The number that the camera gave the frame.
    n: /(\d+)\D*$/u.exec(splitName(photo.filename)[0])?.[1] ?? '',
  }
}

/** A template with its variables filled in. Anything else in braces stays as it is. */
export function filledIn(template: WordsChange, variables: Readonly<Record<string, string>>): WordsChange {
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/gu, (whole, name: string) => variables[name] ?? whole).trim()
  const filled = Object.entries(template).map(([field, value]) => [
    field,
    typeof value === 'string' ? fill(value) : value.map(fill).filter((item) => item !== ''),
  ])
  return said(Object.fromEntries(filled) as WordsChange)
}

/** @param mode whether the template goes over, under or instead of what came; what a person wrote goes before both.
 * Lists are put together. */
export function wordingOf(
  { found, own }: Pick<PhotoRecord['words'], 'found' | 'own'>,
  template: WordsChange,
  mode: EventSettings['words_mode'],
): Wording {
  const came = mode === 'instead' ? {} : said(found)
  const merged = mode === 'under' ? { ...template, ...came } : { ...came, ...template }
  const all: WordsChange = { ...merged, ...own }
  for (const list of LISTS) {
    const items = [...new Set([...(own[list] ?? came[list] ?? []), ...(template[list] ?? [])])]
    if (items.length > 0) all[list] = items
  }
  const { creator, copyright, ...words } = said(all)
  // Whom the file itself names is found where it is printed: those words go before it only where somebody wants that.
  const goesBefore = (field: keyof Words) =>
    isSaid(own[field]) || (mode !== 'under' && isSaid(template[field]))
  const name = (field: 'creator' | 'copyright', value: string | undefined) =>
    value === undefined ? {} : goesBefore(field) ? { words: { [field]: value } } : { [field]: value }
  const [by, rights] = [name('creator', creator), name('copyright', copyright)]
  return { ...by, ...rights, words: { ...words, ...by.words, ...rights.words } }
}

export function createWording(needs: {
  event: () => { readonly settings: EventSettings }
  photographerOf: (photo: PhotoRecord) => string
}): WordingOf {
  return {
    key(photo) {
      if (photo.isRehearsal) return ''
      const { settings } = needs.event()
      const { event_title: event, words_template: template, words_mode: mode } = settings
      const variables = variablesOf(photo, { event, photographer: needs.photographerOf(photo) })
      const wording = wordingOf(photo.words, filledIn(template, variables), mode)
      const { words, ...names } = wording
      return Object.keys(words).length + Object.keys(names).length === 0 ? '' : JSON.stringify(wording)
    },
  }
}
