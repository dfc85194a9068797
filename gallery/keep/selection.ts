/** A finger that rests this long on a photo selects it, ms. */
const LONG_PRESS = 450
/** It may tremble this much, CSS pixels. */
const STILL = 10

export interface SelectionNeeds {
  /** Holds the tiles, which come and go as the guest scrolls. */
  root: HTMLElement
  /** The press that rests there already: it may be a long one. */
  press?: PointerEvent | null
  /** The selection began, changed or ended. */
  changed: () => void
}

const tileOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-testid=tile]') : null

/** Selecting photos on the page: by a long press or by `begin`, then by taps, Enter or the space bar. */
export const createSelection = ({ root, press, changed }: SelectionNeeds) => {
  let on = false
  const names = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let from = { x: 0, y: 0 }
  /** The press that selected is no tap as well. */
  let swallow = false

  const dress = (tile: HTMLElement): void => {
    const isPicked = names.has(tile.dataset['filename'] ?? '')
    if (on) {
      tile.setAttribute('role', 'checkbox')
      tile.setAttribute('aria-checked', String(isPicked))
    } else {
      tile.removeAttribute('role')
      tile.removeAttribute('aria-checked')
    }
  }
  const dressAll = (): void => root.querySelectorAll<HTMLElement>('[data-testid=tile]').forEach(dress)
  const fresh = new MutationObserver(dressAll)

  const set = (next: boolean): void => {
    if (on === next) return
    on = next
    if (!on) names.clear()
    document.body.classList.toggle('selecting', on)
    if (on) fresh.observe(root, { childList: true, subtree: true })
    else fresh.disconnect()
    dressAll()
    changed()
  }
  const toggle = (tile: HTMLElement): void => {
    const name = tile.dataset['filename'] ?? ''
    if (!names.delete(name)) names.add(name)
    dress(tile)
    changed()
  }
  const still = (): void => clearTimeout(timer)

  const pressed = (event: PointerEvent): void => {
    still()
    const tile = tileOf(event.target)
    if (on || tile === null || event.pointerType === 'mouse' || !event.isPrimary) return
    from = { x: event.clientX, y: event.clientY }
    timer = setTimeout(() => {
      swallow = true
      set(true)
      toggle(tile)
    }, LONG_PRESS)
  }
  const moved = (event: PointerEvent): void => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL) still()
  }
  const released = (): void => {
    still()
    // The click of this press comes at once, where one comes.
    setTimeout(() => (swallow = false), 50)
  }
  const clicked = (event: MouseEvent): void => {
    const tile = tileOf(event.target)
    if (tile === null || !(on || swallow)) return
    event.preventDefault()
    event.stopPropagation()
    if (!swallow) toggle(tile)
    swallow = false
  }
  const menu = (event: Event): void => {
    if (on && tileOf(event.target) !== null) event.preventDefault()
  }
  const typed = (event: KeyboardEvent): void => {
    if (!on) return
    const tile = tileOf(event.target)
    if (event.key === 'Escape') set(false)
    else if (event.key === ' ' && tile !== null) {
      event.preventDefault()
      toggle(tile)
    }
  }

  root.addEventListener('pointerdown', pressed)
  root.addEventListener('pointermove', moved)
  for (const end of ['pointerup', 'pointercancel', 'pointerleave'] as const)
    root.addEventListener(end, released)
  root.addEventListener('click', clicked, { capture: true })
  root.addEventListener('contextmenu', menu)
  document.addEventListener('keydown', typed)
  if (press) pressed(press)

  return {
    isOn: (): boolean => on,
    names: (): ReadonlySet<string> => names,
    begin: (): void => set(true),
    end: (): void => set(false),
    /** Photos that are gone are selected no more. */
    keep(there: (name: string) => boolean): void {
      for (const name of names) if (!there(name)) names.delete(name)
      changed()
    },
  }
}
