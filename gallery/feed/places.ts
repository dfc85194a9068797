import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { isNews, type Page } from './album.ts'
import { fileUrl, pageUrl } from './names.ts'
import { ReadError, type Read } from './read.ts'

/** Milliseconds for which lists are not looked for at the other address after it failed, or was behind. */
const REST = 600_000
/** Milliseconds for which a head may be older than one that the page has: caches keep it for five seconds. */
const BEHIND = 15_000
/** One head in this many comes from where the page came from: a cache on the way to the other address that keeps heads
 * for too long is found out by it. */
const CHECK_EVERY = 10

/** Where an event's lists are read: below `/photo`, or at the bucket's own address, where that costs nobody a call. What
 * that one does not give (it may refuse other pages' scripts) comes from the first. */
export const createPlaces = (needs: { read: Read; now: () => number }) => {
  const { read, now } = needs
  let restUntil = -Infinity
  let heads = 0
  let behindSince: number | null = null

  const useOther = (base: string | null): base is string => base !== null && now() >= restUntil
  const rest = (): void => void (restUntil = now() + REST)

  const fromOther = async <T>(url: string, fresh: boolean, own: () => Promise<T>): Promise<T> => {
    try {
      return (await read(url, { fresh })) as T
    } catch (error) {
      if (!(error instanceof ReadError)) throw error
      const value = await own()
      // Not the network's fault, for the other answer came.
      rest()
      return value
    }
  }

  return {
    /** @param base the bucket's own address, or null @param known the head that the page has */
    async head(prefix: string, base: string | null, known: ManifestHead | null): Promise<ManifestHead> {
      const own = async () => (await read(fileUrl(prefix, 'manifest.json'), { fresh: true })) as ManifestHead
      const check = known === null || heads++ % CHECK_EVERY === CHECK_EVERY - 1
      if (!useOther(base) || check) return own()
      const head = await fromOther(fileUrl(prefix, 'manifest.json', base), true, own)
      if (!isNews(head, known)) {
        behindSince = null
        return head
      }
      behindSince ??= now()
      if (now() - behindSince >= BEHIND) {
        rest()
        behindSince = null
      }
      return own()
    },
    page(prefix: string, base: string | null, file: string): Promise<Page> {
      const own = async () => (await read(pageUrl(prefix, file), { fresh: false })) as Page
      return useOther(base) ? fromOther(pageUrl(prefix, file, base), false, own) : own()
    },
  }
}
