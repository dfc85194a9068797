/** A show that has not painted, or not gone on, for so long is begun again, ms. */
export const STUCK = 10_000
/** So many beginnings within ten minutes did not help: the page is loaded anew. */
const MOST = 3
const WITHIN = 600_000

export interface WatchdogNeeds {
  /** When the show last went on, by the clock of `now`. */
  livedAt: () => number
  /** Nobody can see the page: browsers paint nothing then. */
  isHidden: () => boolean
  restart: () => void
  reload: () => void
  now: () => number
  /** Calls back with the next frame. */
  frame: (painted: () => void) => void
}

/** Looks every second whether the wall still paints and goes on. */
export const createWatchdog = (needs: WatchdogNeeds) => {
  let paintedAt = needs.now()
  let isAsked = false
  let lookedAt = needs.now()
  /** From when on it has to go on: it was begun again then, or could not before. */
  let since = needs.now()
  let restarts: number[] = []

  const ask = (): void => {
    if (isAsked) return
    isAsked = true
    needs.frame(() => {
      isAsked = false
      paintedAt = needs.now()
    })
  }

  return {
    /** To be called every second. */
    look(): void {
      const now = needs.now()
      // The computer slept, or the page was hidden: nothing could go on.
      const isBack = now - lookedAt > STUCK / 2
      lookedAt = now
      if (needs.isHidden() || isBack) {
        paintedAt = since = now
        isAsked = false
        return
      }
      ask()
      if (now - paintedAt < STUCK && now - Math.max(since, needs.livedAt()) < STUCK) return
      paintedAt = since = now
      restarts = [...restarts.filter((at) => now - at < WITHIN), now]
      if (restarts.length > MOST) needs.reload()
      else needs.restart()
    },
  }
}
