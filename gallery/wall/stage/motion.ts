import { calm } from '../../page/dom.ts'

/** How long one picture takes to become another, ms. */
export const FADE = 1_800
/** The same where something has to go. */
export const QUICK = 350
/** How far a photo drifts while it stays: a part of its size, and hardly to be noticed. */
const ZOOM = 0.04
const SLIDE = 0.8

/** Lets an element appear over what is below it. Only opacity moves.
 * @returns resolves when it is all there */
export const appear = async (element: HTMLElement, ms: number): Promise<void> => {
  if (calm() || ms === 0 || typeof element.animate !== 'function') return
  element.style.willChange = 'opacity'
  const fade = element.animate([{ opacity: 0 }, { opacity: 1 }], {
    duration: ms,
    easing: 'cubic-bezier(.4,0,.3,1)',
    fill: 'backwards',
  })
  await fade.finished.catch(() => undefined)
  element.style.willChange = ''
}

/** Lets a picture drift for as long as it may be seen. Only transform moves.
 * @param way 0 to below 1, which direction */
export const drift = (element: HTMLElement, ms: number, way: number): void => {
  if (ms === 0 || calm() || typeof element.animate !== 'function') return
  const angle = way * 2 * Math.PI
  const x = Math.cos(angle) * SLIDE
  const y = Math.sin(angle) * SLIDE
  const near = `translate(${x.toFixed(2)}%, ${y.toFixed(2)}%) scale(${1 + ZOOM})`
  const far = 'translate(0, 0) scale(1.017)'
  const frames = way < 0.5 ? [far, near] : [near, far]
  element.animate(
    frames.map((transform) => ({ transform })),
    { duration: ms, easing: 'linear', fill: 'both' },
  )
}
