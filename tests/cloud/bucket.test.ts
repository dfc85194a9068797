import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCatalog } from '../../daemon/catalog/catalog.ts'
import type { EventsIndex, ManifestHead, ManifestPage } from '../../daemon/contract/manifest.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { silentLog } from '../../daemon/log.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

let daemon: RunningDaemon
beforeEach(async () => {
  daemon = await startDaemon()
})
afterEach(() => daemon.end())

const inBucket = (...key: string[]) => join(daemon.data, 'bucket', ...key)
const parsed = async <T>(path: string) => JSON.parse(await readFile(path, 'utf8')) as T
const index = () => parsed<EventsIndex>(inBucket('events.json'))

/** What a request changed is in the queue when it is answered; this waits until the queue is empty. */
async function settled(): Promise<void> {
  await expect
    .poll(async () => (await daemon.get('/api/status')).body.sync)
    .toMatchObject({ waiting: 0, trouble: null })
}

async function prefix(): Promise<string> {
  return (await daemon.get('/api/event-settings')).body.r2_path_prefix as string
}
const head = async () => parsed<ManifestHead>(inBucket(await prefix(), 'manifest.json'))

async function sendHero(seed: number): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(await makeJpeg({ seed }))]), 'hero.jpg')
  const reply = await fetch(`${daemon.url}/api/upload-hero-image`, {
    method: 'POST',
    headers: { origin: daemon.url },
    body: form,
  })
  expect(reply.status).toBe(200)
  return ((await reply.json()) as { filename: string }).filename
}

/** Every file below, without what is hidden. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.split('/').some((segment) => segment.startsWith('.')))
    .sort()
}

test('an event reaches the bucket before anything is published, and so do its title and its hero', async () => {
  await settled()
  expect(await head()).toMatchObject({ event: { title: '', hero: null }, total: 0 })
  const hero = await sendHero(1)
  await daemon.post('/api/event-settings', { event_title: '婚禮 & Dinner' })
  await settled()
  const { event } = await head()
  expect(event).toMatchObject({ title: '婚禮 & Dinner', hero: `assets/${hero}` })
  expect((await index()).events[event.slug]!.title).toBe('婚禮 & Dinner')
  const here = join(daemon.data, 'photos_web', 'assets', hero)
  expect(await readFile(inBucket(await prefix(), 'assets', hero))).toEqual(await readFile(here))

  const next = await sendHero(2)
  await settled()
  expect((await head()).event.hero).toBe(`assets/${next}`)
  expect(await readFile(inBucket(await prefix(), 'assets', next))).not.toHaveLength(0)

  await daemon.post('/api/delete-hero-image', { filename: next })
  await settled()
  expect((await head()).event.hero).toBeNull()
  // One that was used before is there already.
  await daemon.post('/api/set-hero-image', { filename: hero })
  await settled()
  expect((await head()).event.hero).toBe(`assets/${hero}`)
})

test('after publishing and unpublishing the bucket holds what is live, byte for byte, and nothing else', async () => {
  for (const n of [1, 2, 3]) await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n }))
  for (const n of [1, 2, 3]) await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
  await daemon.post('/api/publish', { filename: 'IMG_3.JPG', exposure: 1, replaces: 'IMG_3.jpg' })
  await settled()
  expect(await filesOf(inBucket(await prefix()))).toContain('IMG_2.jpg')
  await daemon.post('/api/unpublish', { filename: 'IMG_2.jpg' })
  await settled()
  const live = ['IMG_1', 'IMG_3_002'].flatMap((stem) => [
    `${stem}.jpg`,
    `thumb/${stem}.webp`,
    `view/${stem}.webp`,
  ])
  const at = await prefix()
  const documents = (await filesOf(inBucket())).filter((key) => key.startsWith('private/'))
  expect(documents).toEqual([expect.stringMatching(/^private\/[^/]+\/[0-9a-f]{32}\.json$/)])
  expect((await filesOf(inBucket())).filter((key) => !documents.includes(key))).toEqual(
    [...[...live, 'manifest.json'].map((key) => `${at}/${key}`), 'events.json'].sort(),
  )
  const web = join(daemon.data, 'photos_web')
  for (const key of live) expect(await readFile(inBucket(at, key))).toEqual(await readFile(join(web, key)))
  const { recent } = await head()
  expect(recent.map(({ filename, has }) => [filename, has.web, has.view])).toEqual([
    ['IMG_3_002.jpg', true, true],
    ['IMG_1.jpg', true, true],
  ])
})

test('another event is the current one in the bucket too, with a manifest of its own', async () => {
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
  await settled()
  const first = await index()
  await daemon.post('/api/events', { action: 'open', title: 'Second' })
  await settled()
  const { current, events } = await index()
  expect(current).not.toBe(first.current)
  expect(Object.keys(events)).toEqual([current])
  expect(await head()).toMatchObject({ event: { slug: current, title: 'Second' }, total: 0 })
})

test('what was left undone at a stop reaches the bucket after the next start', async () => {
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  await daemon.post('/api/event-settings', { event_title: 'Later' })
  daemon = await daemon.restart()
  await settled()
  expect(await head()).toMatchObject({
    event: { title: 'Later' },
    total: 1,
    recent: [{ has: { web: true } }],
  })
  expect(await filesOf(inBucket(await prefix()))).toEqual([
    'IMG_1.jpg',
    'manifest.json',
    'thumb/IMG_1.webp',
    'view/IMG_1.webp',
  ])
})

/** Publishes one photo so often that some of its entries are in a page; nothing of it is in the bucket yet. */
async function fill(names: readonly string[]): Promise<void> {
  const web = join(daemon.data, 'photos_web')
  await mkdir(join(web, 'thumb'), { recursive: true })
  for (const name of names)
    for (const key of [`${name}.jpg`, `thumb/${name}.webp`]) await writeFile(join(web, key), key)
  const catalog = openCatalog({ path: join(daemon.data, 'catalog.db'), now: Date.now, log: silentLog })
  const { events, photos, publications, uploads, transaction } = catalog
  const { id: eventId } = events.current()
  transaction(() => {
    const photo = photos.list(eventId, 'buffer').items[0]!
    for (const name of names) {
      const made = { photoId: photo.id, edit: NEUTRAL, width: 6, height: 4, bytes: 9, thumbhash: '' }
      const { id } = publications.goLive(publications.reserve(eventId, `${name}.jpg`, made).id, null)
      uploads.add(eventId, 'thumb', `thumb/${name}.webp`, 0, id)
      uploads.add(eventId, 'web', `${name}.jpg`, 9, id)
    }
  })
  catalog.close()
}

test('pages that were written before the web sizes were stored say in the end that they are', async () => {
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
  await daemon.stop()
  const names = Array.from({ length: 60 }, (_, n) => `IMG_1_${n}`)
  await fill(names)
  daemon = await daemon.restart()
  await settled()
  const { recent, pages } = await head()
  expect(pages).toHaveLength(1)
  const page = await parsed<ManifestPage>(inBucket(await prefix(), pages[0]!.file))
  const entries = [...recent, ...page.entries]
  expect(entries.map(({ filename }) => filename)).toEqual(names.map((name) => `${name}.jpg`).reverse())
  expect(entries.filter(({ has }) => !has.web)).toEqual([])
})
