/** Milliseconds between two looks for a newer version. */
const EVERY = 600_000
/** A heap that is so many times what it was after the first minutes, and at least so large, has grown. */
const GROWN = 2.5
const LEAST = 250 * 1024 * 1024
/** After so long it is loaded anew in any case, ms. */
const LONGEST = 20 * 3_600_000
const SETTLED = 300_000

export interface RenewalNeeds {
  /** The page as the server has it now. @throws where nobody answers */
  fetchPage: () => Promise<string>
  /** The scripts of the page that runs. */
  own: string
  /** Bytes of the heap; null where the browser does not tell. */
  heap: () => number | null
  /** Milliseconds, of a clock that does not jump. */
  now: () => number
  reload: () => void
}

/** The address of a page's own script, which changes with every version. */
export const scriptOf = (html: string): string | null =>
  /src="([^"]*\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? null

/** Loads the page anew where the server has it: a browser that reloads without one stays on a page that says so, for good.
 * @param needs.fetchPage as of `createRenewal` */
export const reloadFrom = async (needs: Pick<RenewalNeeds, 'fetchPage' | 'reload'>): Promise<void> => {
  const html = await needs.fetchPage().catch(() => '')
  if (scriptOf(html) !== null) needs.reload()
}

/** Loads the page anew in a quiet moment, when there is a newer version or its memory grew. Never while the server is away:
 * what is shown then could not come back. */
export const createRenewal = (needs: RenewalNeeds) => {
  const begun = needs.now()
  let lookedAt = begun
  let base: number | null = null
  let isDue = false
  let looking = false

  const isGrown = (): boolean => {
    const heap = needs.heap()
    if (heap === null) return false
    if (base === null && needs.now() - begun > SETTLED) base = heap
    return base !== null && heap > LEAST && heap > base * GROWN
  }

  return {
    /** To be called between two pictures, when nothing new waits. */
    async quiet(): Promise<void> {
      const now = needs.now()
      if (looking) return
      const isOld = now - begun > LONGEST || isGrown()
      if (!isDue && !isOld && now - lookedAt < EVERY) return
      looking = true
      lookedAt = now
      try {
        const script = scriptOf(await needs.fetchPage())
        if (script === null) return
        if (isOld || script !== needs.own) needs.reload()
      } catch {
        isDue = isOld
      } finally {
        looking = false
      }
    },
  }
}
