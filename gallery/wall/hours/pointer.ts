import { make } from '../../page/dom.ts'

/** Milliseconds after which the pointer and the button are gone. */
const LINGERS = 3_000

/** The pointer and the one button, which vanish when nobody moves. */
export const createPointer = (root: HTMLElement) => {
  const button = make('button', { className: 'full', type: 'button', data: { testid: 'full-screen' } })
  let timer: ReturnType<typeof setTimeout> | undefined

  const isFull = (): boolean => document.fullscreenElement !== null
  const rest = (): void => {
    root.classList.remove('moved')
    if (document.activeElement === button) button.blur()
  }
  const moved = (): void => {
    root.classList.add('moved')
    button.hidden = isFull() || document.documentElement.requestFullscreen === undefined
    clearTimeout(timer)
    timer = setTimeout(rest, LINGERS)
  }
  const fill = (): void => void document.documentElement.requestFullscreen?.().catch(() => undefined)
  button.addEventListener('click', fill)

  return {
    button,
    label: (text: string): void => void (button.textContent = text),
    /** @param isKiosk fills the screen with the first touch or key: no browser allows it before */
    start(isKiosk: boolean): void {
      for (const type of ['pointermove', 'pointerdown', 'keydown'] as const)
        addEventListener(type, moved, { passive: true })
      if (!isKiosk) return moved()
      button.hidden = true
      for (const type of ['pointerdown', 'keydown'] as const) addEventListener(type, fill, { once: true })
    },
  }
}
