import type { FeedState } from '../feed/feed.ts'
import type { Keep, KeepNeeds, openKeep } from '../keep/keep.ts'
import { createLater } from '../viewer/later.ts'
import { addStylesheet } from '../viewer/stylesheet.ts'

interface KeepPart {
  styles: string
  openKeep: typeof openKeep
}

const RETRY_MS = 5_000
const FIRST = ['pointerdown', 'pointermove', 'keydown', 'scroll'] as const
const PRESS = ['pointerdown', 'pointerup', 'pointercancel'] as const

/** Saving, selecting and favourites: a part that comes with the guest's first touch, or with a link to a list. */
export const createExtras = (
  needs: Omit<KeepNeeds, 'slug' | 'title' | 'share' | 'press'> & {
    state: () => FeedState | null
    share: (url: string, title: string) => ReturnType<KeepNeeds['share']>
  },
) => {
  const slug = (): string => needs.state()?.slug ?? ''
  const title = (): string => needs.state()?.album?.head.event.title ?? ''
  let keep: Keep | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  /** A finger that rests on the page already while the part is fetched. */
  let press: PointerEvent | null = null
  const noted = (event: PointerEvent): void => void (press = event.type === 'pointerdown' ? event : null)
  const code = createLater({
    part: 'keep',
    load: async (address) => {
      const part = (await import(/* @vite-ignore */ address)) as KeepPart
      await addStylesheet(part.styles)
      return part
    },
  })
  const begin = (): void => {
    if (keep !== null || needs.entries().length === 0) return
    void code()
      .then((part) => {
        if (keep !== null) return
        stop()
        keep = part.openKeep({
          ...needs,
          slug: slug(),
          title: () => title() || slug(),
          share: (url) => needs.share(url, title()),
          press,
        })
        needs.changed()
      })
      .catch(() => {
        // Not with every move of a mouse.
        stop()
        timer = setTimeout(start, RETRY_MS)
      })
  }
  const start = (): void => {
    FIRST.forEach((type) => addEventListener(type, begin, { passive: true }))
    PRESS.forEach((type) => addEventListener(type, noted, { passive: true }))
  }
  const stop = (): void => {
    clearTimeout(timer)
    FIRST.forEach((type) => removeEventListener(type, begin))
    PRESS.forEach((type) => removeEventListener(type, noted))
  }
  return {
    keep: (): Keep | null => keep,
    update(): void {
      keep?.update()
      if (location.hash.startsWith('#favourites')) begin()
    },
    start,
    stop,
  }
}
