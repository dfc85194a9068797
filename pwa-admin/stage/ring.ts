/** How many photos before and after the one on the stage are kept decoded. */
export const REACH = 5

/** What lies around a place in a list, nearest first, the next before the previous. */
export function around<T>(list: readonly T[], at: number, reach = REACH): T[] {
  const found: T[] = []
  for (let step = 1; step <= reach; step++)
    for (const index of [at + step, at - step]) {
      const item = list[index]
      if (index >= 0 && item !== undefined) found.push(item)
    }
  return found
}

/** Keeps the pictures around the stage fetched and decoded, one after the other and nearest first, so that the next
 * photo is there when the finger lifts.
 * @param load begins to fetch; resolves when the picture could be painted at once */
export function createRing<P>(load: (src: string) => { picture: P; ready: Promise<unknown> }) {
  const decoded = new Map<string, P>()
  let wanted: readonly string[] = []
  let busy = false

  async function work() {
    if (busy) return
    busy = true
    for (
      let src = wanted.find((one) => !decoded.has(one));
      src;
      src = wanted.find((one) => !decoded.has(one))
    ) {
      const { picture, ready } = load(src)
      decoded.set(src, picture)
      await ready.catch(() => decoded.delete(src))
      // One that failed is not asked for again before the stage moves on.
      if (!decoded.has(src)) wanted = wanted.filter((one) => one !== src)
    }
    busy = false
  }
  return {
    /** @param sources nearest first */
    want(sources: readonly string[]) {
      wanted = sources
      for (const src of decoded.keys()) if (!sources.includes(src)) decoded.delete(src)
      void work()
    },
    kept: () => [...decoded.keys()],
  }
}
