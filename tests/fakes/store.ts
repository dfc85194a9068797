import { readFile } from 'node:fs/promises'
import {
  checkKey,
  checkPrefix,
  md5,
  StoreFault,
  type ObjectHeaders,
  type ObjectStore,
} from '../../daemon/cloud/store/store.ts'

export interface Call {
  readonly what: 'put' | 'head' | 'get' | 'remove'
  readonly key: string
}

export interface FakeStore extends ObjectStore {
  readonly objects: Map<string, { bytes: Uint8Array; headers: ObjectHeaders }>
  /** Every call that reached the store, in order, also those that then failed. */
  readonly calls: Call[]
  /** The keys that were put, or removed, in order. */
  keys(what: Call['what']): string[]
  /** Calls under way, and the most that ever were. */
  readonly load: { now: number; most: number; sameObject: boolean }
  /** Run before each call takes effect: throw to fail it, wait to hold it. */
  before: (call: Call, signal?: AbortSignal) => unknown
  /** What a put answers; another answer than the true one is a lie. */
  etag: (call: Call, real: string) => string
}

/** An ObjectStore in memory whose calls can be failed, held and falsified. */
export function createFakeStore(): FakeStore {
  const objects: FakeStore['objects'] = new Map()
  const calls: Call[] = []
  const busy: string[] = []

  async function during<T>(call: Call, work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    checkKey(call.key)
    calls.push(call)
    if (call.what !== 'head' && busy.includes(call.key)) store.load.sameObject = true
    busy.push(call.key)
    store.load.now += 1
    store.load.most = Math.max(store.load.most, store.load.now)
    try {
      await store.before(call, signal)
      signal?.throwIfAborted()
      return await work()
    } finally {
      busy.splice(busy.indexOf(call.key), 1)
      store.load.now -= 1
    }
  }

  const store: FakeStore = {
    name: 'memory',
    id: 'memory',
    conditions: true,
    objects,
    calls,
    keys: (what) => calls.filter((call) => call.what === what).map(({ key }) => key),
    load: { now: 0, most: 0, sameObject: false },
    before: () => undefined,
    etag: (_call, real) => real,
    put: (key, body, headers, signal, options) =>
      during(
        { what: 'put', key },
        async () => {
          const bytes = 'path' in body ? await read(body.path) : body.bytes
          await options?.pace?.(bytes.length)
          const there = objects.get(key)
          if (options?.only && (there ? md5(there.bytes) : null) !== options.only.etag)
            throw new StoreFault('changed', `Somebody else has written ${key}.`)
          const etag = store.etag({ what: 'put', key }, md5(bytes))
          // A liar keeps what it says.
          objects.set(key, { bytes: etag === md5(bytes) ? bytes : Buffer.from(etag), headers })
          return { etag }
        },
        signal,
      ),
    head: (key) =>
      during({ what: 'head', key }, () => {
        const found = objects.get(key)
        return found ? { bytes: found.bytes.length, etag: md5(found.bytes) } : null
      }),
    get: (key) => during({ what: 'get', key }, () => objects.get(key)?.bytes ?? null),
    async *list(prefix) {
      checkPrefix(prefix)
      for (const [key, { bytes }] of objects) if (key.startsWith(prefix)) yield { key, bytes: bytes.length }
    },
    remove: (key) =>
      during({ what: 'remove', key }, () => {
        objects.delete(key)
      }),
  }
  return store
}

const read = (path: string) =>
  readFile(path).catch((error: unknown) => {
    throw new StoreFault('busy', `A published file cannot be read: ${path}.`, { cause: error })
  })
