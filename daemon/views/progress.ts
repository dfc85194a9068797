import type { Catalog } from '../catalog/catalog.ts'
import type { DelayedPublish } from '../catalog/people/delayed-publishes.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import type { Progress } from '../contract/progress.ts'

/** How far each Photo is on its way to guests: waiting out its delay, being rendered, uploading, live. */
export interface ProgressView {
  /** Null when it is on no way. */
  of(photo: PhotoRecord): Progress | null
  /** Publishes of the current Event that wait out their delay or failed after it, as they are due. */
  delayed(): readonly DelayedPublish[]
  /** What waits is different now, or another Event is the current one. */
  refresh(): void
  /** A Photo is being rendered until what this gives back is called. Several may be at once. */
  rendering(photoId: string): () => void
}

/** @param needs.now a clock for waiting, milliseconds */
export function createProgress(needs: {
  catalog: Pick<Catalog, 'events' | 'publishDelays'>
  now: () => number
}): ProgressView {
  const { catalog, now } = needs
  const renderingOf = new Map<string, number>()
  let delayed: readonly DelayedPublish[] = []
  let delayedEvent = -1

  function refresh(): void {
    delayedEvent = catalog.events.current().id
    delayed = catalog.publishDelays.list(delayedEvent)
  }
  function ofCurrent(): readonly DelayedPublish[] {
    if (catalog.events.current().id !== delayedEvent) refresh()
    return delayed
  }

  return {
    of(photo) {
      // Asked for every row of a list: which Event is the current one is not looked up for each.
      const ofEvent = photo.eventId === delayedEvent ? delayed : ofCurrent()
      const own = ofEvent.filter(({ photoId }) => photoId === photo.id)
      const waiting = own.find(({ failed }) => failed === null)
      if (renderingOf.has(photo.id)) return { state: 'rendering', ...(waiting && { by: waiting.actor }) }
      if (waiting) return { state: 'held', left_ms: Math.max(0, waiting.dueAt - now()), by: waiting.actor }
      const broken = own.find(({ failed }) => failed !== null)
      if (broken?.failed) return { state: 'failed', by: broken.actor, ...broken.failed }
      if (photo.live.length === 0) return null
      return { state: photo.unsent > 0 ? 'uploading' : 'live' }
    },
    delayed: ofCurrent,
    refresh,
    rendering(photoId) {
      renderingOf.set(photoId, (renderingOf.get(photoId) ?? 0) + 1)
      return () => {
        const left = (renderingOf.get(photoId) ?? 1) - 1
        if (left === 0) renderingOf.delete(photoId)
        else renderingOf.set(photoId, left)
      }
    },
  }
}
