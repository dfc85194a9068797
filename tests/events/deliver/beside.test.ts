import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBus, type Bus } from '../../../daemon/bus.ts'
import { readXmp } from '../../../daemon/darkroom/words/xmp-read.ts'
import { createBesideSidecars, type BesideSidecars } from '../../../daemon/events/deliver/beside.ts'
import { createSidecars } from '../../../daemon/ingest/buffer/sidecars.ts'
import { silentLog } from '../../../daemon/log.ts'
import { createWording } from '../../../daemon/publish/wording.ts'
import { createAnnouncer } from '../../../daemon/views/announcer.ts'
import { createViews } from '../../../daemon/views/views.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { lightroom } from '../../fixtures/sidecars.ts'

let house: House
let bus: Bus
let sidecars: BesideSidecars
let reader: ReturnType<typeof createSidecars>
let announcer: ReturnType<typeof createAnnouncer>
beforeEach(async () => {
  house = await openHouse()
  const { catalog, folders } = house
  bus = createBus({ now: Date.now, onError: () => undefined })
  const event = () => catalog.events.current()
  const views = createViews({
    photos: catalog.photos,
    event,
    renditionFile: (photo, name) => `${photo.id}-${name}`,
  })
  announcer = createAnnouncer({ bus, photos: catalog.photos, views })
  reader = createSidecars({ catalog, announcer, folders: () => folders })
  const wording = createWording({ event, photographerOf: () => 'Ann' })
  const waits = { together: 1, again: 20 }
  sidecars = createBesideSidecars({ catalog, bus, folders, wording, waits, log: silentLog })
  sidecars.start()
})
afterEach(async () => {
  await sidecars.stop()
  await house.close()
})

const at = (name: string) => join(house.folders.path('buffer'), name)
const read = (name: string) => readFile(at(name), 'utf8')
const said = async (name: string) => readXmp(await read(name))
const photo = () => house.catalog.photos.named(house.event.id, 'A.JPG')!
const change = () => announcer.changed(photo().id)

let stars = 0
/** Resolves when what changed before has been looked at: each in its turn. */
async function looked(): Promise<void> {
  const { photos } = house.catalog
  const { id } = photos.named(house.event.id, 'Z.JPG') ?? house.addPhoto('Z.JPG')
  stars = (stars % 5) + 1
  photos.rate(id, { rating: stars })
  announcer.changed(id)
  await expect.poll(() => said('Z.xmp').catch(() => null)).toMatchObject({ rating: stars })
}

async function shoot(): Promise<string> {
  const { id } = house.addPhoto('A.JPG')
  await writeFile(at('A.JPG'), await makeJpeg())
  return id
}

test('nothing is written unless the owner wants it; then what is said, and what is said from then on', async () => {
  const id = await shoot()
  house.catalog.photos.rate(id, { rating: 4, pick: true })
  change()
  await sidecars.stop()
  expect(existsSync(at('A.xmp'))).toBe(false)
  sidecars.start()
  sidecars.turn(true)
  await expect.poll(() => said('A.xmp').catch(() => null)).toMatchObject({ rating: 4, pick: true })
  // Reading our own changes nothing.
  await reader.read('A.xmp')
  expect(photo().words.found).toEqual({})
  house.catalog.words.change(id, { own: { caption: '終點' } })
  house.catalog.photos.rate(id, { rating: 2 })
  change()
  await expect.poll(() => said('A.xmp')).toMatchObject({ rating: 2, words: { caption: '終點' } })
})

test('what another program writes is followed and stays; what was not read yet is not touched', async () => {
  const id = await shoot()
  house.catalog.photos.rate(id, { rating: 1 })
  sidecars.turn(true)
  await expect.poll(() => said('A.xmp').catch(() => null)).toMatchObject({ rating: 1 })
  const theirs = lightroom({ rating: '5', label: 'Red' }, 'theirs')
  await writeFile(at('A.xmp'), theirs)
  house.catalog.photos.rate(id, { pick: true })
  change()
  await looked()
  expect(await read('A.xmp')).toBe(theirs)
  expect(await reader.read('A.xmp')).toBe(true)
  expect(photo()).toMatchObject({ rating: 5, words: { label: 'Red', found: { caption: 'theirs' } } })
  house.catalog.photos.rate(id, { rating: 3 })
  change()
  await expect.poll(() => said('A.xmp')).toMatchObject({ rating: 3, label: 'Red', pick: true })
  expect(await read('A.xmp')).toContain('Exposure2012="+0.35"')
  await reader.read('A.xmp')
  expect(photo()).toMatchObject({ rating: 3, pick: true, words: { found: { caption: 'theirs' } } })
})

test('one of ours goes with its photo; one that is not wholly ours stays; a folder that is away is waited for', async () => {
  const id = await shoot()
  house.catalog.photos.rate(id, { rating: 4 })
  sidecars.turn(true)
  await expect.poll(() => existsSync(at('A.xmp'))).toBe(true)
  house.catalog.photos.setState(id, 'archived')
  change()
  await expect.poll(() => existsSync(at('A.xmp'))).toBe(false)

  await rename(house.folders.path('buffer'), join(house.data, 'away'))
  house.catalog.photos.setState(id, 'buffer')
  change()
  await expect.poll(() => sidecars.trouble()).toMatchObject({ code: 'sidecars_wait' })
  await rename(join(house.data, 'away'), house.folders.path('buffer'))
  await expect.poll(() => existsSync(at('A.xmp'))).toBe(true)
  await expect.poll(() => sidecars.trouble()).toBe(null)

  await writeFile(at('A.xmp'), lightroom({ rating: '4' }))
  await reader.read('A.xmp')
  house.catalog.photos.setState(id, 'archived')
  change()
  await looked()
  expect(existsSync(at('A.xmp'))).toBe(true)
})
