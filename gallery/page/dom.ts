/** A new element with properties and children; `data` becomes data attributes. */
export const make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Partial<HTMLElementTagNameMap[K]> & { data?: Record<string, string> } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const { data, ...rest } = props
  const element = document.createElement(tag)
  Object.assign(element, rest)
  Object.assign(element.dataset, data)
  element.append(...children)
  return element
}

export const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Moves or fades an element in; does nothing for guests who asked for less motion. */
export const glide = (element: Element, frames: Keyframe[], ms: number): void => {
  if (calm() || typeof element.animate !== 'function') return
  element.animate(frames, { duration: ms, easing: 'cubic-bezier(.2,.7,.2,1)', fill: 'backwards' })
}
