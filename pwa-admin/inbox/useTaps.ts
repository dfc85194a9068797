export interface TapNeeds<T> {
  /** The item with this key, if the list still has it. */
  find(key: string): T | undefined
  tap(item: T, how: { range: boolean; pick: boolean }): void
  /** A finger rested on it. */
  hold(item: T): void
  /** After a hold, or with a mouse's button down, the pointer went on to the item with this key. */
  drag?(from: T, key: string): void
}

const HOLD_MS = 480
const SLACK = 10
/** How near to the edge of what scrolls a drag scrolls it, pixels. */
const EDGE = 44

/** Tap, Ctrl-tap, Shift-tap, long press and drag on list items, which carry their key as `data-key`. The item is the
 * one that was under the finger when it came down, whatever has moved since.
 * @returns listeners for what holds the list */
export function useTaps<T>({ find, tap, hold, drag }: TapNeeds<T>) {
  let down: { item: T; key: string; x: number; y: number; done: boolean; over: string } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const cancel = () => {
    clearTimeout(timer)
    down = null
  }
  /** The finger selects: the list must not scroll away under it. */
  const keepStill = (event: TouchEvent) => {
    if (down?.done) event.preventDefault()
  }
  const keyOf = (target: EventTarget | null) =>
    target instanceof Element ? target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined
  const under = (x: number, y: number) => keyOf(document.elementFromPoint(x, y))
  function scrollAt(target: EventTarget | null, { clientX: x, clientY: y }: PointerEvent) {
    const scroller = target instanceof Element ? target.closest('.scroller') : null
    if (!scroller) return
    const box = scroller.getBoundingClientRect()
    if (y < box.top + EDGE) scroller.scrollBy(0, -12)
    else if (y > box.bottom - EDGE) scroller.scrollBy(0, 12)
    if (x < box.left + EDGE) scroller.scrollBy(-12, 0)
    else if (x > box.right - EDGE) scroller.scrollBy(12, 0)
  }
  function over(event: PointerEvent) {
    if (!down || !drag) return
    const key = under(event.clientX, event.clientY)
    scrollAt(event.target, event)
    if (key === undefined || key === down.over) return
    down.over = key
    down.done = true
    drag(down.item, key)
  }

  return {
    pointerdown(event: PointerEvent) {
      const key = keyOf(event.target)
      const item = key === undefined ? undefined : find(key)
      if (event.button !== 0 || key === undefined || item === undefined) return
      const mine = { item, key, x: event.clientX, y: event.clientY, done: false, over: key }
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
      if (!down) return
      if (event.pointerType === 'mouse' && event.buttons === 0) return cancel()
      if (down.done || (drag && event.pointerType === 'mouse')) return over(event)
      if (Math.hypot(event.clientX - down.x, event.clientY - down.y) > SLACK) cancel()
    },
    pointercancel: cancel,
    touchmove: keepStill,
    contextmenu(event: Event) {
      if (down) event.preventDefault()
    },
    click(event: MouseEvent) {
      clearTimeout(timer)
      const mine = down
      down = null
      if (mine?.done) return
      const key = keyOf(event.target)
      const item = mine?.item ?? (key === undefined ? undefined : find(key))
      if (item !== undefined) tap(item, { range: event.shiftKey, pick: event.ctrlKey || event.metaKey })
    },
  }
}
