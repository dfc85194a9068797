import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type {
  EventsIndex,
  ManifestEntry,
  ManifestHead,
  ManifestIndex,
  ManifestPage,
  PageRef,
} from '../../daemon/contract/manifest.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { createBucketFiles, type BucketFiles } from '../../daemon/cloud/bucket-files.ts'
import { thumbName } from '../../daemon/publish/public-names.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
let bucket: BucketFiles
/** Publications that were read from the catalog for manifests. */
let read = 0

function openBucket(): BucketFiles {
  const { publications } = house.catalog
  return createBucketFiles({
    catalog: {
      ...house.catalog,
      publications: {
        ...publications,
        between(...range) {
          const found = publications.between(...range)
          read += found.length
          return found
        },
      },
    },
    now: () => 0,
  })
}

beforeEach(async () => {
  house = await openHouse()
  bucket = openBucket()
})
afterEach(() => house.close())

const { MAX_SAFE_INTEGER: EVER } = Number
const eventId = () => house.event.id

/** Queues a photo as publishing does. */
function publish(name: string): void {
  const { publications, uploads } = house.catalog
  const photo = house.addPhoto(`${name}.original`)
  const made = { photoId: photo.id, edit: NEUTRAL, width: 6, height: 4, bytes: 9, thumbhash: '' }
  const { id, place } = publications.goLive(publications.reserve(eventId(), name, made).id, null)
  uploads.add(eventId(), 'thumb', thumbName(name), 0, id)
  uploads.add(eventId(), 'web', name, 9, id)
  bucket.changed(place)
}

/** Stores the objects that wait, as the uploader does. */
function store(fits: (key: string) => boolean = () => true): void {
  const { uploads } = house.catalog
  for (const upload of uploads.due(EVER, EVER))
    if (fits(upload.key) && uploads.done(upload.id, 'etag') && upload.lane !== 'manifest')
      bucket.stored(upload.eventId, upload.key)
}

function publishMany(from: number, to: number): void {
  house.catalog.transaction(() => {
    for (let n = from; n <= to; n += 1) publish(`${n}.jpg`)
    store()
  })
}

function documents(): { head: ManifestHead; names: string[] } {
  const files = new Map(bucket.documents(eventId()).map(({ key, body }) => [key, body]))
  const { prefix } = house.event
  const head = JSON.parse(files.get(`${prefix}/manifest.json`)!) as ManifestHead
  const entriesOf = ({ file }: PageRef): ManifestEntry[] => {
    const page = JSON.parse(files.get(`${prefix}/${file}`)!) as ManifestPage | ManifestIndex
    return 'pages' in page ? page.pages.flatMap(entriesOf) : page.entries
  }
  const paged = head.pages.flatMap(entriesOf)
  return { head, names: [...head.recent, ...paged].map(({ filename }) => filename) }
}

const waiting = () => house.catalog.uploads.due(EVER, EVER).map(({ key }) => key)
const setHero = (hero: string | null) => {
  house.catalog.events.change(eventId(), { hero })
  bucket.changed()
}

test('a photo is named once its thumb is stored, and says when its web size is', () => {
  publish('a.jpg')
  expect(documents().names).toEqual([])
  store((key) => key === 'thumb/a.webp')
  expect(documents().head.recent).toMatchObject([{ filename: 'a.jpg', has: { web: false, full: false } }])
  store()
  expect(documents().head.recent).toMatchObject([{ filename: 'a.jpg', has: { web: true, full: false } }])
})

test('what is stored, and what goes, is heard of in pages that were built before', () => {
  publishMany(1, 300)
  const { publications } = house.catalog
  publish('301.jpg')
  expect(documents().names).toHaveLength(300)
  const publication = publications.byName(eventId(), '7.jpg')!
  publications.goGone(publication.id)
  // The control: untold, the builder repeats the page.
  expect(documents().names).toContain('7.jpg')
  bucket.changed(publication.place)
  expect(documents().names).not.toContain('7.jpg')
  expect(documents().names).toHaveLength(299)
})

test('one more publish reads as little at a thousand as at a hundred; a new builder would read all', () => {
  const oneMore = (name: string) => {
    publish(name)
    store()
    read = 0
    documents()
    return read
  }
  publishMany(1, 100)
  documents()
  const atHundred = oneMore('small.jpg')
  publishMany(101, 1000)
  documents()
  expect(oneMore('large.jpg')).toBeLessThanOrEqual(atHundred + 50)
  bucket = openBucket()
  expect(oneMore('control.jpg')).toBeGreaterThan(1000)
})

test('pages and the document of the event come before the head, and the index of events last', () => {
  publishMany(1, 60)
  const keys = bucket.documents(eventId()).map(({ key }) => key)
  expect(keys.slice(0, -3).every((key) => key.includes('/pages/'))).toBe(true)
  const document = `private/${house.event.slug}/${house.event.access.token}.json`
  expect(keys.slice(-3)).toEqual([document, `${house.event.prefix}/manifest.json`, 'events.json'])
  const index = JSON.parse(bucket.documents(eventId()).at(-1)!.body) as EventsIndex
  expect(index.current).toBe(house.event.slug)
  expect(bucket.documents(99)).toEqual([])
})

test('a change of the event queues the manifest, and a new hero before it, once', () => {
  bucket.changed()
  expect(waiting()).toEqual(['manifest.json'])
  setHero('hero-1.jpg')
  bucket.changed()
  expect(waiting()).toEqual(['assets/hero-1.jpg', 'manifest.json'])
  store()
  bucket.changed()
  expect(waiting()).toEqual(['manifest.json'])
})

test('guests keep the hero that they have until the next one is stored', () => {
  setHero('hero-1.jpg')
  expect(documents().head.event.hero).toBeNull()
  store()
  expect(documents().head.event.hero).toBe('assets/hero-1.jpg')
  setHero('hero-2.jpg')
  expect(documents().head.event.hero).toBe('assets/hero-1.jpg')
  store()
  expect(documents().head.event.hero).toBe('assets/hero-2.jpg')
  setHero(null)
  expect(documents().head.event.hero).toBeNull()
  setHero('hero-3.jpg')
  expect(documents().head.event.hero).toBeNull()
})

test('only what is live and the hero of the day may be sent', () => {
  publish('a.jpg')
  publish('b.jpg')
  const { publications } = house.catalog
  publications.goGone(publications.byName(eventId(), 'b.jpg')!.id)
  setHero('hero-1.jpg')
  const web = house.folders.path('web')
  for (const key of ['a.jpg', 'thumb/a.webp', 'assets/hero-1.jpg'])
    expect(bucket.fileOf(eventId(), key)).toBe(join(web, key))
  const refused = ['b.jpg', 'thumb/b.webp', 'assets/hero-0.jpg', 'hero-1.jpg', 'assets/../a.jpg', 'c.jpg']
  for (const key of refused) expect(bucket.fileOf(eventId(), key)).toBeNull()
  setHero(null)
  expect(bucket.fileOf(eventId(), 'assets/hero-1.jpg')).toBeNull()
  expect(bucket.fileOf(99, 'a.jpg')).toBeNull()
})
