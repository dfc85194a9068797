import type { Catalog } from '../catalog/catalog.ts'
import type { Decision } from '../contract/decision.ts'
import type { EditChange } from '../contract/edit.ts'
import { applyChange, editKey, NEUTRAL } from '../contract/recipe.ts'

/** What a publish changes of the Photo's Edit. A device that has not heard of a final yet sends the look that the Photo
 * had before it: that was for another picture, and the final gets none.
 * @returns the change, or none where it would only bring that look back */
export function changeOf(
  { events, finals, photos }: Pick<Catalog, 'events' | 'finals' | 'photos'>,
  { filename, edit = {} }: Pick<Decision, 'filename' | 'edit'>,
): EditChange {
  const photo = photos.named(events.current().id, filename)
  const before = photo?.final && finals.byId(photo.final.id)?.editBefore
  if (!before || editKey(photo.edit) !== editKey(NEUTRAL)) return edit
  return editKey(applyChange(photo.edit, edit)) === editKey(before) ? {} : edit
}
