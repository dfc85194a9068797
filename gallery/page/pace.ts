import { isSparing } from '../grid/size.ts'

/** The other photos wait for the newest no longer than this, ms. */
const PATIENCE_MS = 4_000
const TOUCHES = ['pointerdown', 'scroll', 'keydown'] as const
/** Narrower than this, CSS pixels, it is a phone: on a line that costs. */
const PHONE = 600

/** When pictures are fetched: the newest photo's first, then those on the screen, and further ones: on a phone
 * once the guest scrolls, for many see the first screen alone.
 * @param root holds the photos
 * @param begun called once, when the newest is there or does not come
 * @param open called once, when a guest may soon open a photo */
export const createPace = (root: HTMLElement, begun: () => void, open: () => void) => {
  let ahead: number | null = null
  let hasBegun = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const begin = (): void => {
    clearTimeout(timer)
    if (hasBegun) return
    hasBegun = true
    const isPhone = innerWidth < PHONE
    ahead ??= isSparing() || isPhone ? 0 : 1
    begun()
    if (!isPhone) return open()
    // What opens a photo is as heavy as half of one: it comes with the first touch.
    for (const type of TOUCHES) addEventListener(type, open, { passive: true, once: true })
  }
  const scrolled = (): void => void (ahead = isSparing() ? 0 : 1)

  return {
    /** Screens of photos that are fetched ahead; null for none at all yet. */
    ahead: (): number | null => ahead,
    /** To be called before others listen for the guest's scrolling. */
    start(): void {
      // They do not bubble.
      for (const type of ['load', 'error']) root.addEventListener(type, begin, { capture: true, once: true })
      timer = setTimeout(begin, PATIENCE_MS)
      addEventListener('scroll', scrolled, { passive: true })
    },
    stop(): void {
      clearTimeout(timer)
      for (const type of TOUCHES) removeEventListener(type, open)
      removeEventListener('scroll', scrolled)
    },
  }
}
