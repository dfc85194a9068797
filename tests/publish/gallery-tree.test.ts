import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EventRecord } from '../../daemon/catalog/events.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { silentLog } from '../../daemon/log.ts'
import { createGalleryTree, type GalleryTree } from '../../daemon/publish/gallery-tree.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
let tree: GalleryTree
let now: number
beforeEach(async () => {
  now = Date.UTC(2026, 0, 20, 18)
  house = await openHouse({ now: () => now })
  tree = createGalleryTree({
    catalog: house.catalog,
    folders: house.folders,
    now: () => now,
    log: silentLog,
  })
})
afterEach(() => house.close())

/** @returns the id of the publication */
function publish(name: string, offset?: number): string {
  const { publications } = house.catalog
  const photo = house.addPhoto(`${name}.original`, offset === undefined ? {} : { offset })
  const made = publications.reserve(house.event.id, name, {
    photoId: photo.id,
    edit: NEUTRAL,
    width: 2048,
    height: 1365,
    bytes: 500_000,
    thumbhash: 'x'.repeat(28),
  })
  return publications.goLive(made.id, null).id
}

function publishMany(count: number): string[] {
  return house.catalog.transaction(() => Array.from({ length: count }, (_, n) => publish(`${n}.jpg`)))
}

async function takeDown(id: string): Promise<void> {
  const publication = house.catalog.publications.byId(id)!
  house.catalog.publications.goGone(id)
  await tree.changed(publication.place)
}

function openAnother(): EventRecord {
  const folder = (role: string) => join(house.data, `other_${role}`)
  return house.catalog.events.open('Other', () => ({
    buffer: folder('buffer'),
    web: folder('web'),
    trash: folder('trash'),
    archive: folder('archive'),
    finals: folder('finals'),
  }))
}

test('the list of another event is what the catalog says, whatever lies on the disk, and stays the same', async () => {
  publishMany(3)
  await tree.changed()
  const asCurrent = tree.files()
  openAnother()
  const event = house.catalog.events.find(house.event.slug)!
  await mkdir(event.folders.web, { recursive: true })
  await writeFile(join(event.folders.web, 'manifest.json'), '{"v":2,"recent":[{"filename":"secret.jpg"}]}')
  expect(tree.files(event).head).toEqual(asCurrent.head)
  now += 60_000
  expect(tree.files(event).head.revision).toBe(asCurrent.head.revision)
  // The control: a change of that event is one of its list.
  house.catalog.events.change(event.id, { settings: { ...event.settings, event_title: 'Anew' } })
  const renamed = tree.files(house.catalog.events.find(house.event.slug)).head
  expect(renamed.event.title).toBe('Anew')
  expect(renamed.revision).toBeGreaterThan(asCurrent.head.revision)
})

test('what left another event is in none of its documents', async () => {
  const ids = publishMany(60)
  await tree.changed()
  tree.files()
  openAnother()
  const event = house.catalog.events.find(house.event.slug)!
  const [page] = tree.files(event).head.pages
  house.catalog.publications.goGone(ids[0]!)
  expect(tree.files(event).head.total).toBe(59)
  expect(tree.page(event, page!.file)).toBeNull()
})

test('a page that no head names any more is served for ten minutes', async () => {
  publishMany(60)
  await tree.changed()
  const { event } = house
  const [page] = tree.files().head.pages
  expect(tree.page(event, page!.file)).toContain('0.jpg')
  for (let n = 100; n < 130; n += 1) publish(`${n}.jpg`)
  await tree.changed(70)
  expect(tree.files().head.pages.map(({ file }) => file)).not.toContain(page!.file)
  expect(tree.page(event, page!.file)).toContain('0.jpg')
  now += 10 * 60_000 + 1
  expect(tree.page(event, page!.file)).toBeNull()
})

test('an older page is served no more once a photo of it was taken down', async () => {
  const ids = publishMany(60)
  await tree.changed()
  const [page] = tree.files().head.pages
  for (let n = 100; n < 130; n += 1) publish(`${n}.jpg`)
  await tree.changed(70)
  tree.files()
  expect(tree.page(house.event, page!.file)).not.toBeNull()
  await takeDown(ids[0]!)
  expect(tree.page(house.event, page!.file)).toBeNull()
})

test('a page whose photo is hidden, for a disk that takes no more, is served no more either', async () => {
  const ids = publishMany(60)
  await tree.changed()
  const [page] = tree.files().head.pages
  tree.hide(ids[0]!)
  expect(tree.page(house.event, page!.file)).toBeNull()
  expect(tree.files().head.total).toBe(59)
})

test("each entry tells the venue's clock: the camera's zone, else this machine's at that moment", () => {
  publish('camera.jpg', 540)
  publish('silent.jpg')
  const [silent, camera] = tree.files().head.recent
  expect(camera).toMatchObject({ filename: 'camera.jpg', offset: 540, place: 1 })
  expect(silent).toMatchObject({ offset: 0 - new Date(silent!.takenAt).getTimezoneOffset(), place: 2 })
})
