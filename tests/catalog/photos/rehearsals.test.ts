import { afterEach, beforeEach, expect, test } from 'vitest'
import { createManifestBuilder, manifestEntry } from '../../../daemon/publish/manifest.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

function publish(name: string, origin: string) {
  const { catalog, event } = house
  const photo = house.addPhoto(name, {}, { origin })
  const made = { photoId: photo.id, edit: NEUTRAL, width: 1, height: 1, bytes: 1, thumbhash: '', full: true }
  const { id } = catalog.publications.reserve(event.id, name.toLowerCase(), made)
  return { photo, publication: catalog.publications.goLive(id, null) }
}
/** What every list and count says. */
function seen() {
  const { photos, publications, statistics } = house.catalog
  const { id } = house.event
  const builder = createManifestBuilder({ publications, now: () => 0, entry: manifestEntry })
  const { head, pages } = builder.build(house.event, 1)
  const { hours: _, started_at: __, ...counts } = statistics.of(id)
  return {
    photos: [
      photos.list(id, 'buffer').items.map((one) => one.filename),
      photos.list(id, 'buffer', { limit: 9 }).total,
    ],
    live: [
      publications.list(id).items.map((one) => one.name),
      publications.count(id),
      publications.lastPlace(id),
    ],
    between: publications.between(id, -9, 99).map((one) => one.name),
    full: publications.withoutFull(id).map((one) => one.name),
    head: [head.total, head.recent.map((one) => one.filename), pages.size],
    counts,
  }
}

test('a test shot is in no list and no count, whoever publishes it; another photo is in each of them', () => {
  publish('IMG_1.JPG', 'buffer')
  const before = seen()
  const { photo, publication } = publish('rehearsal-1.jpg', 'rehearsal')
  expect([publication.place, publication.fullBytes, photo.isRehearsal]).toEqual([0, null, true])
  expect(seen()).toEqual(before)
  // By its own name it is there, for whoever was told that.
  expect(house.catalog.publications.byName(house.event.id, 'rehearsal-1.jpg')?.state).toBe('live')
  house.catalog.publications.goGone(publication.id)
  house.catalog.photos.markDeleted(photo.id)
  expect([seen(), house.catalog.publications.leaving(house.event.id, 9)]).toEqual([before, []])
  // The control.
  publish('IMG_2.JPG', 'buffer')
  const after = seen()
  for (const key of Object.keys(before) as (keyof typeof before)[])
    expect(after[key]).not.toEqual(before[key])
  expect(after.live).toEqual([['img_2.jpg', 'img_1.jpg'], 2, 2])
})

test('its rows go when nothing of it is left, and those of nothing else', () => {
  const { catalog, event } = house
  const shot = publish('rehearsal-1.jpg', 'rehearsal')
  const other = publish('rehearsal-2.jpg', 'upload')
  catalog.uploads.add(event.id, 'removal', 'rehearsal-1.jpg', 0, shot.publication.id)
  catalog.photos.keepEdit(shot.photo.id, { exposure: 1 })
  const { forget } = catalog.rehearsals
  expect(forget(shot.photo.id)).toBe(false)
  for (const { photo, publication } of [shot, other]) {
    catalog.publications.goGone(publication.id)
    catalog.photos.markDeleted(photo.id)
  }
  // Something of it is still to be removed from the bucket.
  expect(forget(shot.photo.id)).toBe(false)
  catalog.uploads.drop(event.id, 'rehearsal-1.jpg')
  expect([forget(shot.photo.id), forget(other.photo.id)]).toEqual([true, false])
  expect([catalog.photos.byId(shot.photo.id), catalog.rehearsals.list()]).toEqual([undefined, []])
  expect(catalog.photos.byId(other.photo.id)?.filename).toBe('rehearsal-2.jpg')
})
