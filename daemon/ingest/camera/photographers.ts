import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { CameraRegistry } from './registry.ts'

/** Finds who shot a Photo; '' where nobody said. */
export type PhotographerOf = (photo: Pick<PhotoRecord, 'cameraId' | 'serial'>) => string

/** Who shoots with which camera. */
export interface Photographers {
  readonly of: PhotographerOf
  /** The same for many Photos, as things are at this moment: each camera is looked up once. */
  readonly list: () => PhotographerOf
}

/** The photographer is whoever uses the Photo's camera, as people say now: the camera that sent it, or else the one whose
 * serial number its file says, as with a card. */
export function createPhotographers(registry: Pick<CameraRegistry, 'find' | 'bySerial'>): Photographers {
  const nameOf = (camera: ReturnType<CameraRegistry['find']>) => camera?.photographer?.trim() ?? ''
  const of: PhotographerOf = ({ cameraId, serial }) =>
    (cameraId === null ? '' : nameOf(registry.find(cameraId))) ||
    (serial === null ? '' : nameOf(registry.bySerial(serial)))
  return {
    of,
    list() {
      const known = new Map<string, string>()
      return (photo) => {
        const key = JSON.stringify([photo.cameraId, photo.serial])
        const name = known.get(key) ?? of(photo)
        known.set(key, name)
        return name
      }
    },
  }
}
