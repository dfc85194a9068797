import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { Refusal } from '../../daemon/errors.ts'
import { SENTINEL } from '../../daemon/folders.ts'
import { silentLog } from '../../daemon/log.ts'
import { settingsOf } from '../fixtures/output-settings.ts'
import { isThere, usePublisher } from './rig.ts'

const {
  rig,
  house,
  originalFiles,
  publisher,
  notices,
  draw,
  openPublisher,
  heldPrint,
  web,
  trash,
  shoot,
  publish,
  manifest,
  listed,
} = usePublisher()

test('a publish ends with the file, the thumb, the manifest and the notices in place', async () => {
  await shoot('IMG_1.JPG')
  expect(await publish('IMG_1.JPG')).toBe('IMG_1.jpg')
  expect(await readFile(web('IMG_1.jpg'), 'utf8')).toBe('pixels 0')
  expect(await isThere(web('thumb/IMG_1.webp'))).toBe(true)
  expect(await listed()).toEqual(['IMG_1.jpg'])
  expect(notices.map(({ type }) => type)).toEqual(['publication.live', 'photo.changed'])
  expect(await readdir(web('.rendering'))).toEqual([])
})

test('three edits of a photo, or again, get three names', async () => {
  await shoot('IMG_1.JPG')
  expect(await publish('IMG_1.JPG')).toBe('IMG_1.jpg')
  expect(await publish('IMG_1.JPG', { change: { exposure: 1 } })).toBe('IMG_1_002.jpg')
  expect(await publish('IMG_1.JPG', { again: true })).toBe('IMG_1_003.jpg')
  expect(await readFile(web('IMG_1_003.jpg'), 'utf8')).toBe('pixels 1')
})

test('ten identical requests at once make one version, and a later one finds it', async () => {
  await shoot('IMG_1.JPG')
  const all = await Promise.all(
    Array.from({ length: 10 }, () => publisher.publish({ filename: 'IMG_1.JPG', change: {} })),
  )
  expect(new Set(all.map(({ publication }) => publication.name))).toEqual(new Set(['IMG_1.jpg']))
  expect(all.filter(({ already }) => !already)).toHaveLength(1)
  expect(rig.prints).toBe(1)
  expect(await publisher.publish({ filename: 'IMG_1.JPG', change: {} })).toMatchObject({ already: true })
})

test('names that cameras give never meet names that we give', async () => {
  await shoot('IMG_1.JPG')
  await shoot('IMG_1_002.JPG')
  await shoot('img_1.png')
  expect(await publish('IMG_1.JPG')).toBe('IMG_1.jpg')
  expect(await publish('IMG_1.JPG', { again: true })).toBe('IMG_1_002.jpg')
  expect(await publish('IMG_1_002.JPG')).toBe('IMG_1_002_002.jpg')
  expect(await publish('img_1.png')).toBe('img_1_003.jpg')
})

test('a name is never used again', async () => {
  await shoot('IMG_1.JPG')
  expect(await publish('IMG_1.JPG')).toBe('IMG_1.jpg')
  await publisher.unpublish('IMG_1.jpg')
  expect(await publish('IMG_1.JPG')).toBe('IMG_1_002.jpg')
})

test("a stranger's file in the web folder is neither overwritten nor published", async () => {
  await shoot('IMG_1.JPG')
  await writeFile(web('IMG_1.jpg'), 'not ours')
  expect(await publish('IMG_1.JPG')).toBe('IMG_1_002.jpg')
  expect(await readFile(web('IMG_1.jpg'), 'utf8')).toBe('not ours')
})

test('unpublishing takes the photo off the manifest and moves its file to the trash', async () => {
  await shoot('IMG_1.JPG')
  await publish('IMG_1.JPG')
  await publisher.unpublish('IMG_1.jpg')
  expect(await listed()).toEqual([])
  expect(await isThere(web('IMG_1.jpg'))).toBe(false)
  expect(await isThere(web('thumb/IMG_1.webp'))).toBe(false)
  expect(await readFile(trash('published/IMG_1.jpg'), 'utf8')).toBe('pixels 0')
  expect(await isThere(join(house.folders.path('buffer'), 'IMG_1.JPG'))).toBe(true)
  expect(notices.at(-2)).toMatchObject({ type: 'publication.gone', filename: 'IMG_1.jpg' })
})

test('two people who unpublish at once are both told that it is done, and it is counted once', async () => {
  await shoot('IMG_1.JPG')
  await publish('IMG_1.JPG')
  await Promise.all([publisher.unpublish('IMG_1.jpg'), publisher.unpublish('IMG_1.jpg')])
  expect(house.catalog.photos.byName(house.event.id, 'IMG_1.JPG')?.unpublishedCount).toBe(1)
})

test("a photo's own name unpublishes its one live version, and asks which when there are two", async () => {
  await shoot('DSC_9.NEF')
  await publish('DSC_9.NEF')
  await publish('DSC_9.NEF', { again: true })
  await expect(publisher.unpublish('DSC_9.NEF')).rejects.toMatchObject({ status: 409, code: 'several_live' })
  await publisher.unpublish('DSC_9_002.jpg')
  expect((await publisher.unpublish('DSC_9.NEF')).name).toBe('DSC_9.jpg')
})

test('a replacement goes in and the old version out in one write of the manifest', async () => {
  for (const name of ['IMG_1.JPG', 'IMG_2.JPG']) await publish(await shoot(name))
  const before = await manifest()
  const name = await publish('IMG_1.JPG', { change: { exposure: 1 }, replaces: 'IMG_1.jpg' })
  const after = await manifest()
  expect(name).toBe('IMG_1_002.jpg')
  expect(after.revision).toBe(before.revision + 1)
  expect(after.recent.map((entry) => entry.filename)).toEqual(['IMG_2.jpg', 'IMG_1_002.jpg'])
  expect(await isThere(trash('published/IMG_1.jpg'))).toBe(true)
})

test('an update of a version that somebody unpublished meanwhile publishes nothing', async () => {
  await shoot('IMG_1.JPG')
  await publish('IMG_1.JPG')
  const { started, finish } = heldPrint()
  const update = publish('IMG_1.JPG', { change: { exposure: 1 }, replaces: 'IMG_1.jpg' })
  const refused = expect(update).rejects.toMatchObject({ code: 'not_live' })
  await started
  await publisher.unpublish('IMG_1.jpg')
  finish()
  await refused
  expect(await listed()).toEqual([])
  expect(await readdir(web(''))).not.toContain('IMG_1_002.jpg')
})

test('a photo that is rejected while it is rendered does not become public', async () => {
  await shoot('IMG_1.JPG')
  const { started, finish } = heldPrint()
  const refused = expect(publish('IMG_1.JPG')).rejects.toMatchObject({ code: 'not_in_buffer' })
  await started
  await originalFiles.move('IMG_1.JPG', 'trashed')
  finish()
  await refused
  expect(house.catalog.publications.count(house.event.id)).toBe(0)
  expect(await isThere(web('IMG_1.jpg'))).toBe(false)
})

test('a photo of an event that is closed while it is rendered is not published into the next, whose photo has its name', async () => {
  await shoot('IMG_1.JPG')
  const { started, finish } = heldPrint()
  const refused = expect(publish('IMG_1.JPG')).rejects.toMatchObject({ code: 'not_in_buffer' })
  await started
  const next = house.catalog.events.open('Next', () => house.folders.paths)
  house.catalog.photos.add(
    next.id,
    { width: 1, height: 1, takenAt: 0, camera: null, serial: null, rating: 0 },
    {
      sha256: 'next',
      filename: 'IMG_1.JPG',
      bytes: 1,
      modifiedAt: 0,
      kind: 'jpeg',
      origin: '',
      originName: 'IMG_1.JPG',
    },
  )
  finish()
  await refused
  expect([house.event.id, next.id].map((id) => house.catalog.publications.count(id))).toEqual([0, 0])
})

test('a darkroom that fails leaves no name, no file and no publication', async () => {
  await shoot('IMG_1.JPG')
  rig.print = () => Promise.reject(new Error('the worker died'))
  await expect(publish('IMG_1.JPG')).rejects.toThrow('the worker died')
  rig.print = draw
  expect(await publish('IMG_1.JPG')).toBe('IMG_1.jpg')
})

test.each([
  ['an unknown name', 'NOPE.JPG', {}, 'unknown_photo'],
  ['a path', '../IMG_1.JPG', {}, 'unknown_photo'],
  ['replacing what was never published', 'IMG_1.JPG', { replaces: 'x.jpg' }, 'unknown_publication'],
] as const)('%s is refused', async (_, filename, rest, code) => {
  await shoot('IMG_1.JPG')
  await expect(publish(filename, rest)).rejects.toMatchObject({ code })
  expect(rig.prints).toBe(0)
})

test("a version of another photo cannot be replaced, so that nobody's picture vanishes by a slip", async () => {
  await publish(await shoot('IMG_1.JPG'))
  await shoot('IMG_2.JPG')
  await expect(publish('IMG_2.JPG', { replaces: 'IMG_1.jpg' })).rejects.toMatchObject({ code: 'other_photo' })
})

test('a paused event publishes nothing, but still unpublishes', async () => {
  await publish(await shoot('IMG_1.JPG'))
  await shoot('IMG_2.JPG')
  house.catalog.events.change(house.event.id, { state: 'paused' })
  await expect(publish('IMG_2.JPG')).rejects.toMatchObject({ status: 409, code: 'event_not_open' })
  await publisher.unpublish('IMG_1.jpg')
  expect(house.catalog.publications.count(house.event.id)).toBe(0)
})

test('with the web disk away nothing is acknowledged and nothing is written', async () => {
  await shoot('IMG_1.JPG')
  await rm(web(SENTINEL))
  await expect(publish('IMG_1.JPG')).rejects.toMatchObject({ status: 503, code: 'folder_away' })
  expect(await readdir(web(''))).toEqual([])
})

test('a trash that is away does not keep a photo public', async () => {
  await publish(await shoot('IMG_1.JPG'))
  await rm(trash(SENTINEL))
  await publisher.unpublish('IMG_1.jpg')
  expect(await listed()).toEqual([])
  expect(await isThere(web('IMG_1.jpg'))).toBe(true)
  await writeFile(trash(SENTINEL), house.catalog.settings.get(`folder:${house.folders.path('trash')}`)!)
  await openPublisher().retireLeftovers()
  expect(await isThere(web('IMG_1.jpg'))).toBe(false)
  expect(await isThere(trash('published/IMG_1.jpg'))).toBe(true)
})

test('what a crash left between its name and its going live is cleared at the next start', async () => {
  const photo = house.addPhoto('IMG_1.JPG')
  const { publications } = house.catalog
  publications.reserve(house.event.id, 'IMG_1.jpg', {
    photoId: photo.id, edit: photo.edit, width: 1, height: 1, bytes: 1, thumbhash: '',
  }) // prettier-ignore
  await writeFile(web('IMG_1.jpg'), 'half a promise')
  await mkdir(web('.rendering'))
  await writeFile(web('.rendering/x.jpg'), 'half a picture')
  await openPublisher().recover()
  expect(publications.byName(house.event.id, 'IMG_1.jpg')?.state).toBe('gone')
  expect(await readdir(web(''))).not.toContain('IMG_1.jpg')
  expect(await readdir(web('.rendering'))).toEqual([])
})

test('what a pulled disk left half-made is cleared when it is back, and what is being made stays', async () => {
  const photo = await shoot('IMG_1.JPG')
  await publish(photo)
  const part = join(web('.rendering'), 'left by a disk.jpg')
  await writeFile(part, 'half a picture')
  const id = house.catalog.settings.get(`folder:${web('')}`.replace(/\/$/, ''))!
  await rm(web(SENTINEL))
  await expect(publisher.clearParts()).rejects.toMatchObject({ code: 'folder_away' })
  expect(await isThere(part)).toBe(true)
  await writeFile(web(SENTINEL), id)
  rig.print = async (...job) => {
    const printed = await draw(...job)
    await publisher.clearParts()
    return printed
  }
  expect(await publish(await shoot('IMG_2.JPG'))).toBe('IMG_2.jpg')
  expect(await readFile(web('IMG_2.jpg'), 'utf8')).toBe('pixels 0')
  expect(await readdir(web('.rendering'))).toEqual([])
})

test('a manifest that cannot be written is written with the next change', async () => {
  await publish(await shoot('IMG_1.JPG'))
  await rm(web('manifest.json'))
  await mkdir(web('manifest.json'))
  const warned = vi.spyOn(silentLog, 'warn')
  await publish(await shoot('IMG_2.JPG'))
  expect(warned).toHaveBeenCalled()
  await rm(web('manifest.json'), { recursive: true })
  await publish(await shoot('IMG_3.JPG'))
  expect(await listed()).toEqual(['IMG_3.jpg', 'IMG_2.jpg', 'IMG_1.jpg'])
})

test('after the watermark changed, the same edit is another picture: a new version, or an update of the old one', async () => {
  const name = await shoot('IMG_1.JPG')
  const again = () => publisher.publish({ filename: name, change: {} })
  await publish(name)
  expect((await again()).already).toBe(true)
  rig.finished = { key: 'marked', settings: settingsOf() }
  const second = await again()
  expect(second).toMatchObject({ already: false, publication: { name: 'IMG_1_002.jpg', finish: 'marked' } })
  expect((await again()).already).toBe(true)
  rig.finished = { key: 'marked again', settings: settingsOf() }
  await publish(name, { replaces: 'IMG_1_002.jpg' })
  expect(await listed()).toEqual(['IMG_1_003.jpg', 'IMG_1.jpg'])
  // Back to what the first version was made with: that one is live.
  rig.finished = { key: '', settings: settingsOf() }
  expect(await again()).toMatchObject({ already: true, publication: { name: 'IMG_1.jpg' } })
})

test('a watermark that is gone stops publishing, and nothing is published without it', async () => {
  const name = await shoot('IMG_1.JPG')
  const gone = new Refusal(409, 'watermark_missing', 'The file of the watermark is missing.')
  const outputSettings = { key: () => 'marked', current: () => Promise.reject(gone) }
  await expect(openPublisher(outputSettings).publish({ filename: name, change: {} })).rejects.toBe(gone)
  expect(house.catalog.publications.count(house.event.id)).toBe(0)
  expect(rig.prints).toBe(0)
})
