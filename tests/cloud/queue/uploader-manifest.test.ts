import { expect, test } from 'vitest'
import { headersOf } from '../../../daemon/cloud/store/headers.ts'
import { StoreFault } from '../../../daemon/cloud/store/store.ts'
import { hold, useRig } from './rig.ts'

/** When the manifest and its pages are written, and what is in them. */

const { rig, open } = useRig()

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
  expect(store.keys('put')).toEqual(['e/manifest.json'])
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
