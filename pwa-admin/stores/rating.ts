import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { ApiFailure, newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useDesk } from './selection.ts'
import { useEdits } from './edits.ts'
import { useFailures } from './failures.ts'
import { usePhotos } from './photos.ts'
import { useSystem } from './system.ts'

export interface Marks {
  rating?: number
  pick?: boolean
  seen?: boolean
}
/** A point of the picture, in fractions of its sides. */
export interface Point {
  x: number
  y: number
}

const isUpright = (photo: PhotoView) => photo.height > photo.width

/** The part of a copied Edit that means something on another photo: light and colour on any, the cut and the turn
 * only where the frame has the same shape. */
export function pastable(edit: Edit, from: PhotoView, to: PhotoView): Partial<Edit> {
  if (isUpright(from) === isUpright(to)) return edit
  const { exposure, contrast, warmth } = edit
  return { exposure, contrast, warmth }
}

/** What the hand does short of deciding: looks closer, compares, rates, and carries an edit from photo to photo. */
export const useHand = defineStore('hand', () => {
  const { api } = useNeeds()
  const desk = useDesk()
  const edits = useEdits()
  const failures = useFailures()
  const photos = usePhotos()
  const system = useSystem()
  /** The point that stands in the middle at 100 %, or null while the whole photo is seen. It stays from photo to
   * photo, so that the same face is compared in a row of frames. */
  const zoom = ref<Point | null>(null)
  /** The photo is shown as it was shot. */
  const before = ref(false)
  const copied = shallowRef<{ edit: Edit; from: PhotoView } | null>(null)

  function toggleZoom(at: Point = { x: 0.5, y: 0.5 }) {
    zoom.value = zoom.value ? null : at
  }

  const kept = (photo: PhotoView, { rating, pick, seen }: Marks) =>
    (rating ?? photo.rating) === photo.rating &&
    (pick ?? photo.pick) === photo.pick &&
    (seen ?? photo.seen) === photo.seen

  /** Shown at once, put back when it could not be kept. */
  async function mark(photo: PhotoView, marks: Marks, repeat?: string): Promise<void> {
    if (kept(photo, marks)) return
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
    if (first) system.say('hand.said.rated', { n: rating, name: first.filename })
  }
  function pick(list: readonly PhotoView[]) {
    const all = list.every((photo) => photo.pick)
    void markMany(list, { pick: !all })
    const [first] = list
    if (first) system.say(all ? 'hand.said.unpicked' : 'hand.said.picked', { name: first.filename })
  }

  function copy(photo: PhotoView) {
    copied.value = { edit: edits.of(photo), from: photo }
    system.say('hand.said.copied', { name: photo.filename })
  }
  /** Gives photos the copied edit, or the one of the photo on the stage where none was copied. */
  function paste(list: readonly PhotoView[]) {
    const stage = desk.focused
    const source = copied.value ?? (stage && { edit: edits.of(stage), from: stage })
    if (!source) return
    const wanted = list.filter((photo) => photo.state === 'buffer')
    for (const photo of wanted) edits.change(photo, pastable(source.edit, source.from, photo))
    if (wanted.length > 0) system.say('hand.said.pasted', { n: wanted.length })
  }

  return { zoom, before, copied, toggleZoom, mark, rate, pick, copy, paste }
})
