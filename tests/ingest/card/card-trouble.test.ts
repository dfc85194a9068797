import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import type { Take } from '../../../daemon/ingest/source.ts'
import { createCards } from '../../../daemon/ingest/card/cards.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { until } from '../world.ts'
import { names, small, useReader } from './reader.ts'

/** Cards that are pulled out, cannot be read or have to wait: what is said of them, and that they are copied in the
 * end. */

const { world, another, today, frame, open } = useReader()

test('a card that is done and taken out leaves the list, and is not copied again when it is back', async () => {
  await frame('cards/A/DCIM/100/A.JPG', 1, today(0))
  let reads = 0
  const inspect = (path: string) => {
    reads += 1
    return world.needs.inspect(path)
  }
  const sources = open({ inspect })
  await sources.start()
  await until(() => expect(sources.card().safe_to_eject).toBe(true))
  await rename(world.path('cards/A'), world.path('parked'))
  await until(() => expect(sources.status()).toEqual([]))
  await rename(world.path('parked'), world.path('cards/A'))
  await until(() => expect(sources.card()).toMatchObject({ safe_to_eject: true, total: 1, done: 1 }))
  expect(reads).toBe(1)
  expect(world.names()).toEqual(['A.JPG'])
})

test('a copy onto the card that is still going on is waited for', async () => {
  const whole = await makeJpeg({ ...small, takenAt: today(0) })
  await world.put('cards/A/DCIM/100/A.JPG', whole.subarray(0, whole.length >> 1))
  const sources = open()
  await sources.start()
  await until(() => expect(Object.keys(world.skipped())).toHaveLength(1))
  await world.put('cards/A/DCIM/100/A.JPG', whole)
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await until(() => expect(world.skipped()).toEqual({}))
})

test('a card is not said to be safe while the buffer folder is away, and goes on when it is back', async () => {
  const path = world.folders.path('buffer')
  await rename(path, `${path}.away`)
  await mkdir(path)
  await frame('cards/A/DCIM/100/A.JPG', 1, today(0))
  const sources = open()
  await sources.start()
  await until(() =>
    expect(sources.card()).toMatchObject({
      state: 'waiting',
      safe_to_eject: false,
      message: expect.stringContaining('is away'),
    }),
  )
  await rm(path, { recursive: true })
  await rename(`${path}.away`, path)
  await until(() =>
    expect(sources.card()).toMatchObject({ state: 'done', safe_to_eject: true, message: null }),
  )
  expect(world.names()).toEqual(['A.JPG'])
})

test('while the Event is paused the card is counted and waits', async () => {
  const { id } = world.catalog.events.current()
  world.catalog.events.change(id, { state: 'paused' })
  for (const [n, name] of names('IMG', 3).entries()) await frame(`cards/A/DCIM/100/${name}`, n, today(n))
  const sources = open()
  await sources.start()
  await until(() =>
    expect(sources.card()).toMatchObject({ state: 'waiting', total: 3, done: 0, safe_to_eject: false }),
  )
  expect(sources.card().message).toContain('3 photos wait')
  world.catalog.events.change(id, { state: 'open' })
  sources.rescan()
  await until(() => expect(world.names()).toHaveLength(3))
})

test('an Event without a new shot for twelve hours pauses before its sources are read', async () => {
  let now = Date.now()
  await another({ now: () => now })
  now += 12 * 3_600_000
  await frame('cards/A/DCIM/100/A.JPG', 1, new Date(now))
  let changes = 0
  const sources = open({ changed: () => (changes += 1) })
  await sources.start()
  await until(() => expect(sources.card()).toMatchObject({ state: 'waiting', total: 1 }))
  expect(world.catalog.events.current().state).toBe('paused')
  expect(changes).toBeGreaterThan(0)
  expect(world.photos()).toEqual([])
})

test('a frame that cannot be read is listed after three tries, the others are taken, and the card is not safe until it came', async () => {
  for (const [n, name] of names('IMG', 3).entries()) await frame(`cards/A/DCIM/100/${name}`, n, today(n))
  const ingest = createIngest(world.needs)
  let isBad = true
  const take: Take = (from, shot, signal) => {
    if (shot.filename !== 'IMG_0002.JPG' || !isBad) return ingest.take(from, shot, signal)
    async function* read(): AsyncGenerator<Uint8Array> {
      yield Buffer.from([0xff, 0xd8])
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
    }
    return ingest.take(from, { ...shot, content: { read } }, signal)
  }
  const cards = createCards({ ...world.sourceNeeds(take), roots: [world.path('cards')], every: 50 })
  cards.start()
  const status = () => cards.sources()[0]?.status()
  await until(() =>
    expect(status()).toMatchObject({
      state: 'waiting',
      done: 2,
      total: 3,
      safe_to_eject: false,
      code: 'unread_here',
      params: { n: 1 },
    }),
  )
  expect(world.names()).toEqual(['IMG_0001.JPG', 'IMG_0003.JPG'])
  expect(world.skipped()).toEqual({
    'A/DCIM/100/IMG_0002.JPG': 'It could not be read: EIO: i/o error',
  })
  isBad = false
  cards.look()
  await until(() => expect(status()).toMatchObject({ state: 'done', done: 3, safe_to_eject: true }))
  await cards.stop()
  expect(world.skipped()).toEqual({})
})

test.skipIf(process.platform !== 'linux')(
  'names that are no UTF-8 are taken under a name that can be read, and only then the card is safe',
  async () => {
    await mkdir(world.path('cards/A/DCIM/100'), { recursive: true })
    const odd = (name: string) =>
      Buffer.concat([Buffer.from(world.path('cards/A/DCIM/100/')), Buffer.from(name, 'latin1')])
    const pictures = [await makeJpeg({ ...small, seed: 1 }), await makeJpeg({ ...small, seed: 2 })]
    await writeFile(odd('Gr\xfc\xdfe_1.jpg'), pictures[0]!)
    await writeFile(odd('\xbb\xe9\xc0\xf1_2.JPG'), pictures[1]!)
    // Another file has the very name that the first is given.
    await frame('cards/A/DCIM/100/Gr%FC%DFe_1.jpg', 3, today(0))
    // A folder, too.
    await mkdir(odd('\xfcber'))
    await writeFile(odd('\xfcber/IN.JPG'), await makeJpeg({ ...small, seed: 4 }))
    const sources = open({ changed: () => void check() })
    const lied: number[] = []
    const check = () =>
      sources.status().some((source) => source.safe_to_eject) && world.photos().length < 4 && lied.push(1)
    await sources.start()
    await until(() => expect(sources.card()).toMatchObject({ safe_to_eject: true, total: 4, done: 4 }))
    expect(lied).toEqual([])
    expect(world.names()).toEqual(['%BB%E9%C0%F1_2.JPG', '%Gr%FC%DFe_1.jpg', 'Gr%FC%DFe_1.jpg', 'IN.JPG'])
  },
)

test('a folder too deep to be looked into is listed, and the card is not safe before it is gone', async () => {
  const deep = (folders: number) => Array.from({ length: folders }, (_, n) => `D${n}`).join('/')
  await frame(`cards/A/DCIM/${deep(12)}/A.JPG`, 1, today(0))
  await frame(`cards/A/DCIM/${deep(13)}/B.JPG`, 2, today(0))
  const { start, card } = open()
  await start()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await until(() => expect(card()).toMatchObject({ state: 'waiting', code: 'unread_here' }))
  expect(card()).toMatchObject({ total: 2, done: 1, safe_to_eject: false })
  expect(Object.keys(world.skipped())).toEqual([`A/DCIM/${deep(13)}`])
  await rm(world.path(`cards/A/DCIM/${deep(13)}`), { recursive: true })
  await until(() => expect(card()).toMatchObject({ total: 1, done: 1, safe_to_eject: true }))
  expect(world.skipped()).toEqual({})
})
