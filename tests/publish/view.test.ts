import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createBus } from '../../daemon/bus.ts'
import { createBucketFiles } from '../../daemon/cloud/bucket-files.ts'
import { createDeletePhoto, createEmptyTrash } from '../../daemon/decisions/trash.ts'
import { createKeyedMutex } from '../../daemon/util/keyed-mutex.ts'
import { isThere, usePublisher } from './rig.ts'

/** The picture for a phone's screen: it comes, leaves and comes back with the web size that it belongs to. */

const { house, originalFiles, publisher, openPublisher, rig, draw, web, trash, shoot, publish, manifest } =
  usePublisher()

const VIEW = 'view/IMG_1.webp'
const { MAX_SAFE_INTEGER: EVER } = Number
const queued = () => house.catalog.uploads.due(EVER, EVER).map(({ lane, key }) => `${lane} ${key}`)
const has = async () => (await manifest()).recent.map((entry) => entry.has)

/** A version as the program made them before there were views: neither file nor note of one. */
async function publishBefore(name: string): Promise<void> {
  const { publications } = house.catalog
  const photo = house.addPhoto(name.replace('.jpg', '.JPG'))
  const made = { photoId: photo.id, edit: photo.edit, width: 6, height: 4, bytes: 9, thumbhash: '' }
  for (const file of [name, `thumb/${name.replace('.jpg', '.webp')}`]) {
    await mkdir(dirname(web(file)), { recursive: true })
    await writeFile(web(file), 'pixels')
  }
  publications.goLive(publications.reserve(house.event.id, name, made).id, null)
}
afterEach(() => expect(queued().filter((one) => one.includes('undefined'))).toEqual([]))

test('a view is made of the same print, named in the list, and sent before the web size', async () => {
  await publish(await shoot('IMG_1.JPG'))
  expect(rig.prints).toBe(1)
  expect(await isThere(web(VIEW))).toBe(true)
  expect(await has()).toEqual([{ web: true, full: false, view: true }])
  expect(queued().filter((one) => !one.includes('manifest'))).toEqual([
    'thumb thumb/IMG_1.webp',
    `web ${VIEW}`,
    'web IMG_1.jpg',
  ])
})

test('an unpublish takes it off the network and the bucket, and undone both have it again', async () => {
  await publish(await shoot('IMG_1.JPG'))
  await publisher.unpublish('IMG_1.jpg')
  expect([await isThere(web(VIEW)), await isThere(trash(`published/${VIEW}`))]).toEqual([false, true])
  expect(queued()).toContain(`removal ${VIEW}`)
  expect(queued()).not.toContain(`web ${VIEW}`)
  await publisher.undoUnpublish('IMG_1.jpg')
  expect([await isThere(web(VIEW)), await isThere(trash(`published/${VIEW}`))]).toEqual([true, false])
  expect(queued()).toContain(`web ${VIEW}`)
  expect(queued()).not.toContain(`removal ${VIEW}`)
})

test('a version that is replaced takes its view with it', async () => {
  await publish(await shoot('IMG_1.JPG'))
  await publish('IMG_1.JPG', { change: { exposure: 1 }, replaces: 'IMG_1.jpg' })
  expect([await isThere(web(VIEW)), await isThere(web('view/IMG_1_002.webp'))]).toEqual([false, true])
  expect(queued()).toEqual(expect.arrayContaining([`removal ${VIEW}`, 'web view/IMG_1_002.webp']))
})

test('what fails before it is public, and what a crash leaves, leaves no view', async () => {
  await shoot('IMG_1.JPG')
  rig.print = async (...job) => {
    await originalFiles.move('IMG_1.JPG', 'trashed')
    return draw(...job)
  }
  await expect(publish('IMG_1.JPG')).rejects.toMatchObject({ code: 'not_in_buffer' })
  expect(await isThere(web(VIEW))).toBe(false)

  const { publications } = house.catalog
  const photo = house.addPhoto('IMG_2.JPG')
  const made = { photoId: photo.id, edit: photo.edit, width: 1, height: 1, bytes: 1, thumbhash: '' }
  publications.reserve(house.event.id, 'IMG_2.jpg', { ...made, viewBytes: 1 })
  await mkdir(web('view'), { recursive: true })
  await writeFile(web('view/IMG_2.webp'), 'half a promise')
  await openPublisher().recover()
  expect(await isThere(web('view/IMG_2.webp'))).toBe(false)
})

test('a trash that is emptied holds no view of what was in it', async () => {
  await publish(await shoot('IMG_1.JPG'))
  await publisher.unpublish('IMG_1.jpg')
  await originalFiles.move('IMG_1.JPG', 'trashed')
  expect(await isThere(trash(`published/${VIEW}`))).toBe(true)
  const { catalog, folders } = house
  const bus = createBus({ now: Date.now, onError: (error) => expect.fail(String(error)) })
  const remove = createDeletePhoto({ catalog, folders, originalFiles, bus })
  const empty = createEmptyTrash({ catalog, folders, remove, mutex: createKeyedMutex() })
  expect(await empty(1)).toMatchObject({ deleted: 1, kept: [] })
  expect(await isThere(trash(`published/${VIEW}`))).toBe(false)
})

test('what was published before there were views leaves and comes back without one', async () => {
  await publishBefore('IMG_9.jpg')
  await publish(await shoot('IMG_1.JPG'))
  expect(await has()).toEqual([
    { web: true, full: false, view: true },
    { web: true, full: false },
  ])
  await publisher.unpublish('IMG_9.jpg')
  expect(queued()).not.toContain('removal view/IMG_9.webp')
  expect((await publisher.undoUnpublish('IMG_9.jpg')).state).toBe('live')
})

test('another bucket gets the views too, and its list names each once it is there', async () => {
  await publishBefore('IMG_9.jpg')
  await publish(await shoot('IMG_1.JPG'))
  const { catalog, event } = house
  const bucket = createBucketFiles({ catalog, now: () => 0 })
  bucket.sendAll()
  expect(queued().filter((one) => one.includes('view'))).toEqual([`web ${VIEW}`])
  const store = (key: string) => {
    const upload = catalog.uploads.due(EVER, EVER).find((one) => one.key === key)!
    catalog.uploads.done(upload.id, 'etag')
    bucket.stored(event.id, key)
  }
  const listed = () => {
    const head = bucket.documents(event.id).find(({ key }) => key.endsWith('/manifest.json'))!
    return JSON.parse(head.body).recent.map(({ has }: { has: object }) => has)
  }
  const unsent = () => catalog.photos.byName(event.id, 'IMG_1.JPG')
  store('thumb/IMG_1.webp')
  expect(listed()).toEqual([{ web: false, full: false }])
  store(VIEW)
  expect(listed()).toEqual([{ web: false, full: false, view: true }])
  // A view is no web size: the photo is on its way still.
  expect(catalog.uploads.isDone(catalog.publications.byName(event.id, 'IMG_1.jpg')!.id, 'web')).toBe(false)
  const before = unsent()
  store('IMG_1.jpg')
  expect(listed()).toEqual([{ web: true, full: false, view: true }])
  expect(unsent()).not.toEqual(before)
  expect(bucket.fileOf(event.id, VIEW)).toBe(web(VIEW))
  await publisher.unpublish('IMG_1.jpg')
  expect(bucket.fileOf(event.id, VIEW)).toBeNull()
})
