import type { Bus } from '../bus.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { PhotoView } from '../contract/photo.ts'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Publisher } from './publisher.ts'

/** Publishes frames that the photographer marks in the camera, without waiting for anybody: only where the owner asked
 * for it, only what one of our cameras shot in this Event, and each frame once: what a person took out again stays out.
 * @returns the function that ends it */
export function publishMarked(needs: {
  bus: Pick<Bus, 'on'>
  publisher: Pick<Publisher, 'publish'>
  event: () => EventRecord
  isOn: () => boolean
  log: Log
}): () => void {
  const tried = new Set<string>()

  function isDue(photo: PhotoView): boolean {
    const event = needs.event()
    return (
      photo.marked &&
      photo.camera_id !== null &&
      photo.state === 'buffer' &&
      photo.published_count === 0 &&
      photo.timestamp * 1000 >= event.startsAt &&
      event.state === 'open' &&
      !tried.has(photo.id)
    )
  }

  return needs.bus.on((notice) => {
    if (notice.type !== 'photo.added' && notice.type !== 'photo.changed') return
    const { photo } = notice
    if (!needs.isOn() || !isDue(photo)) return
    tried.add(photo.id)
    needs.publisher.publish({ filename: photo.filename, change: {} }).catch((error: unknown) => {
      needs.log.warn(
        { photo: photo.filename, why: messageOf(error) },
        'A marked frame was not published at once',
      )
    })
  })
}
