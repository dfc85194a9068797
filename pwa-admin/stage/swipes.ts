import { computed, ref } from 'vue'

export type Swipe = 'next' | 'previous' | 'publish' | 'skip'

export interface SwipeNeeds {
  /** Swipes are off, as while a crop is drawn. */
  off(): boolean
  /** A drag moves the picture instead. */
  zoomed(): boolean
  /** CSS pixels since the last call. */
  pan(dx: number, dy: number): void
  swiped(where: Swipe): void
  /** Two taps on one spot of the screen, CSS pixels. */
  twice(x: number, y: number): void
  /** Two fingers that went apart, around this spot of the screen; or, with `apart` false, together. */
  pinched(apart: boolean, x: number, y: number): void
}

/** Below it a finger has not gone anywhere yet, CSS pixels. */
const SLACK = 10
/** From here on letting go counts. Up and down decide about a photo, so they take more. */
const SIDEWAYS = 56
const UPRIGHT = 84
const TWICE_MS = 320
const TWICE_PX = 36
/** The factor by which the space between two fingers has to grow, or to shrink. */
const PINCH = 1.25

/** A finger on the photo: the photo follows it along the axis that it set out on, and says what letting go would do. */
export function useSwipes({ off, zoomed, pan, swiped, twice, pinched }: SwipeNeeds) {
  const pull = ref({ x: 0, y: 0 })
  const held = ref(false)
  let down: { pointer: number; x: number; y: number; axis: 'x' | 'y' | null; mouse: boolean } | null = null
  let last = { at: -1e9, x: 0, y: 0 }
  /** Every finger that is on the photo, by its pointer. */
  const fingers = new Map<number, { x: number; y: number }>()
  /** The space between the first two when the second came; null until then, and once they have said something. */
  let space: number | null = null

  const meant = computed((): Swipe | null => {
    const { x, y } = pull.value
    if (x !== 0) return x < 0 ? 'next' : 'previous'
    if (y !== 0) return y < 0 ? 'publish' : 'skip'
    return null
  })
  const sure = computed(() => Math.abs(pull.value.x) >= SIDEWAYS || Math.abs(pull.value.y) >= UPRIGHT)

  function end() {
    down = null
    held.value = false
    pull.value = { x: 0, y: 0 }
  }
  function pointerdown(event: PointerEvent) {
    if (off() || event.button !== 0 || (event.target as Element).closest('button, a')) return
    // The first finger of a touch: whatever was not seen lifting is gone.
    if (event.isPrimary) {
      fingers.clear()
      space = null
    }
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    // A second finger is no swipe.
    if (fingers.size > 1) {
      space = fingers.size === 2 ? spread().space : null
      return end()
    }
    const mouse = event.pointerType === 'mouse'
    down = { pointer: event.pointerId, x: event.clientX, y: event.clientY, axis: null, mouse }
    ;(event.currentTarget as Element).setPointerCapture?.(event.pointerId)
  }
  function spread() {
    const [a, b] = [...fingers.values()] as [{ x: number; y: number }, { x: number; y: number }]
    return { space: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  }
  function pointermove(event: PointerEvent) {
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (space !== null) {
      const now = spread()
      const grown = now.space / Math.max(1, space)
      if (grown < PINCH && grown > 1 / PINCH) return
      space = null
      return pinched(grown > 1, now.x, now.y)
    }
    if (down?.pointer !== event.pointerId) return
    const dx = event.clientX - down.x
    const dy = event.clientY - down.y
    if (down.axis === null && Math.hypot(dx, dy) < SLACK) return
    down.axis ??= Math.abs(dx) > Math.abs(dy) ? 'x' : 'y'
    held.value = true
    if (zoomed()) {
      pan(dx, dy)
      down.x = event.clientX
      down.y = event.clientY
    } else if (!down.mouse) pull.value = down.axis === 'x' ? { x: dx, y: 0 } : { x: 0, y: dy }
  }
  function lift(event: PointerEvent) {
    fingers.delete(event.pointerId)
    space = null
  }
  function pointerup(event: PointerEvent) {
    lift(event)
    if (down?.pointer !== event.pointerId) return
    const { axis } = down
    const where = sure.value ? meant.value : null
    end()
    if (where) return swiped(where)
    if (axis !== null) return
    const { timeStamp: at, clientX: x, clientY: y } = event
    if (at - last.at < TWICE_MS && Math.hypot(x - last.x, y - last.y) < TWICE_PX) {
      last = { at: -1e9, x, y }
      twice(x, y)
    } else last = { at, x, y }
  }
  function pointercancel(event: PointerEvent) {
    lift(event)
    end()
  }
  const on = { pointerdown, pointermove, pointerup, pointercancel }
  return { pull, held, meant, sure, on }
}
