import type { CountsMessage } from '../../daemon/contract/delta.ts'
import { privateFolder, randomHex } from '../../daemon/contract/event-document.ts'
import type { Storage, WritableBucket } from './runtime.ts'

/** The sums are put into the bucket at most this often, milliseconds. */
const WRITE_EVERY = 60_000
/** One page may count something this often, milliseconds. */
const PAGE_EVERY = 5_000
/** Photos whose savings are counted. */
const MOST_NAMES = 20_000

interface Sums {
  readonly token: string
  peak: number
  opened: number
  saved: Record<string, number>
}

/** What guests on the internet did, in sums: none of it tells one guest from another. The daemon reads it as
 * `private/<slug>/counts-<token>.json`. */
export function createTally(needs: { storage: Storage; bucket: WritableBucket }) {
  const { storage } = needs
  let sums: Sums | undefined
  const saidAt = new WeakMap<object, number>()

  async function load(): Promise<Sums> {
    sums ??= ((await storage.get('counts')) as Sums | undefined) ?? {
      token: randomHex(16),
      peak: 0,
      opened: 0,
      saved: {},
    }
    return sums
  }

  async function keep(): Promise<void> {
    await storage.put('counts', sums)
    if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + WRITE_EVERY)
  }

  return {
    /** So many pages wait for news now. */
    async seen(guests: number): Promise<void> {
      const now = await load()
      if (guests <= now.peak) return
      now.peak = guests
      await keep()
    },
    /** Whether this page may count something again by now. */
    mayCount(page: object): boolean {
      const time = Date.now()
      if (time - (saidAt.get(page) ?? -Infinity) < PAGE_EVERY) return false
      saidAt.set(page, time)
      return true
    },
    async add({ opened, saved }: CountsMessage): Promise<void> {
      const now = await load()
      now.opened += opened
      for (const [name, count] of Object.entries(saved)) {
        const before = Object.hasOwn(now.saved, name) ? now.saved[name]! : 0
        if (before > 0 || Object.keys(now.saved).length < MOST_NAMES) now.saved[name] = before + count
      }
      await keep()
    },
    async write(slug: string, watching: number): Promise<void> {
      const { token, peak, opened, saved } = await load()
      const body = { v: 1, at: new Date().toISOString(), watching, peak, opened, saved }
      await needs.bucket.put(`${privateFolder(slug)}counts-${token}.json`, JSON.stringify(body), {
        httpMetadata: { contentType: 'application/json; charset=utf-8', cacheControl: 'no-store' },
      })
    },
  }
}
