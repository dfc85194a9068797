import { calm, make } from '../page/dom.ts'

export interface Picture {
  img: HTMLImageElement
  /** Begins or goes on loading; does nothing once loaded or while loading. */
  load: () => void
  /** Gives up a load that is under way, and its retries. A loaded picture stays. */
  rest: () => void
  loaded: () => boolean
}

const RETRIES = [2_000, 8_000, 30_000, 60_000]

/** A picture that fades in over whatever lies behind it, is fetched once, and is tried again if it fails. A failed
 * address gets a counter, because a cache may hold the broken reply. */
export const createPicture = (url: string, alt: string): Picture => {
  const img = make('img', { alt, decoding: 'async', draggable: false })
  let state: 'idle' | 'loading' | 'waiting' | 'loaded' = 'idle'
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let begun = 0

  const begin = (): void => {
    state = 'loading'
    begun = performance.now()
    img.src = failures === 0 ? url : `${url}?again=${failures}`
  }
  img.addEventListener('load', () => {
    state = 'loaded'
    // One that came from the cache at once needs no fade.
    if (performance.now() - begun < 40 || calm()) img.classList.add('at-once')
    img.classList.add('in')
  })
  img.addEventListener('error', () => {
    if (state !== 'loading') return
    state = 'waiting'
    timer = setTimeout(begin, RETRIES[Math.min(failures, RETRIES.length - 1)])
    failures += 1
  })
  return {
    img,
    load: () => {
      if (state === 'idle') begin()
    },
    rest: () => {
      clearTimeout(timer)
      if (state === 'idle' || state === 'loaded') return
      state = 'idle'
      img.removeAttribute('src')
    },
    loaded: () => state === 'loaded',
  }
}
