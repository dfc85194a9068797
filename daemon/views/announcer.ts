import type { Bus } from '../bus.ts'
import type { PhotoRecord, Photos } from '../catalog/photos/photos.ts'
import type { Views } from './views.ts'

/** The one place that announces new and changed photos to pages; test shots are not. */
export interface Announcer {
  added(photo: PhotoRecord): void
  /** @param photo as it is now, or its id; one that is deleted for good is not announced any more */
  changed(photo: PhotoRecord | string): void
}

export function createAnnouncer(needs: {
  bus: Pick<Bus, 'emit'>
  photos: Pick<Photos, 'byId'>
  views: Pick<Views, 'photo'>
}): Announcer {
  const { bus, photos, views } = needs
  return {
    added(photo) {
      if (!photo.isRehearsal) bus.emit({ type: 'photo.added', photo: views.photo(photo) })
    },
    changed(photo) {
      const record = typeof photo === 'string' ? photos.byId(photo) : photo
      if (record?.deletedAt === null && !record.isRehearsal)
        bus.emit({ type: 'photo.changed', photo: views.photo(record) })
    },
  }
}
