import { describe, expect, test } from 'vitest'
import { readEventDocument } from '../../../daemon/contract/event-document.ts'
import type { EventsIndex, ManifestHead } from '../../../daemon/contract/manifest.ts'
import { useBucket } from '../../fixtures/cloud/bucket.ts'
import { differences, namedIn } from '../../fixtures/cloud/cloud.ts'

/** Two Macs that publish to one bucket, and what is taken off it or brought back by one. */

const { server, store, open, skip } = useBucket()

describe('two Macs and one bucket', () => {
  test('publishing at once to one prefix, neither loses a photo, and both say that they are two', async () => {
    const [a, b] = [await open(), await open()]
    expect(a.house.event.prefix).toBe(b.house.event.prefix)
    await Promise.all([a.cloud.start(), b.cloud.start()])
    for (let n = 0; n < 40; n += 1) {
      await a.publish(`A_${n}.JPG`)
      await b.publish(`B_${n}.JPG`)
    }
    await a.drained()
    await b.drained()
    a.cloud.files.changed()
    a.cloud.wake()
    await a.drained()
    const named = await namedIn(store, a.house.event.prefix)
    expect([...named].sort()).toEqual([...a.live(), ...b.live()].sort())
    expect([a, b].map((mac) => mac.cloud.status().code)).toContain('another_mac')
    const [seen] = [a, b].filter((mac) => mac.cloud.status().code === 'another_mac')
    expect(seen!.cloud.status().trouble).toMatch(/^Another Mac is publishing here/)

    // What one takes out goes, and only that.
    await a.publisher.unpublish('A_3.jpg')
    skip(a)
    await a.drained()
    b.cloud.files.changed()
    b.cloud.wake()
    await b.drained()
    expect([...(await namedIn(store, a.house.event.prefix))].sort()).toEqual(
      [...a.live(), ...b.live()].sort(),
    )
    expect(server.objects.has(`${a.house.event.prefix}/A_3.jpg`)).toBe(false)
    const index = JSON.parse(server.objects.get('events.json')!.toString()) as EventsIndex
    expect(Object.keys(index.events)).toEqual([a.house.event.slug])
  })

  test('a name that the other has taken is not written over, nor removed', async () => {
    const [a, b] = [await open(), await open()]
    await a.cloud.start()
    await a.publish('SAME.JPG')
    await a.drained()
    const key = `${a.house.event.prefix}/SAME.jpg`
    const bytes = Buffer.from(server.objects.get(key)!)
    await b.publish('SAME.JPG')
    await b.cloud.start()
    await b.until('it says so', () => b.cloud.status().code === 'taken')
    expect(server.objects.get(key)!.equals(bytes)).toBe(true)
    await b.publisher.unpublish('SAME.jpg')
    skip(b)
    await b.drained()
    expect(server.objects.get(key)!.equals(bytes)).toBe(true)
  })

  test('an event of the other that the index of before names gets a document before it is named no more', async () => {
    const theirs = { v: 1, by: 'other', current: 'gala', events: { gala: { prefix: 'gala', title: 'Gala' } } }
    server.objects.set('events.json', Buffer.from(JSON.stringify(theirs)))
    const mac = await open()
    await mac.publish()
    await mac.cloud.start()
    await mac.drained()
    const index = JSON.parse(server.objects.get('events.json')!.toString()) as EventsIndex
    expect(index.current).toBe(mac.house.event.slug)
    expect(Object.keys(index.events)).toEqual([mac.house.event.slug])
    const order = server.asked.filter(({ method }) => method === 'PUT').map(({ key }) => key)
    const at = order.findIndex((key) => key.startsWith('private/gala/'))
    expect(at).toBeGreaterThan(-1)
    expect(at).toBeLessThan(order.indexOf('events.json'))
    const document = readEventDocument(JSON.parse(server.objects.get(order[at]!)!.toString()))
    expect(document).toMatchObject({ slug: 'gala', prefix: 'gala', title: 'Gala', visibility: 'front' })
  })
})

test('pages that no head names any more go ten minutes later, and nothing else with them', async () => {
  const mac = await open()
  await mac.cloud.start()
  for (let n = 0; n < 60; n += 1) await mac.publish()
  await mac.drained()
  const pages = () => [...server.objects.keys()].filter((key) => key.includes('/pages/'))
  const before = pages()
  expect(before.length).toBeGreaterThan(0)
  await mac.publisher.unpublish(mac.live().at(-1)!)
  skip(mac)
  await mac.drained()
  const head = JSON.parse(
    server.objects.get(`${mac.house.event.prefix}/manifest.json`)!.toString(),
  ) as ManifestHead
  const now = head.pages.map(({ file }) => `${mac.house.event.prefix}/${file}`)
  expect(pages()).toEqual(expect.arrayContaining([...before, ...now]))
  skip(mac, 11 * 60_000)
  await mac.until('only what is named is left', () => pages().sort().join() === [...now].sort().join())
  expect(await differences(mac, store)).toEqual([])
})

test('what was unpublished by mistake is back at once, and nothing is sent again', async () => {
  const mac = await open()
  await mac.cloud.start()
  const name = await mac.publish()
  await mac.drained()
  const puts = () =>
    server.asked.filter(({ method, key }) => method === 'PUT' && /\.(jpg|webp)$/.test(key)).length
  const before = puts()
  await mac.publisher.unpublish(name)
  expect(mac.live()).toEqual([])
  expect((await mac.publisher.undoUnpublish(name)).name).toBe(name)
  await mac.drained()
  expect(await differences(mac, store)).toEqual([])
  expect(puts()).toBe(before)
  expect(server.asked.filter(({ method }) => method === 'DELETE')).toEqual([])
  await mac.publisher.unpublish(name)
  skip(mac)
  await mac.until('it is off the bucket', () => mac.cloud.status().gone[0]?.state === 'removed')
  await expect(mac.publisher.undoUnpublish(name)).rejects.toMatchObject({ code: 'too_late' })
})
