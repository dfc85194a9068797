// @vitest-environment node
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { createWorker } from '../../../pwa-admin/offline/worker.ts'
import { NEVER } from '../../../pwa-admin/install/never.ts'

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

  test('where none was registered, a look says that a reload alone fetches what is new', async () => {
    const { worker } = fixture()
    expect(await worker.look()).toBe(false)
    await worker.start()
    expect(await worker.look()).toBe(true)
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
