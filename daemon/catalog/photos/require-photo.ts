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
