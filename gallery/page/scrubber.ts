import { make } from './dom.ts'

export interface ScrubberNeeds {
  total: () => number
  /** What to say at the photo with this index; empty while it is not known. */
  label: (index: number) => string
  /** The index of the first photo on screen. */
  first: () => number
  go: (index: number) => Promise<void>
}

const FROM = 200

/** A slim rail at the right edge of a long gallery: where one is, and a way to be elsewhere. */
export const createScrubber = (needs: ScrubberNeeds) => {
  const bubble = make('span', { className: 'rail-time', ariaHidden: 'true' })
  const knob = make('div', { className: 'rail-knob' }, bubble)
  const root = make(
    'div',
    { className: 'rail', hidden: true, ariaHidden: 'true', data: { testid: 'scrubber' } },
    knob,
  )
  let dragging = false
  let frame = 0
  let going: ReturnType<typeof setTimeout> | undefined
  let resting: ReturnType<typeof setTimeout> | undefined

  const put = (index: number): void => {
    const total = Math.max(1, needs.total() - 1)
    const way = root.clientHeight - knob.clientHeight
    knob.style.transform = `translateY(${Math.round((Math.min(index, total) / total) * way)}px)`
    bubble.textContent = needs.label(index)
  }
  const stir = (): void => {
    root.classList.add('stirred')
    clearTimeout(resting)
    resting = setTimeout(() => {
      if (!dragging) root.classList.remove('stirred')
    }, 1_400)
  }
  const scrolled = (): void => {
    if (root.hidden || dragging || frame !== 0) return
    frame = requestAnimationFrame(() => {
      frame = 0
      put(needs.first())
      stir()
    })
  }
  const drag = (event: PointerEvent): void => {
    if (!dragging) return
    const box = root.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height))
    const index = Math.round(share * (needs.total() - 1))
    put(index)
    clearTimeout(going)
    going = setTimeout(() => void needs.go(index).then(() => put(index)), 60)
  }
  root.addEventListener('pointerdown', (event) => {
    dragging = true
    root.setPointerCapture(event.pointerId)
    root.classList.add('held')
    stir()
    drag(event)
  })
  root.addEventListener('pointermove', drag)
  const drop = (): void => {
    dragging = false
    root.classList.remove('held')
    stir()
  }
  root.addEventListener('pointerup', drop)
  root.addEventListener('pointercancel', drop)

  return {
    root,
    refresh(): void {
      root.hidden = needs.total() <= FROM
      if (!root.hidden && !dragging) put(needs.first())
    },
    start: (): void => addEventListener('scroll', scrolled, { passive: true }),
    stop(): void {
      removeEventListener('scroll', scrolled)
      cancelAnimationFrame(frame)
      clearTimeout(going)
      clearTimeout(resting)
    },
  }
}
