import { rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { headersOf } from '../../../daemon/cloud/store/headers.ts'
import { StoreFault } from '../../../daemon/cloud/store/store.ts'
import { thumbOf } from '../rig.ts'
import { hold, useRig } from './rig.ts'

/** Uploads and the removal of the same object: whichever comes last holds, and nothing else is ever removed. */

const { rig, open, photos } = useRig()

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
    // Not a divisor of what one removal asks, or it would fail the same way forever.
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
