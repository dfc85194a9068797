import type { Edit } from '../../../daemon/contract/edit.ts'
import type { PhotoView } from '../../../daemon/contract/photo.ts'
import type { PublicationView } from '../../../daemon/contract/publication.ts'
import { editKey } from '../../../daemon/contract/recipe.ts'

/** What the big button offers for a photo. */
export type Primary = { kind: 'publish' | 'live' | 'restore' } | { kind: 'update'; replaces: string }

/** @param edit what the stage shows
 *  @param publications those of this photo that are live
 *  @param finish the key of what published pictures get now, null while that is not known */
export function primaryOf(
  photo: PhotoView,
  edit: Edit,
  publications: readonly PublicationView[],
  finish: string | null,
): Primary {
  if (photo.state !== 'buffer') return { kind: 'restore' }
  if (photo.live.length === 0) return { kind: 'publish' }
  const known = publications.filter((publication) => photo.live.includes(publication.filename))
  const wanted = editKey(edit)
  const isThis = (one: PublicationView) =>
    editKey(one.edit) === wanted &&
    (finish === null || one.finish === finish) &&
    (!one.source || !photo.source || one.source === photo.source) &&
    (one.says === undefined || photo.says === undefined || one.says === photo.says)
  if (known.length === 0 || known.some(isThis)) return { kind: 'live' }
  const newest = known.reduce((a, b) => (b.timestamp > a.timestamp ? b : a))
  return { kind: 'update', replaces: newest.filename }
}
