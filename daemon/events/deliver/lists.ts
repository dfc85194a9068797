import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { DeliverChoice, ListForm } from '../../contract/deliver.ts'
import { splitName } from '../../files.ts'
import { csvRow, MARK } from '../../views/figures/csv.ts'
import { wordingFrom, type WordingOf } from '../../publish/wording.ts'
import { chosen } from './items.ts'

const COLUMNS = [
  'filename', 'raw', 'taken_at', 'camera', 'photographer', 'rating', 'rejected', 'pick', 'label', 'published_as', 'headline', 'caption', 'keywords',
] // prettier-ignore

/** What is to be known of photos to list them. */
export interface ListNeeds {
  readonly catalog: Pick<Catalog, 'photos'>
  readonly event: EventRecord
  readonly photographerOf: (photo: PhotoRecord) => string
  readonly wording: WordingOf
}

/** The chosen photos as a text that other programs find them by.
 *
 * - `lightroom`: names without their endings, separated by commas: for its Library Filter, Filename, Contains
 * - `capture-one`: the same, separated by spaces, for its search of names with "any of these words"
 * - `names`: a file a line, RAW and JPEG both
 * - `csv`: RFC 4180, a photo a line */
export function listOf(
  form: ListForm,
  choice: Pick<DeliverChoice, 'what' | 'rating'>,
  needs: ListNeeds,
): string {
  const photos = chosen({ ...needs, choice })
  const stems = () => [...new Set(photos.map(({ filename }) => splitName(filename)[0]))]
  if (form === 'lightroom') return stems().join(', ')
  if (form === 'capture-one') return stems().join(' ')
  if (form === 'names')
    return photos
      .flatMap(({ main, raw }) => (raw ? [main.filename, raw.filename] : [main.filename]))
      .map((name) => `${name}\n`)
      .join('')
  return `${MARK}${csvRow(COLUMNS)}${photos.map((photo) => csvRow(cellsOf(photo, needs))).join('')}`
}

function cellsOf(photo: PhotoRecord, { photographerOf, wording }: ListNeeds): (string | number | null)[] {
  const { main, raw, takenAt, camera, rating, pick, words, live } = photo
  const { headline = '', caption = '', keywords = [] } = wordingFrom(wording.key(photo)).words
  return [
    main.filename, raw?.filename ?? null, new Date(takenAt).toISOString(), camera, photographerOf(photo), rating, words.rejected ? 1 : 0,
    pick ? 1 : 0, words.label, live.join(' '), headline, caption, keywords.join('; '),
  ] // prettier-ignore
}
