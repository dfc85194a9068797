/** The service worker fills these (`install/worker.ts`); the page keeps them small. Pictures a cache. At about 20 kB
 * a tile and 300 kB a preview that is some 250 MB at most. */
export const PREVIEW_CACHES = { 'lep-tiles': 5_000, 'lep-previews': 500 } as const

/** Pictures that were seen once and can be seen without the daemon. Does nothing where there are no caches, which
 * is anywhere but on https and on this computer itself. */
export function createPreviews(caches: CacheStorage | undefined) {
  const quietly = (step: () => Promise<unknown>) => step().catch(() => undefined)

  /** Oldest first: that is the order in which a cache lists what it holds. */
  async function trim(limits: Readonly<Record<string, number>> = PREVIEW_CACHES) {
    for (const [name, limit] of Object.entries(limits)) {
      if (!(await caches!.has(name))) continue
      const cache = await caches!.open(name)
      const keys = await cache.keys()
      await Promise.all(keys.slice(0, Math.max(0, keys.length - limit)).map((key) => cache.delete(key)))
    }
  }

  return {
    async trim(limits?: Readonly<Record<string, number>>): Promise<void> {
      if (caches) await quietly(() => trim(limits))
    },
    /** Drops the pictures of photos that are gone. */
    async drop(ids: ReadonlySet<string>): Promise<void> {
      if (!caches || ids.size === 0) return
      await quietly(async () => {
        for (const name of Object.keys(PREVIEW_CACHES)) {
          if (!(await caches.has(name))) continue
          const cache = await caches.open(name)
          const gone = (await cache.keys()).filter(({ url }) => {
            const id = /\/media\/([^/]+)\//.exec(url)?.[1]
            return id !== undefined && ids.has(decodeURIComponent(id))
          })
          await Promise.all(gone.map((key) => cache.delete(key)))
        }
      })
    },
    /** Drops everything, the app's own files too. */
    async clear(): Promise<void> {
      if (caches)
        await quietly(async () => Promise.all((await caches.keys()).map((name) => caches.delete(name))))
    },
  }
}
export type Previews = ReturnType<typeof createPreviews>
