import { rmSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { headersOf } from '../../daemon/cloud/store/headers.ts'
import { createFolderStore } from '../../daemon/cloud/store/store-folder.ts'
import { md5, StoreFault } from '../../daemon/cloud/store/store.ts'
import type { UploaderNeeds } from '../../daemon/cloud/queue/uploader.ts'
import { createFakeStore, type FakeStore } from '../fakes/store.ts'
import { openRig, thumbOf, type Rig } from './rig.ts'

let rig: Rig
afterEach(() => rig.close())

async function open(needs: Partial<UploaderNeeds> = {}): Promise<FakeStore> {
  const store = createFakeStore()
  rig = await openRig(store, needs)
  return store
}

/** Holds every call whose key ends so, until it is let go. */
function hold(store: FakeStore, what: string, ending: string, deaf = false): () => void {
  let go = () => {}
  const gate = new Promise<void>((resolve) => (go = resolve))
  store.before = (call, signal) => {
    if (call.what !== what || !call.key.endsWith(ending)) return
    const given = new Promise((_, reject) => {
      if (!deaf) signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
    return Promise.race([gate, given])
  }
  return go
}

const photos = (store: FakeStore) => rig.short(store.keys('put')).filter((key) => !key.endsWith('.json'))

test('a published photo is in the bucket, byte for byte and with its headers, and so is the manifest', async () => {
  const store = await open()
  const id = await rig.publish('a.jpg')
  rig.uploader.start()
  await rig.drain()
  const { prefix } = rig.house.event
  for (const key of ['a.jpg', 'thumb/a.webp']) {
    const object = store.objects.get(`${prefix}/${key}`)!
    expect(Buffer.from(object.bytes).toString()).toBe(`bytes of ${key}`)
    expect(object.headers).toEqual(headersOf(key))
  }
  expect(store.objects.get(`${prefix}/manifest.json`)!.headers.cacheControl).toBe('public, max-age=5')
  expect(store.objects.has('events.json')).toBe(true)
  expect(rig.house.catalog.uploads.isDone(id, 'thumb')).toBe(true)
  expect(rig.house.catalog.uploads.isDone(id, 'web')).toBe(true)
  expect(rig.uploader.status()).toEqual({
    store: 'memory',
    waiting: 0,
    waiting_bytes: 0,
    trouble: null,
    code: null,
  })
  expect(store.keys('remove')).toEqual([])
})

test('a photo ends up in a folder that stands in for the bucket', async () => {
  const house = { root: '' }
  const at = () => createFolderStore(house.root)
  rig = await openRig({
    name: 'folder',
    id: 'folder',
    conditions: true,
    put: (...all) => at().put(...all),
    head: (key) => at().head(key),
    get: (key) => at().get(key),
    list: (prefix) => at().list(prefix),
    remove: (key) => at().remove(key),
  })
  house.root = join(rig.house.data, 'bucket')
  await rig.publish('a.jpg')
  await rig.publish('b.jpg')
  rig.uploader.start()
  await rig.drain()
  rig.unpublish('a.jpg')
  await rig.drain()
  const keys: string[] = []
  for await (const { key } of at().list('')) keys.push(key)
  const { prefix } = rig.house.event
  expect(keys.sort()).toEqual(
    [`${prefix}/b.jpg`, `${prefix}/manifest.json`, `${prefix}/thumb/b.webp`, 'events.json'].sort(),
  )
})

test('the manifest that names it no more, then the removal, thumbs, manifest, web and full sizes; in each lane the oldest first', async () => {
  const begun: string[] = []
  const fileOf = (_event: number, key: string) => {
    begun.push(key)
    return join(rig.house.folders.path('web'), key)
  }
  const manifestOf = async () => {
    begun.push('manifest.json')
    return []
  }
  const store = await open({ fileOf, manifestOf })
  store.before = ({ what, key }) =>
    void (['head', 'remove'].includes(what) && begun.push(...rig.short([key])))
  for (const name of ['a.jpg', 'b.jpg']) await rig.publish(name)
  for (const key of ['1.jpg', '2.jpg'])
    await writeFile(join(rig.house.folders.path('web'), `full-${key}`), key)
  rig.add('full', 'full-1.jpg')
  rig.add('full', 'full-2.jpg')
  rig.add('manifest', 'manifest.json')
  rig.add('removal', 'old.jpg')
  rig.add('removal', 'older.jpg')
  rig.uploader.start()
  await rig.drain()
  expect([...new Set(begun)]).toEqual([
    'manifest.json',
    'old.jpg',
    'older.jpg',
    'thumb/a.webp',
    'thumb/b.webp',
    'a.jpg',
    'b.jpg',
    'full-1.jpg',
    'full-2.jpg',
  ])
})

test('four go at once, never two of one object, and big files leave a slot for what is urgent', async () => {
  const store = await open()
  for (let n = 0; n < 8; n += 1) await rig.publish(`${n}.jpg`)
  const go = hold(store, 'put', '.jpg')
  rig.uploader.start()
  await rig.until(() => photos(store).filter((key) => key.endsWith('.jpg')).length >= 3)
  expect(photos(store).filter((key) => key.endsWith('.jpg'))).toHaveLength(3)
  await rig.publish('late.jpg')
  rig.uploader.wake()
  await rig.until(() => store.objects.has(`${rig.house.event.prefix}/thumb/late.webp`))
  go()
  await rig.drain()
  expect(store.load).toMatchObject({ most: 4, sameObject: false })
  expect(photos(store)).toHaveLength(18)
})

test('what fails is tried again until it is there, with one plain sentence meanwhile', async () => {
  const store = await open()
  await rig.publish('a.jpg')
  let down = true
  const why = 'The bucket folder cannot be written: its disk is full (/bucket).'
  store.before = () => {
    if (down) throw new StoreFault('busy', why)
  }
  rig.uploader.start()
  await rig.until(() => store.calls.length >= 8)
  expect(rig.uploader.status()).toMatchObject({
    waiting: 2,
    waiting_bytes: 14,
    trouble: `${why} 2 files wait and will go by themselves.`,
  })
  down = false
  await rig.drain()
  expect(store.objects.size).toBe(4)
  expect(rig.uploader.status().trouble).toBeNull()
})

test('waits grow, are never longer than ten seconds, and a dead store is asked by one at a time', async () => {
  const store = await open()
  // Removals need no real files, whose reading would take time of the test's clock.
  for (let n = 0; n < 12; n += 1) rig.add('removal', `pages/${n}.json`) // no manifest goes before these
  const times: number[] = []
  store.before = () => {
    times.push(Date.now())
    throw new StoreFault('busy', 'The bucket is away.')
  }
  const start = Date.now()
  rig.uploader.start()
  await rig.until(() => Date.now() - start > 120_000)
  const late = times.filter((time) => time - start > 60_000)
  const gaps = late.slice(1).map((time, n) => time - late[n]!)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(10_100)
  expect(Math.min(...gaps)).toBeGreaterThan(1000)
  expect(times.length).toBeLessThan(60)
  expect(new Set(store.keys('remove')).size).toBe(12)
})

test('one file that never goes through holds up nothing else', async () => {
  const store = await open()
  for (let n = 0; n < 6; n += 1) await rig.publish(`${n}.jpg`)
  store.before = ({ key }) => {
    if (key.endsWith('thumb/0.webp')) throw new StoreFault('busy', 'No.')
  }
  rig.uploader.start()
  await rig.until(() => rig.count() === 1)
  expect(store.objects.size).toBe(11 + 2)
  expect(rig.uploader.status().trouble).toBe('No. 1 file waits and will go by itself.')
})

test('files whose disk was pulled do not hold up what can be sent', async () => {
  const store = await open()
  for (let n = 0; n < 30; n += 1) await rig.publish(`${n}.jpg`)
  const web = rig.house.folders.path('web')
  await rename(web, `${web}.away`)
  rig.uploader.start()
  await rig.until(() => store.calls.length === 0 && rig.uploader.status().trouble !== null)
  rig.add('manifest', 'manifest.json')
  rig.uploader.wake()
  await rig.until(() => store.objects.has('events.json'))
  expect(photos(store)).toEqual([])
  await rename(`${web}.away`, web)
  await rig.drain()
  expect(photos(store)).toHaveLength(60)
})

test('a final fault says that it waits for a person, and goes once that is done', async () => {
  const store = await open()
  await rig.publish('a.jpg')
  let right = false
  store.before = () => {
    if (!right) throw new StoreFault('keys', 'The key was refused.')
  }
  rig.uploader.start()
  await rig.until(() => store.calls.length >= 4)
  expect(rig.uploader.status().trouble).toBe('The key was refused. 2 files wait until this is put right.')
  right = true
  await rig.drain()
})

test('a store that does not keep what was sent is not believed', async () => {
  const store = await open()
  const id = await rig.publish('a.jpg')
  let lies = true
  store.etag = ({ key }, real) => (lies && key.endsWith('a.jpg') ? md5('a sign-in page') : real)
  rig.uploader.start()
  await rig.until(() => store.keys('put').filter((key) => key.endsWith('/a.jpg')).length >= 3)
  expect(rig.house.catalog.uploads.isDone(id, 'web')).toBe(false)
  expect(rig.house.catalog.uploads.isDone(id, 'thumb')).toBe(true)
  expect(rig.uploader.status().trouble).toMatch(/^The bucket did not keep .*a\.jpg as it was sent/)
  lies = false
  await rig.drain()
  expect(rig.house.catalog.uploads.isDone(id, 'web')).toBe(true)
})

test('a removal is done only when the store no longer has the object', async () => {
  const store = await open()
  await rig.publish('a.jpg')
  rig.uploader.start()
  await rig.drain()
  const real = store.remove.bind(store)
  let deaf = true
  store.remove = async (key) => {
    if (!deaf) await real(key)
  }
  rig.unpublish('a.jpg')
  await rig.until(() => rig.uploader.status().trouble !== null)
  expect(rig.uploader.status().trouble).toMatch(/^The bucket still has .*a\.(jpg|webp) after it was removed/)
  deaf = false
  await rig.drain()
  expect([...store.objects.keys()].filter((key) => key.includes('a.'))).toEqual([])
})

test('a new start goes on in the middle of the queue', async () => {
  const store = await open()
  for (let n = 0; n < 12; n += 1) await rig.publish(`${n}.jpg`)
  const go = hold(store, 'put', '/7.jpg', true)
  rig.uploader.start()
  await rig.until(() => store.keys('put').some((key) => key.endsWith('/7.jpg')))
  const stopped = rig.uploader.stop()
  go()
  await stopped
  const before = rig.count()
  expect(before).toBeGreaterThan(0)
  const calls = store.calls.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(store.calls.length).toBe(calls)
  rig.restart().start()
  await rig.drain()
  expect([...store.objects.keys()].filter((key) => key.endsWith('.jpg'))).toHaveLength(12)
  // What was done before is not sent again: only what was under way may be.
  expect(photos(store).length).toBeLessThanOrEqual(24 + 4)
})

test.each([
  ['the thumb, which gives up', '.webp', false],
  ['the thumb, which arrives all the same', '.webp', true],
  ['the web size, which gives up', '/a.jpg', false],
  ['the web size, which arrives all the same', '/a.jpg', true],
])('unpublishing in the middle of sending %s, leaves nothing in the bucket', async (_what, ending, deaf) => {
  const stored: string[] = []
  const store = await open({ onStored: ({ key }) => stored.push(key) })
  const put = store.put.bind(store)
  // Too late to be given up: the store has read all of it.
  if (deaf)
    store.put = async (key, body, headers) => {
      const bytes = 'path' in body ? await readFile(body.path) : body.bytes
      return put(key, { bytes }, headers, new AbortController().signal)
    }
  const id = await rig.publish('a.jpg')
  const go = hold(store, 'put', ending, deaf)
  rig.uploader.start()
  await rig.until(() => store.keys('put').some((key) => key.endsWith(ending)))
  rig.unpublish('a.jpg')
  await rig.breathe()
  // Left alone, the one that can be given up would never end.
  if (deaf) go()
  await rig.drain()
  expect([...store.objects.keys()].filter((key) => !key.endsWith('.json'))).toEqual([])
  expect(rig.short(store.keys('remove')).sort()).toEqual(['a.jpg', 'thumb/a.webp'])
  expect(rig.house.catalog.uploads.isDone(id, ending === '.webp' ? 'thumb' : 'web')).toBe(false)
  expect(stored.some((key) => `/${key}`.endsWith(ending))).toBe(false)
  expect(store.load.sameObject).toBe(false)
})

test('unpublishing while the upload waits, sends nothing of it', async () => {
  const store = await open()
  await rig.publish('a.jpg')
  await rig.publish('b.jpg')
  rig.unpublish('a.jpg')
  rig.uploader.start()
  await rig.drain()
  expect(photos(store).sort()).toEqual(['b.jpg', 'thumb/b.webp'])
  const order = store.calls.map(({ what, key }) => `${what} ${rig.short([key])[0]}`)
  expect(order.indexOf('put manifest.json')).toBeLessThan(order.indexOf('remove a.jpg'))
  expect(order.indexOf('remove a.jpg')).toBeLessThan(order.indexOf('put thumb/b.webp'))
})

test('an upload is not sent past a removal of its object that waits to be tried again', async () => {
  const store = await open()
  let down = true
  store.before = ({ what }) => {
    if (down && what === 'remove') throw new StoreFault('busy', 'Later.')
  }
  rig.add('removal', 'a.jpg')
  rig.uploader.start()
  await rig.until(() => store.keys('remove').length > 2)
  await writeFile(join(rig.house.folders.path('web'), 'a.jpg'), 'a')
  rig.add('web', 'a.jpg')
  rig.uploader.wake()
  await rig.breathe()
  expect(photos(store)).toEqual([])
  down = false
  await rig.drain()
  const order = store.calls.filter(({ key }) => key.endsWith('/a.jpg')).map(({ what }) => what)
  expect(order.lastIndexOf('remove')).toBeLessThan(order.indexOf('put'))
})

test('only what an unpublish named is ever removed', async () => {
  const store = await open()
  for (let n = 0; n < 10; n += 1) await rig.publish(`${n}.jpg`)
  store.objects.set('2020-01-01/foreign.jpg', { bytes: Buffer.from('x'), headers: headersOf('x.jpg') })
  store.objects.set(`${rig.house.event.prefix}/foreign.jpg`, {
    bytes: Buffer.from('x'),
    headers: headersOf('x.jpg'),
  })
  let n = 0
  store.before = () => {
    n += 1
    // Not a divisor of what one removal asks, or it would meet the same fate for ever.
    if (n % 4 === 0) throw new StoreFault('busy', 'Flaky.')
  }
  rig.uploader.start()
  await rig.until(() => store.objects.size > 8)
  const named = ['2.jpg', '5.jpg', '9.jpg']
  for (const name of named) rig.unpublish(name)
  rmSync(join(rig.house.folders.path('web'), '3.jpg'), { force: true })
  await rig.until(() => rig.count() <= 1)
  const removed = new Set(rig.short(store.keys('remove')))
  expect([...removed].sort()).toEqual(named.flatMap((name) => [name, thumbOf(name)]).sort())
  expect(store.objects.has('2020-01-01/foreign.jpg')).toBe(true)
  expect(store.objects.has(`${rig.house.event.prefix}/foreign.jpg`)).toBe(true)
})

test('an upload whose object must not be public any more is dropped', async () => {
  const store = await open({ fileOf: () => null })
  await rig.publish('a.jpg')
  rig.uploader.start()
  await rig.drain()
  expect(store.calls).toEqual([])
})

test('a file that is away waits, and is named; it goes when its disk is back', async () => {
  const store = await open()
  await rig.publish('a.jpg')
  const path = join(rig.house.folders.path('web'), 'a.jpg')
  rmSync(path)
  rig.uploader.start()
  await rig.until(() => rig.count() === 1 && rig.uploader.status().trouble !== null)
  expect(rig.uploader.status().trouble).toBe(
    `A published file is not where it was: ${path}. 1 file waits and will go by itself.`,
  )
  await writeFile(path, 'back')
  await rig.drain()
  expect(store.objects.has(`${rig.house.event.prefix}/a.jpg`)).toBe(true)
})

test('a manifest is written at most about once a second, and the last word is in it', async () => {
  const writes: { at: number; text: string }[] = []
  let text = ''
  const store = await open({
    manifestOf: async () => [{ key: 'e/manifest.json', body: text, ...headersOf('manifest.json') }],
  })
  store.before = async ({ what, key }) => {
    if (what === 'put' && key === 'e/manifest.json') writes.push({ at: Date.now(), text })
  }
  rig.uploader.start()
  const start = Date.now()
  for (let n = 0; n < 50; n += 1) {
    text = `version ${n}`
    rig.add('manifest', 'manifest.json')
    rig.uploader.wake()
    await rig.until(() => Date.now() >= start + (n + 1) * 100)
  }
  await rig.drain()
  expect(Buffer.from(store.objects.get('e/manifest.json')!.bytes).toString()).toBe('version 49')
  const gaps = writes.slice(1).map(({ at }, n) => at - writes[n]!.at)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000)
  expect(writes.length).toBeGreaterThanOrEqual(4)
  expect(writes.length).toBeLessThanOrEqual(7)
})

test('what is asked for while a manifest is being written is written after it', async () => {
  let text = 'old'
  const store = await open({
    manifestOf: async () => [{ key: 'e/manifest.json', body: text, ...headersOf('manifest.json') }],
  })
  const go = hold(store, 'put', 'manifest.json')
  rig.add('manifest', 'manifest.json')
  rig.uploader.start()
  await rig.until(() => store.load.now === 1)
  text = 'new'
  rig.add('manifest', 'manifest.json')
  rig.uploader.wake()
  go()
  await rig.drain()
  expect(Buffer.from(store.objects.get('e/manifest.json')!.bytes).toString()).toBe('new')
})

test('pages are there before the head that names them, and are sent once, also after a new start', async () => {
  const page = { key: 'e/pages/1.json', body: 'page', ...headersOf('pages/1.json') }
  const store = await open({
    manifestOf: async () => [
      page,
      { key: 'e/manifest.json', body: `head ${Date.now()}`, ...headersOf('manifest.json') },
      { key: 'events.json', body: 'index', ...headersOf('events.json') },
    ],
  })
  let down = true
  store.before = ({ key }) => {
    if (down && key === page.key) throw new StoreFault('busy', 'No.')
  }
  rig.add('manifest', 'manifest.json')
  rig.uploader.start()
  await rig.until(() => store.calls.length > 2)
  expect(store.objects.size).toBe(0)
  down = false
  await rig.drain()
  expect(store.keys('put').slice(-3)).toEqual([page.key, 'e/manifest.json', 'events.json'])
  await rig.uploader.stop()
  store.calls.length = 0
  rig.restart().start()
  rig.add('manifest', 'manifest.json')
  rig.uploader.wake()
  await rig.drain()
  rig.add('manifest', 'manifest.json')
  rig.uploader.wake()
  await rig.drain()
  // What lies there already as it should is not sent either.
  expect(store.keys('put')).toEqual(['e/manifest.json', 'e/manifest.json'])
})

test('a long row of thumbs does not keep guests from the manifest', async () => {
  const store = await open()
  for (let n = 0; n < 30; n += 1) await rig.publish(`${n}.jpg`)
  store.before = async ({ key }) => {
    if (key.endsWith('.webp')) await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  rig.uploader.start()
  await rig.drain()
  const order = rig.short(store.keys('put'))
  const first = order.indexOf('manifest.json')
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThan(20)
  expect(order.slice(0, 36).filter((key) => key === 'manifest.json').length).toBeGreaterThanOrEqual(2)
})

test('looking ahead leaves the queue as it is', async () => {
  const store = await open()
  for (let n = 0; n < 6; n += 1) await rig.publish(`${n}.jpg`)
  const go = hold(store, 'put', '')
  rig.uploader.start()
  await rig.until(() => store.load.now === 4)
  for (let n = 0; n < 5; n += 1) {
    rig.uploader.wake()
    await rig.breathe()
  }
  expect(rig.uploader.status()).toMatchObject({ waiting: 12, waiting_bytes: 6 * 14 })
  go()
  await rig.drain()
})

test('a clock that is set back holds nothing up', async () => {
  const store = await open()
  for (let n = 0; n < 3; n += 1) rig.add('removal', `${n}.jpg`)
  let down = true
  store.before = () => {
    if (down) throw new StoreFault('busy', 'Later.')
  }
  rig.uploader.start()
  await rig.until(() => store.calls.length >= 6)
  down = false
  vi.setSystemTime(Date.now() - 3_600_000)
  const start = Date.now()
  await rig.drain()
  expect(Date.now() - start).toBeLessThan(60_000)
})

test('nothing is sent before the start or after the stop', async () => {
  const store = await open()
  await rig.publish('a.jpg')
  rig.uploader.wake()
  await rig.breathe()
  expect(store.calls).toEqual([])
  rig.uploader.start()
  await rig.drain()
  await rig.uploader.stop()
  const before = store.calls.length
  await rig.publish('b.jpg')
  rig.uploader.wake()
  await rig.breathe()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(store.calls.length).toBe(before)
})

test('whoever makes the manifest is told what is stored, in the transaction that records it', async () => {
  const stored: string[] = []
  await open({ onStored: ({ key, publicationId }) => stored.push(`${key} ${publicationId}`) })
  const id = await rig.publish('a.jpg')
  rig.uploader.start()
  await rig.drain()
  expect(stored.sort()).toEqual([`a.jpg ${id}`, `thumb/a.webp ${id}`])
})
