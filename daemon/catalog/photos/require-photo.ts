import { Refusal } from '../../errors.ts'
import type { Catalog } from '../catalog.ts'
import type { PhotoRecord } from './photos.ts'

/** The photo of that name in the current Event, whatever its state. @throws Refusal 404 */
export function requirePhoto(catalog: Pick<Catalog, 'events' | 'photos'>, filename: string): PhotoRecord {
  const photo = catalog.photos.named(catalog.events.current().id, filename)
  if (!photo) throw new Refusal(404, 'unknown_photo', `There is no photo named "${filename}".`)
  return photo
}
