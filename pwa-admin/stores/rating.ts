import { defineStore } from 'pinia'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { ApiFailure, newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useFailures } from './failures.ts'
import { usePhotos } from './photos.ts'
import { useSystem } from './system.ts'

export interface Marks {
  rating?: number
  pick?: boolean
  seen?: boolean
}

/** Rating: stars, picks and whether a photo was seen. */
export const useRating = defineStore('rating', () => {
  const { api } = useNeeds()
  const failures = useFailures()
  const photos = usePhotos()
  const system = useSystem()

  const unchanged = (photo: PhotoView, { rating, pick, seen }: Marks) =>
    (rating ?? photo.rating) === photo.rating &&
    (pick ?? photo.pick) === photo.pick &&
    (seen ?? photo.seen) === photo.seen

  /** Shown at once, put back when it could not be kept. */
  async function mark(photo: PhotoView, marks: Marks, repeat?: string): Promise<void> {
    if (unchanged(photo, marks)) return
    const { rating, pick, seen } = photo
    const requestId = repeat ?? newRequestId()
    photos.patch(photo.id, (now) => ({ ...now, ...marks }))
    try {
      await api.rate(photo.filename, marks, requestId)
    } catch (error) {
      photos.patch(photo.id, (now) => ({ ...now, rating, pick, seen }))
      const again = error instanceof ApiFailure && error.status === 0 ? requestId : undefined
      failures.add('rate', photo.filename, error, () => {
        const now = photos.byId.get(photo.id)
        if (now) void mark(now, marks, again)
      })
    }
  }

  const AT_ONCE = 4
  async function markMany(list: readonly PhotoView[], marks: Marks): Promise<void> {
    const queue = [...list]
    const worker = async () => {
      for (let photo = queue.shift(); photo; photo = queue.shift()) await mark(photo, marks)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }

  /** The same stars again take them off. */
  function rate(list: readonly PhotoView[], stars: number) {
    const rating = list.every((photo) => photo.rating === stars) ? 0 : stars
    void markMany(list, { rating })
    const [first] = list
    if (first) system.say('rating.said.rated', { n: rating, name: first.filename })
  }
  function pick(list: readonly PhotoView[]) {
    const all = list.every((photo) => photo.pick)
    void markMany(list, { pick: !all })
    const [first] = list
    if (first) system.say(all ? 'rating.said.unpicked' : 'rating.said.picked', { name: first.filename })
  }

  return { mark, rate, pick }
})
