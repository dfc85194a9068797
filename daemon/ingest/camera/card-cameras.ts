import type { Catalog } from '../../catalog/catalog.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { CameraOwn } from '../../contract/camera.ts'
import { COLOURS, nameFor, type CameraRegistry } from './registry.ts'

/** What the id of a camera begins with that only its cards are known of. */
const CARD = 'serial:'

/** Cameras that were never connected: their cards bring frames that say a serial number. They are met when a person sets
 * something of them, and no sooner: a folder of old photos may hold those of many. */
export interface CardCameras {
  /** Those of the current Event that are not met yet, as they would be called. */
  list(): CameraOwn[]
  has(id: string): boolean
  /** From now on it is in the registry, and the current Event's frames with its number are its own. Call in a transaction.
   * @returns these frames */
  meet(id: string): PhotoRecord[]
}

export function createCardCameras(needs: {
  catalog: Pick<Catalog, 'events' | 'photos'>
  registry: CameraRegistry
}): CardCameras {
  const { registry } = needs
  const { events, photos } = needs.catalog
  const strangers = () =>
    photos
      .unknownCameras(events.current().id)
      .filter(({ serial }) => registry.bySerial(serial) === undefined && !registry.find(CARD + serial))
      .map(({ serial, model }) => ({ id: CARD + serial, serial, model: model ?? '' }))
  const find = (id: string) => strangers().find((one) => one.id === id)
  return {
    list() {
      const met = registry.list()
      return strangers().reduce<CameraOwn[]>((named, { id, model }) => {
        const all = [...met, ...named]
        const colour = COLOURS.find((one) => !all.some((other) => other.colour === one)) ?? COLOURS[0]!
        return [...named, { id, model, name: nameFor(model, all), colour, offset_seconds: 0 }]
      }, [])
    },
    has: (id) => find(id) !== undefined,
    meet(id) {
      const { model, serial } = find(id)!
      registry.meet(id, model)
      registry.noteSerial(id, serial)
      return photos.claim(events.current().id, serial, id)
    },
  }
}
