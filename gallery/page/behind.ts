import type { FeedState } from '../feed/feed.ts'

const AFTER_MS = 30_000

/** The quiet line that says that photos are missing: only after a while, and only while there is something to be behind
 * with.
 * @param say shows a text, or with an empty one takes it away */
export const createBehind = (state: () => FeedState | null, say: (isBehind: boolean) => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const mention = (): void => {
    clearTimeout(timer)
    const since = state()?.failingSince ?? null
    if (since === null || !state()?.album) return say(false)
    const left = since + AFTER_MS - Date.now()
    if (left <= 0) say(true)
    else timer = setTimeout(mention, left + 50)
  }
  return { mention, stop: (): void => clearTimeout(timer) }
}
