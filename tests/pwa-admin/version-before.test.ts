import 'fake-indexeddb/auto'
import { beforeAll, expect, test, vi } from 'vitest'
import answers from '../fixtures/version-before/answers.json'
import app from '../fixtures/version-before/app.json'
import facts from '../fixtures/version-before/facts.json'

/** What the app of the version before kept in a browser (tests/fixtures/version-before), found by this one: databases,
 * keys and caches are put there by their names, and the whole app is started over them, first without a daemon. */

interface Asked {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
}
const sent: Asked[] = []
let isUp = false
const BUFFER = '/api/buffer?state=buffer'
const replies: Readonly<Record<string, unknown>> = answers
const rowsOf = (name: string) => app.databases[0]!.stores.find((store) => store.name === name)!.rows
const status = rowsOf('facts').find(({ key }) => key === 'status')!.value as { event: { title: string } }

class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  constructor() {
    if (!isUp) setTimeout(() => this.onclose?.(), 1)
    else setTimeout(() => this.onmessage?.({ data: JSON.stringify(hello) }), 1)
  }
  send() {
    return
  }
  close() {
    return
  }
}
const hello = {
  type: 'snapshot',
  seq: 1,
  role: 'editor',
  status,
  you: localStorage.getItem('device'),
  open: [],
}

/** Answers as the version before answered; a change is written down and succeeds. */
async function answer(url: string, init: RequestInit = {}): Promise<Response> {
  if (!isUp) throw new TypeError('Failed to fetch')
  const { pathname, searchParams } = new URL(url, location.href)
  const json = (body: unknown, code = 200) =>
    new Response(JSON.stringify(body), { status: code, headers: { 'content-type': 'application/json' } })
  if (init.method === 'POST') {
    const body = JSON.parse(init.body as string) as Asked['body']
    sent.push({ path: pathname, body, headers: init.headers as Record<string, string> })
    return json({ status: 'success', filename: body['filename'], published_as: 'IMG_6.jpg' })
  }
  const state = searchParams.get('state') ?? 'buffer'
  const name = pathname === '/api/buffer' ? `${pathname}?state=${state}` : pathname
  const found = replies[`editor ${name}`] ?? replies[`owner ${name}`]
  if (found === undefined) return json({ error: { code: 'not_found', message: '' }, detail: '' }, 404)
  if (name !== BUFFER) return json(found)
  const images = (found as { images: { id: string }[] }).images.filter(({ id }) => id !== gone)
  return json({ images, total: images.length })
}

/** A photo that was deleted while this device was away. */
const [shown, gone] = app.caches['lep-tiles'].map((path) => path.split('/')[2])

async function restore(): Promise<void> {
  for (const { name, version, stores } of app.databases)
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open(name, version)
      opening.onupgradeneeded = () => {
        for (const store of stores) {
          const made = opening.result.createObjectStore(store.name, {
            keyPath: store.keyPath,
            autoIncrement: store.autoIncrement,
          })
          for (const { name, keyPath, unique } of store.indexes) made.createIndex(name, keyPath, { unique })
          for (const { key, value } of store.rows)
            if (store.keyPath === null) made.put(value, key)
            else made.put(value)
        }
      }
      opening.onerror = () => reject(opening.error!)
      opening.onsuccess = () => {
        opening.result.close()
        resolve()
      }
    })
  for (const [key, value] of Object.entries(app.localStorage)) localStorage.setItem(key, value)
}

/** The pictures that the service worker of the version before keeps, by its caches' names. */
function fakeCaches() {
  const caches = new Map(Object.entries(app.caches).map(([name, urls]) => [name, new Set(urls)]))
  const storage = {
    has: async (name: string) => caches.has(name),
    keys: async () => [...caches.keys()],
    delete: async (name: string) => caches.delete(name),
    open: async (name: string) => ({
      keys: async () => [...caches.get(name)!].map((path) => ({ url: `http://localhost${path}` })),
      delete: async ({ url }: { url: string }) => caches.get(name)!.delete(new URL(url).pathname),
    }),
  }
  return { storage, caches }
}
const { storage, caches } = fakeCaches()

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: facts.at + 60_000 })
  await restore()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('fetch', answer)
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('caches', storage)
  // A simulated page has no layout, and the lists show what has room.
  for (const [side, pixels] of [
    ['Width', 1194],
    ['Height', 834],
  ] as const)
    for (const of of ['client', 'offset'])
      Object.defineProperty(HTMLElement.prototype, `${of}${side}`, { get: () => pixels, configurable: true })
  document.head.innerHTML = '<style>* { padding: 0px }</style>'
  document.body.innerHTML = '<div id="app"></div>'
  await import('../../pwa-admin/main.ts')
}, 60_000)

const text = () => document.body.textContent

const id = (n: number) => String(n).padStart(4, '0').padStart(32, 'a')

test('what is kept is shown without a daemon and sent with one, once and in order; pictures of photos that are gone go', async () => {
  await expect.poll(text).toContain(status.event.title)
  expect(document.documentElement.lang).toBe('zh-Hant')
  expect(document.documentElement.style.getPropertyValue('--light')).toBe('0.6')
  await expect.poll(() => document.querySelector('main.left')).not.toBeNull()
  await expect.poll(text).toContain('MARKED_1.JPG')
  expect(sent).toEqual([])

  isUp = true
  window.dispatchEvent(new Event('online'))
  await expect.poll(() => sent.filter(({ path }) => path !== '/api/reserve')).toHaveLength(5)
  const decided = sent.filter(({ path }) => path !== '/api/reserve')
  expect(decided.map(({ path, body }) => [path, body])).toEqual([
    ['/api/rate', { filename: 'IMG_7.JPG', rating: 3, request_id: id(4) }],
    ['/api/edit', { filename: 'IMG_6.JPG', edit: { exposure: 0.25 }, request_id: id(5) }],
    ['/api/publish', { filename: 'IMG_6.JPG', exposure: 0.25, hold: 5, request_id: id(6) }],
    ['/api/unpublish', { filename: 'IMG_2_002.jpg', request_id: id(7) }],
    [
      '/api/jobs',
      { kind: 'reject', items: [{ filename: 'CARD_1.JPG' }, { filename: 'CARD_2.JPG' }], request_id: id(8) },
    ],
  ])
  for (const { headers } of decided)
    expect(headers).toMatchObject({
      'x-lep-event': 'banquet',
      'x-lep-client': app.localStorage['lep-client'],
    })
  // One that was refused, and one that may have been done.
  for (const name of ['AUTO_1.JPG', 'IMG_4.JPG'])
    await expect.poll(() => document.querySelector('[data-testid=conflicts]')?.textContent).toContain(name)

  await expect
    .poll(() => Object.fromEntries([...caches].map(([name, paths]) => [name, [...paths]])))
    .toEqual({
      'lep-tiles': [expect.stringContaining(`/media/${shown}/tile-`)],
      'lep-previews': [expect.stringContaining(`/media/${shown}/preview-`)],
    })
}, 60_000)
