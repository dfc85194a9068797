export interface TapNeeds<T> {
  tap(item: T, how: { range: boolean; pick: boolean }): void
  /** A finger rested on it. */
  hold(item: T): void
}

const HOLD_MS = 480
const SLACK = 10

/** Tap, Ctrl-tap, Shift-tap and long press on list items. The item is the one that was under the finger when it
 * came down, whatever has moved since. */
export function useTaps<T>({ tap, hold }: TapNeeds<T>) {
  let down: { item: T; x: number; y: number; done: boolean } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const cancel = () => {
    clearTimeout(timer)
    down = null
  }
  return (item: T) => ({
    pointerdown(event: PointerEvent) {
      if (event.button !== 0) return
      const mine = { item, x: event.clientX, y: event.clientY, done: false }
      down = mine
      clearTimeout(timer)
      if (event.pointerType === 'mouse') return
      timer = setTimeout(() => {
        if (down !== mine) return
        mine.done = true
        hold(item)
      }, HOLD_MS)
    },
    pointermove(event: PointerEvent) {
      if (down && Math.hypot(event.clientX - down.x, event.clientY - down.y) > SLACK) cancel()
    },
    pointercancel: cancel,
    contextmenu(event: Event) {
      if (down) event.preventDefault()
    },
    click(event: MouseEvent) {
      clearTimeout(timer)
      const mine = down
      down = null
      if (mine?.done) return
      tap(mine?.item ?? item, { range: event.shiftKey, pick: event.ctrlKey || event.metaKey })
    },
  })
}
