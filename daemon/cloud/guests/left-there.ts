import { Type } from 'typebox'
import { Check } from 'typebox/schema'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import { privateFolder } from '../../contract/event-document.ts'
import { StoredRemoval } from '../../contract/removal-request.ts'
import { Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Audience } from '../../views/audience.ts'
import type { ObjectStore } from '../store/store.ts'

/** What the object behind the public address has counted in all. */
const StoredCounts = Type.Object({
  v: Type.Literal(1),
  at: Type.String(),
  watching: Type.Integer({ minimum: 0 }),
  peak: Type.Integer({ minimum: 0 }),
  opened: Type.Integer({ minimum: 0 }),
  saved: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
})

/** Bytes; a longer object is none of ours. */
const LONGEST = 4 * 1024 * 1024
/** Wishes read in one look. */
const MOST = 200

export interface AskedElsewhere {
  readonly event: EventRecord
  readonly filename: string
  readonly reason: string
  readonly from: 'internet'
  readonly asker: string
  /** Where it lies in the bucket until it is answered. */
  readonly key: string
}

/** Takes over what guests on the internet left in the bucket: wishes to be taken out, which stay there until they are
 * answered, and what they did, in sums. */
export interface LeftThere {
  look(store: ObjectStore, event: EventRecord): Promise<void>
}

export function createLeftThere(needs: {
  catalog: Pick<Catalog, 'removalRequests'>
  /** @returns whether the wish waits for an answer under this key @throws Refusal */
  ask: (asked: AskedElsewhere) => boolean
  audience: Pick<Audience, 'reported'>
  log: Log
}): LeftThere {
  const { removalRequests } = needs.catalog
  /** Sizes and ETags of the sums that were read, by key. */
  const read = new Map<string, string>()

  async function jsonAt(store: ObjectStore, key: string): Promise<unknown> {
    try {
      return JSON.parse(Buffer.from((await store.get(key)) ?? []).toString()) as unknown
    } catch (error) {
      if (error instanceof SyntaxError) return null
      throw error
    }
  }

  async function takeWish(store: ObjectStore, event: EventRecord, key: string): Promise<void> {
    const wish = await jsonAt(store, key)
    try {
      if (Check(StoredRemoval, wish)) {
        const { filename, reason, asker } = wish
        if (needs.ask({ event, filename, reason, asker, from: 'internet', key })) return
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
    await store.remove(key)
  }

  async function takeSums(store: ObjectStore, event: EventRecord, key: string, counter: string) {
    const sums = await jsonAt(store, key)
    if (Check(StoredCounts, sums)) needs.audience.reported(event.id, counter, sums)
  }

  return {
    async look(store, event) {
      for (const { id, key } of removalRequests.answeredElsewhere()) {
        await store.remove(key)
        removalRequests.forget(id)
      }
      const folder = privateFolder(event.slug)
      const known = new Set(removalRequests.keys())
      let wishes = 0
      for await (const { key, bytes, etag = '' } of store.list(folder)) {
        if (bytes > LONGEST) continue
        const name = key.slice(folder.length)
        const [, counter] = /^counts-([0-9a-f]{32})\.json$/.exec(name) ?? []
        if (/^removals\/[0-9a-f]{32}\.json$/.test(name)) {
          if (!known.has(key) && (wishes += 1) <= MOST) await takeWish(store, event, key)
        } else if (counter !== undefined && read.get(key) !== `${bytes} ${etag}`) {
          await takeSums(store, event, key, counter)
          read.set(key, `${bytes} ${etag}`)
        }
      }
    },
  }
}
