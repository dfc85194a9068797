import { expect, test, vi } from 'vitest'
import { md5, StoreFault } from '../../../daemon/cloud/store/store.ts'
import { useRig } from './rig.ts'

/** Uploads that fail, stores that are not to be believed, and clocks that go back. */

const { rig, open } = useRig()

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

test('what was queued by a clock that is set back before the next start is late by no more than it ever is', async () => {
  const store = await open()
  const { uploads } = rig.house.catalog
  const ahead = Date.now() + 3 * 3_600_000
  uploads.add(rig.house.event.id, 'removal', 'a.jpg', 0, null, ahead)
  uploads.add(rig.house.event.id, 'removal', 'pages/old.json', 0, null, ahead)
  const start = Date.now()
  rig.uploader.start()
  await rig.until(() => store.keys('remove').some((key) => key.endsWith('a.jpg')))
  expect(Date.now() - start).toBeLessThan(60_000)
  // An old page has ten minutes: somebody may hold the head that names it.
  expect(store.keys('remove').some((key) => key.endsWith('old.json'))).toBe(false)
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

test('while the queue cannot be written nothing is sent over and over, and everything goes once it can', async () => {
  const store = await open()
  await rig.publish('a.jpg')
  const { uploads } = rig.house.catalog
  const { done, failed } = uploads
  const full = () => {
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
  }
  Object.assign(uploads, { done: full, failed: full })
  const start = Date.now()
  rig.uploader.start()
  await rig.until(() => Date.now() - start > 30_000)
  expect(store.keys('put').length).toBeGreaterThan(2)
  expect(store.keys('put').length).toBeLessThan(30)
  Object.assign(uploads, { done, failed })
  await rig.drain()
  expect(store.objects.size).toBe(4)
})
