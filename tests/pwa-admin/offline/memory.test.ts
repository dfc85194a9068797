import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createMemory } from '../../../pwa-admin/offline/memory.ts'
import { createPreviews } from '../../../pwa-admin/offline/previews.ts'
import { openStorage } from '../../../pwa-admin/offline/storage.ts'
import { createWorker } from '../../../pwa-admin/offline/worker.ts'
import { NEVER } from '../../../pwa-admin/install/never.ts'
import { photo, publication, status } from '../fakes.ts'

describe('the last known lists', () => {
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory()
  })
  const open = () => openStorage(() => undefined)

  test('come back on the next visit, without what is gone meanwhile', async () => {
    const first = createMemory(open())
    const [a, b] = [photo('a', 1), photo('b', 2)]
    const rows = [publication(a, 'a.jpg', 3)]
    await first.keep({ status: status(), photos: [a, b], publications: rows, whole: ['buffer'] })
    const second = createMemory(open())
    // The second page has heard of another list before it ever looked at what is kept.
    await second.keep({ status: status(), photos: [b], publications: [], whole: ['buffer', 'trashed'] })
    const picture = await createMemory(open()).recall()
    expect(picture).toMatchObject({ photos: [{ id: 'b' }], publications: [], whole: ['buffer', 'trashed'] })
    expect(picture?.status?.event.slug).toBe('a')
  })

  test('only rows that changed are written again', async () => {
    const db = (await open())!
    let written = 0
    const transaction = db.transaction.bind(db)
    db.transaction = ((...args: Parameters<typeof transaction>) => {
      if ((args[0] as unknown) === 'photos' && args[1] === 'readwrite') written++
      return transaction(...args)
    }) as typeof db.transaction
    const memory = createMemory(Promise.resolve(db))
    const photos = Array.from({ length: 1_000 }, (_, n) => photo(`p${n}`, n))
    const picture = { status: null, publications: [], whole: [] }
    await memory.keep({ ...picture, photos })
    expect(written).toBe(5)
    await memory.keep({ ...picture, photos: [...photos.slice(1), photo('p0', 0, { rating: 3 })] })
    expect(written).toBe(6)
  })

  test('are forgotten when the device is sent away; decisions stay', async () => {
    const db = (await open())!
    const memory = createMemory(Promise.resolve(db))
    await memory.keep({ status: status(), photos: [photo('a', 1)], publications: [], whole: [] })
    await memory.forget()
    expect(await memory.recall()).toBe(null)
    expect(await db.count('photos')).toBe(0)
  })

  test('are simply not there where nothing can be kept', async () => {
    const memory = createMemory(Promise.resolve(null))
    await memory.keep({ status: null, photos: [], publications: [], whole: [] })
    expect(await memory.recall()).toBe(null)
  })
})

describe('pictures that were seen', () => {
  /** As much of the browser's caches as is used. */
  function fakeCaches(held: Record<string, string[]>): CacheStorage {
    const cache = (name: string) => ({
      keys: async () => held[name]!.map((url) => ({ url })),
      delete: async ({ url }: { url: string }) => {
        held[name] = held[name]!.filter((one) => one !== url)
      },
    })
    const all = {
      has: async (name: string) => name in held,
      keys: async () => Object.keys(held),
      open: async (name: string) => cache(name),
      delete: async (name: string) => delete held[name],
    }
    return all as unknown as CacheStorage
  }
  const url = (id: string) => `http://mac/media/${id}/preview-1.jpg`

  test('are kept up to a limit, the oldest going first', async () => {
    const held = { 'lep-previews': ['a', 'b', 'c'].map(url) }
    await createPreviews(fakeCaches(held)).trim({ 'lep-previews': 2, 'lep-tiles': 2 })
    expect(held['lep-previews']).toEqual([url('b'), url('c')])
  })

  test('go with their photo, and with everything else when the device is sent away', async () => {
    const held: Record<string, string[]> = { 'lep-previews': ['a', 'b'].map(url), 'app-files': ['x'] }
    const previews = createPreviews(fakeCaches(held))
    await previews.drop(new Set(['a']))
    expect(held['lep-previews']).toEqual([url('b')])
    await previews.clear()
    expect(held).toEqual({})
  })

  test('on plain http there are none, and nobody minds', async () => {
    const previews = createPreviews(undefined)
    await Promise.all([previews.trim(), previews.drop(new Set(['a'])), previews.clear()])
  })
})

describe('the service worker', () => {
  class FakeWorker extends EventTarget {
    state = 'installing'
    readonly heard: unknown[] = []
    postMessage(message: unknown) {
      this.heard.push(message)
    }
    become(state: string) {
      this.state = state
      this.dispatchEvent(new Event('statechange'))
    }
  }
  function fixture({ controlled = true } = {}) {
    const registration = Object.assign(new EventTarget(), {
      waiting: null as FakeWorker | null,
      installing: null as FakeWorker | null,
      update: async () => undefined,
      unregister: async () => true,
    })
    const container = Object.assign(new EventTarget(), {
      controller: controlled ? {} : null,
      register: async () => registration,
    })
    const log: string[] = []
    const worker = createWorker({
      container: container as unknown as ServiceWorkerContainer,
      onReady: () => log.push('ready'),
      reload: () => log.push('reload'),
      shown: () => ['/media/a/tile-1.jpg'],
      fetch: async (url) => log.push(`fetch ${url}`),
    })
    const arrive = () => {
      registration.installing = new FakeWorker()
      registration.dispatchEvent(new Event('updatefound'))
      const arrived = registration.installing
      registration.waiting = arrived
      arrived.become('installed')
      return arrived
    }
    const takeOver = () => container.dispatchEvent(new Event('controllerchange'))
    return { worker, log, arrive, takeOver }
  }

  test('a new version is told of, and the page reloads only after a person has asked for it', async () => {
    const { worker, log, arrive, takeOver } = fixture()
    await worker.start()
    const arrived = arrive()
    expect(log).toEqual(['ready'])
    expect(arrived.heard).toEqual([])
    worker.update()
    expect(arrived.heard).toEqual([{ type: 'SKIP_WAITING' }])
    expect(log).toEqual(['ready'])
    takeOver()
    expect(log).toEqual(['ready', 'reload'])
  })

  test('a version that another tab took is told of and reloads nothing', async () => {
    const { worker, log, takeOver } = fixture()
    await worker.start()
    takeOver()
    expect(log).toEqual(['ready'])
  })

  test('the first one of all is no new version; what was shown before it is kept as well', async () => {
    const { worker, log, arrive, takeOver } = fixture({ controlled: false })
    await worker.start()
    arrive()
    takeOver()
    expect(log).toEqual(['fetch /media/a/tile-1.jpg'])
  })

  test('where there is none, everything else goes on', async () => {
    const worker = createWorker({
      container: undefined,
      onReady: () => undefined,
      reload: () => undefined,
      shown: () => [],
      fetch: async () => undefined,
    })
    await worker.start()
    await Promise.all([worker.look(), worker.remove()])
  })

  test('the app never stands in for the daemon’s other addresses', () => {
    for (const path of [
      '/api/me',
      '/raw/a',
      '/media/x/y',
      '/photo/',
      '/gallery/e/x',
      '/setup',
      '/admin/pair/x',
      '/admin/sw.js',
    ])
      expect([path, NEVER.test(path)]).toEqual([path, true])
    for (const path of ['/admin/', '/admin/index.html', '/admin/anything'])
      expect([path, NEVER.test(path)]).toEqual([path, false])
  })
})
