import { computed, ref, type Ref } from 'vue'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { Rectangle, Size } from '../../daemon/contract/recipe.ts'
import { settledCrop, withAspect } from './preview/layout.ts'
import { aspectOf, type Shape } from './preview/shapes.ts'

const WHOLE: Rectangle = { x: 0, y: 0, width: 1, height: 1 }

/** A crop while it is drawn: what is kept of the frame, and the shape that it is held to.
 * @param needs.frame what it is cut from, in pixels of any scale
 * @param needs.change null: nothing is cut off
 * @param needs.flush keeps what was changed now instead of soon */
export function useCropping(needs: {
  edit: Readonly<Ref<Edit | null>>
  frame(): Size
  change(to: Rectangle | null): void
  flush(): void
}) {
  const { edit, frame } = needs
  const cropping = ref(false)
  const shape = ref<Shape>('free')
  /** The shape is held upright. */
  const standing = ref(false)
  const crop = computed(() => edit.value?.crop ?? WHOLE)
  const aspect = computed(() => aspectOf(shape.value, frame(), standing.value))

  const set = (to: Rectangle | null) => needs.change(to && settledCrop(to))
  function choose(next: Shape) {
    shape.value = next
    if (aspect.value !== null) set(withAspect(edit.value?.crop ?? null, aspect.value))
  }
  return {
    cropping,
    crop,
    shape,
    standing,
    aspect,
    set,
    choose,
    open() {
      shape.value = 'free'
      standing.value = frame().height > frame().width
      cropping.value = true
    },
    turn() {
      standing.value = !standing.value
      choose(shape.value)
    },
    whole() {
      shape.value = 'free'
      set(null)
    },
    close() {
      cropping.value = false
      needs.flush()
    },
    /** Ends cropping, as when another photo comes: what was changed is saved already. */
    leave() {
      cropping.value = false
    },
  }
}
