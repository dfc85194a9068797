import { rmSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { headersOf } from '../../../daemon/cloud/store/headers.ts'
import { createFolderStore } from '../../../daemon/cloud/store/store-folder.ts'
import { hold, useRig } from './rig.ts'

const { rig, open, openOver, photos } = useRig()

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
  await openOver({
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
