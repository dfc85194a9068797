import { Refusal } from '../../errors.ts'
import type { Catalog } from '../catalog.ts'
import type { PhotoRecord } from './photos.ts'

/** The current Event's Photo of that name, also by one that its file had before it was renamed.
 * @throws Refusal 404 `unknown_photo` */
export function requirePhoto(catalog: Pick<Catalog, 'events' | 'photos'>, filename: string): PhotoRecord {
  const photo = catalog.photos.named(catalog.events.current().id, filename)
  if (!photo) throw new Refusal(404, 'unknown_photo', `There is no photo named "${filename}".`)
  return photo
}

/** The Photo of that id, of any Event, unless it was deleted for good.
 * @throws Refusal 404 `unknown_photo` */
export function requirePhotoById({ photos }: Pick<Catalog, 'photos'>, id: string): PhotoRecord {
  const photo = photos.byId(id)
  if (!photo || photo.deletedAt !== null)
    throw new Refusal(404, 'unknown_photo', 'That photo is not there any more.')
  return photo
}
