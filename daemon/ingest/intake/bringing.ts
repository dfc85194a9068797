import type { Catalog } from '../../catalog/catalog.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { Words, WordsChange } from '../../contract/words.ts'
import type { Brought } from '../../darkroom/words/xmp-read.ts'

type Tables = Pick<Catalog, 'photos' | 'words'>

/** A Photo gets what its file says in words, and the marks that stand beside the stars. What a person wrote here goes
 * before it. Call it inside a transaction. */
export function bringWords({ photos, words }: Tables, photo: PhotoRecord, brought?: Brought): PhotoRecord {
  if (!brought) return photo
  const { label, pick, rating } = brought
  if (pick && !photo.pick) photos.rate(photo.id, { pick })
  return words.change(photo.id, {
    found: brought.words,
    ...(label !== undefined && { label }),
    ...(rating !== undefined && { rejected: rating === -1 }),
  })
}

const differ = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other)

/** Which words changed from one reading to the next; what is no longer said is empty. */
function changed(was: WordsChange, now: WordsChange): WordsChange {
  const fields = [...new Set([...Object.keys(was), ...Object.keys(now)])] as (keyof Words)[]
  const entries = fields
    .filter((field) => differ(was[field], now[field]))
    .map((field) => [field, now[field] ?? (Array.isArray(was[field]) ? [] : '')])
  return Object.fromEntries(entries) as WordsChange
}

/** A Photo follows its sidecar: only what changed in it since it was read last counts, so that what was decided here
 * meanwhile stands. Call it inside a transaction.
 * @param was what it said then; nothing, where it is new */
export function followSidecar(
  { photos, words }: Tables,
  photo: PhotoRecord,
  was: Brought,
  now: Brought,
): void {
  const wasRated = was.rating ?? 0
  const rating = now.rating ?? 0
  const isRated = rating !== wasRated && Math.max(0, rating) !== photo.rating
  const isPicked = (now.pick ?? false) !== (was.pick ?? false)
  if (isRated || isPicked)
    photos.rate(photo.id, {
      ...(isRated && { rating: Math.max(0, rating) }),
      ...(isPicked && { pick: now.pick ?? false }),
    })
  const found = changed(was.words, now.words)
  const isLabelled = (now.label ?? '') !== (was.label ?? '')
  const isRejected = (rating === -1) !== (wasRated === -1)
  if (Object.keys(found).length === 0 && !isLabelled && !isRejected) return
  words.change(photo.id, {
    found,
    ...(isLabelled && { label: now.label ?? '' }),
    ...(isRejected && { rejected: rating === -1 }),
  })
}
