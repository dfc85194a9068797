import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { macId } from '../../../daemon/cloud/cloud.ts'
import type { EventsIndex, ManifestHead } from '../../../daemon/contract/manifest.ts'
import { useBucket } from '../../fixtures/cloud/bucket.ts'
import { differences, namedIn, readJson, type Mac } from '../../fixtures/cloud/cloud.ts'

/** A Mac whose mark is lost, with what it has in the bucket. */
const { server, store, open, start, stop, skip } = useBucket()

/** Stops the Mac and loses its mark. @param what of the settings in the catalog, beside `config/` */
async function lose(mac: Mac, what: 'mark' | 'settings'): Promise<void> {
  await stop(mac)
  const { data } = mac.house
  const db = new DatabaseSync(join(data, 'catalog.db'))
  db.exec(
    what === 'mark'
      ? `DELETE FROM settings WHERE key IN ('mac', 'told_as')`
      : `DELETE FROM settings WHERE key IN ('mac', 'told_as', 'store', 'sent_again')`,
  )
  db.close()
  await rm(join(data, 'config'), { recursive: true })
}
const pictures = (method: string) =>
  server.asked.filter((request) => request.method === method && /\.(jpg|webp)$/.test(request.key))
const head = async (mac: Mac) =>
  (await readJson<ManifestHead>(store, `${mac.house.event.prefix}/manifest.json`))!
const pages = () => [...server.objects.keys()].filter((key) => key.includes('/pages/'))

describe.each(['mark', 'settings'] as const)('the %s lost', (what) => {
  test('what is there is ours: nothing is sent again, told twice or called another Mac’s, and what was unpublished goes', async () => {
    const before = await start()
    for (let n = 0; n < 60; n += 1) await before.publish()
    await before.drained()
    const { prefix } = before.house.event
    const [mark, oldest, newest] = [(await head(before)).by, before.live().at(-1)!, before.live()[0]!]
    expect(pages().length).toBeGreaterThan(0)
    await before.cloud.stop()
    // Taken out while nothing reaches the bucket.
    for (const name of [oldest, newest]) await before.publisher.unpublish(name)
    await lose(before, what)
    server.asked.length = 0

    const mac = await start(before.house)
    skip(mac)
    await mac.drained()
    expect((await head(mac)).by).not.toBe(mark)
    expect(mac.live()).toHaveLength(58)
    expect(await differences(mac, store)).toEqual([])
    expect((await head(mac)).pages.map(({ by }) => by)).not.toContain(mark)
    expect(pictures('PUT')).toEqual([])
    expect(mac.cloud.status()).toMatchObject({ trouble: null, code: null })
    for (const name of [oldest, newest]) expect(server.objects.has(`${prefix}/${name}`)).toBe(false)

    // The pages of before go as well.
    skip(mac, 11 * 60_000)
    const named = new Set((await head(mac)).pages.map(({ file }) => `${prefix}/${file}`))
    await mac.until('only what is named is left', () => pages().every((key) => named.has(key)))
  })

  test('beside another Mac: each speaks for its own, and what is taken out here goes', async () => {
    const [before, other] = [await start(), await start()]
    for (const n of [1, 2, 3]) {
      await before.publish(`A_${n}.JPG`)
      await other.publish(`B_${n}.JPG`)
    }
    await other.publish('SAME.JPG')
    await other.drained()
    await before.drained()
    const { prefix } = before.house.event
    await before.publish('SAME.JPG')
    await before.until('the name is taken', () => before.cloud.status().code === 'taken')
    const theirs = Buffer.from(server.objects.get(`${prefix}/SAME.jpg`)!)
    await before.cloud.stop()
    await before.publisher.unpublish('A_2.jpg')
    await before.publisher.unpublish('SAME.jpg')
    await lose(before, what)

    const mac = await start(before.house)
    skip(mac)
    await mac.drained()
    for (const file of ['A_2.jpg', 'thumb/A_2.webp'])
      expect(server.objects.has(`${prefix}/${file}`)).toBe(false)
    // The controls: what is the other Mac's under our name, and its list.
    expect(server.objects.get(`${prefix}/SAME.jpg`)!.equals(theirs)).toBe(true)
    expect(server.objects.has(`${prefix}/thumb/SAME.webp`)).toBe(true)
    other.cloud.files.changed()
    other.cloud.wake()
    await other.drained()
    expect((await namedIn(store, prefix)).sort()).toEqual([...mac.live(), ...other.live()].sort())
    expect(mac.live().sort()).toEqual(['A_1.jpg', 'A_3.jpg'])
  })
})

test('what waits to be taken off the bucket goes on waiting where the settings were lost', async () => {
  const before = await start()
  const name = await before.publish()
  await before.drained()
  await before.publisher.unpublish(name)
  // Off the list, and its publish delay not over.
  await before.until(
    'no list names it',
    async () => (await namedIn(store, before.house.event.prefix)).length === 0,
  )
  const key = `${before.house.event.prefix}/${name}`
  expect(server.objects.has(key)).toBe(true)
  await lose(before, 'settings')
  const mac = await start(before.house)
  skip(mac)
  await mac.drained()
  expect(server.objects.has(key)).toBe(false)
  expect(await differences(mac, store)).toEqual([])
})

test('the lists of all events are told anew under the new mark, once', async () => {
  const before = await start()
  await before.publish()
  await before.drained()
  const { events } = before.house.catalog
  const [first, folders] = [before.house.event, before.house.event.folders]
  events.open('Next', () => folders, { slug: 'next', prefix: 'next' })
  before.cloud.files.changed()
  before.cloud.wake()
  await before.drained()
  const mark = (await head(before)).by
  await lose(before, 'mark')
  let mac = await start(before.house)
  await mac.drained()
  const heads = () =>
    server.asked.filter(({ method, key }) => method === 'PUT' && key.endsWith('/manifest.json'))
  const by = (await readJson<EventsIndex>(store, 'events.json'))!.by
  expect(by).not.toBe(mark)
  for (const prefix of [first.prefix, 'next'])
    expect((await readJson<ManifestHead>(store, `${prefix}/manifest.json`))!.by).toBe(by)
  await stop(mac)
  server.asked.length = 0
  mac = await start(before.house)
  await mac.drained()
  expect(heads()).toEqual([])
})

describe('a disk that keeps nothing', () => {
  const full = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
  const fail = (error: Error) => () => {
    throw error
  }

  test('does not stop the start, and the next one makes up for it', async () => {
    const before = await start()
    await before.publish()
    await before.drained()
    await lose(before, 'settings')
    const { house } = before
    // A file where the folder for the mark would be.
    await writeFile(join(house.data, 'config'), '')
    const { settings } = house.catalog
    const catalog = {
      ...house.catalog,
      transaction: fail(full),
      settings: { ...settings, set: fail(full) },
    }
    const mac = await start({ ...house, catalog })
    await stop(mac)
    expect(settings.get('mac')).toBeUndefined()
    await rm(join(house.data, 'config'))
    const again = await start(house)
    await again.drained()
    expect(settings.get('mac')).toBe((await head(again)).by)
    expect(await differences(again, store)).toEqual([])
  })

  test('a fault of another kind is no disk’s', async () => {
    const { catalog, data } = (await open()).house
    const { settings } = catalog
    const path = join(data, 'elsewhere', 'mac')
    const none = { ...settings, get: () => undefined }
    expect(() => macId({ ...none, set: fail(new Error('a mistake')) }, path)).toThrow('a mistake')
    expect(macId({ ...none, set: fail(full) }, path)).toMatch(/^[0-9a-f]{8}$/)
  })
})

test('an object is sent without asking first, unless the bucket may have it already', async () => {
  const mac = await start()
  await mac.publish()
  await mac.drained()
  expect(pictures('HEAD')).toEqual([])
  expect(pictures('PUT')).toHaveLength(3)
  // A bucket that lost one of three has it sent, and only that.
  server.objects.delete(`${mac.house.event.prefix}/${mac.live()[0]!}`)
  await lose(mac, 'settings')
  server.asked.length = 0
  const again = await start(mac.house)
  await again.drained()
  expect(pictures('PUT')).toHaveLength(1)
  expect(await differences(again, store)).toEqual([])
})
