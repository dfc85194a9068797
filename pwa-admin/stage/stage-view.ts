import { defineStore } from 'pinia'
import { ref } from 'vue'

/** A point of the picture, in fractions of its sides. */
export interface Point {
  x: number
  y: number
}

/** How the photo on the stage is looked at: whole or at 100 %, with its edit or as it was shot. */
export const useStageView = defineStore('stage-view', () => {
  /** The point that stands in the middle at 100 %, or null while the whole photo is seen. It stays from photo to
   * photo, so that the same face is compared in a row of frames. */
  const zoom = ref<Point | null>(null)
  /** The photo is shown as it was shot. */
  const before = ref(false)

  function toggleZoom(at: Point = { x: 0.5, y: 0.5 }) {
    zoom.value = zoom.value ? null : at
  }

  return { zoom, before, toggleZoom }
})
