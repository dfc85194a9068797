import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCatalog } from '../../daemon/catalog/catalog.ts'
import { JOURNAL } from '../../daemon/catalog/store/journal.ts'
import { migrate, MIGRATIONS } from '../../daemon/catalog/store/migrations.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { silentLog } from '../../daemon/log.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

test('a catalog of a newer version is refused in words and left as it is', () => {
  house.catalog.close()
  const path = join(house.data, 'catalog.db')
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`)
  db.close()
  expect(() => openCatalog({ path, now: Date.now, log: silentLog })).toThrow(/newer version of this program/)
  const after = new DatabaseSync(path)
  expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length + 1 })
  after.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
  after.close()
  house.reopen()
})

test('a migration that fails half-way leaves the version and the tables before it', () => {
  const db = new DatabaseSync(':memory:')

  expect(() =>
    migrate(db, [
      'CREATE TABLE one (a INTEGER) STRICT',
      'CREATE TABLE two (a INTEGER) STRICT; CREATE TABLE one (a INTEGER)',
    ]),
  ).toThrow(/already exists/)
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 0 })
  expect(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'").get()).toEqual({ n: 0 })
  db.close()
})

test('rows that were acknowledged are there after a reopen', () => {
  const photo = house.addPhoto('IMG_1.JPG')
  house.catalog.photos.keepEdit(photo.id, { exposure: 0.5 })
  const again = house.reopen().photos.byId(photo.id)
  expect(again).toMatchObject({ filename: 'IMG_1.JPG', edit: { ...NEUTRAL, exposure: 0.5 } })
})

test('a name is found, and taken, whatever its case and composition', () => {
  house.addPhoto('Café.JPG')
  const { photos } = house.catalog
  expect(photos.byName(house.event.id, 'cafe\u0301.jpg')?.filename).toBe('Café.JPG')
  expect(() => house.addPhoto('CAFE\u0301.jpg')).toThrow(/UNIQUE/)
})

test('pages of the buffer, newest first, hold every photo once, also with equal times', () => {
  for (let n = 0; n < 25; n += 1) house.addPhoto(`IMG_${n}.JPG`, { takenAt: 1000 + Math.floor(n / 10) })
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = house.catalog.photos.list(house.event.id, 'buffer', { limit: 7, ...(after && { after }) })
    expect(page.total).toBe(25)
    seen.push(...page.items.map((photo) => photo.filename))
    after = page.next ?? undefined
  } while (after)
  expect(new Set(seen).size).toBe(25)
  expect(seen).toEqual(house.catalog.photos.list(house.event.id, 'buffer').items.map((p) => p.filename))
})

test('a RAW and its JPEG from one place are partners, from two places not', () => {
  const jpeg = house.addPhoto('IMG_1.JPG', {}, { origin: 'card/DCIM/100' })
  const { photos } = house.catalog
  const raw = { origin: 'card/DCIM/100', originName: 'img_1.CR2', kind: 'raw' }
  expect(photos.partners(house.event.id, raw).map(({ id }) => id)).toEqual([jpeg.id])
  expect(photos.partners(house.event.id, { ...raw, origin: 'card/DCIM/101' })).toEqual([])
  expect(photos.partners(house.event.id, { ...raw, kind: 'jpeg' })).toEqual([])
  const original = { sha256: 'raw', filename: 'IMG_1.CR2', bytes: 5, modifiedAt: 1, ...raw }
  const whole = photos.join(jpeg.id, original, null)
  expect(whole).toMatchObject({ filename: 'IMG_1.JPG', raw: { filename: 'IMG_1.CR2' } })
  expect(photos.partners(house.event.id, raw)).toEqual([])
  expect(photos.bySha256(house.event.id, 'raw')?.id).toBe(jpeg.id)
})

test('a stem that came twice, as when a camera starts counting anew, offers both', () => {
  const one = house.addPhoto('IMG_1.JPG', {}, { origin: 'card' })
  const two = house.addPhoto('IMG_1-2.JPG', {}, { origin: 'card', originName: 'IMG_1.JPG' })
  const raw = { origin: 'card', originName: 'IMG_1.CR2', kind: 'raw' }
  const ids = house.catalog.photos.partners(house.event.id, raw).map(({ id }) => id)
  expect(ids.sort()).toEqual([one.id, two.id].sort())
})

test('a JPEG that joins its RAW becomes what the photo shows', () => {
  const raw = house.addPhoto('IMG_1.CR2', { width: 160, height: 120 }, { kind: 'raw' })
  const jpeg = {
    sha256: 'jpeg', filename: 'IMG_1.JPG', bytes: 5, modifiedAt: 1, kind: 'jpeg', origin: 'buffer', originName: 'IMG_1.JPG',
  } // prettier-ignore
  const photo = house.catalog.photos.join(raw.id, jpeg, { width: 6000, height: 4000 })
  expect(photo).toMatchObject({ id: raw.id, filename: 'IMG_1.JPG', width: 6000, main: { kind: 'jpeg' } })
  expect(photo.raw?.filename).toBe('IMG_1.CR2')
})

test('a public name stays taken after its publication went', () => {
  const photo = house.addPhoto('IMG_1.JPG')
  const { publications } = house.catalog
  const rest = { photoId: photo.id, edit: NEUTRAL, width: 1, height: 1, bytes: 1, thumbhash: '' }
  const one = publications.reserve(house.event.id, 'IMG_1.jpg', rest)
  expect(publications.count(house.event.id)).toBe(0)
  publications.goLive(one.id, null)
  publications.goGone(one.id)
  publications.goGone(one.id)
  expect(publications.nameTaken(house.event.id, 'img_1.JPG')).toBe(true)
  expect(() => publications.reserve(house.event.id, 'IMG_1.jpg', rest)).toThrow(/UNIQUE/)
  expect(house.catalog.photos.byId(photo.id)).toMatchObject({
    publishedCount: 1,
    unpublishedCount: 1,
    live: [],
  })
})

test('an event pauses twelve hours after its last sign of life and not before', () => {
  house.catalog.close()
  let now = Date.now()
  const { events, close } = openCatalog({
    path: join(house.data, 'clock.db'),
    now: () => now,
    log: silentLog,
  })
  const event = events.open('', () => house.folders.paths)
  now += 12 * 3600_000 - 1
  expect(events.pauseIfQuiet()).toBe(false)
  events.touch(event.id)
  now += 12 * 3600_000 - 1
  expect(events.pauseIfQuiet()).toBe(false)
  now += 1
  expect(events.pauseIfQuiet()).toBe(true)
  expect(events.current().state).toBe('paused')
  expect(events.pauseIfQuiet()).toBe(false)
  close()
  house.reopen()
})

test('a second event on the same day gets its own slug, prefix and folders, and closes the first', () => {
  const { events } = house.catalog
  const second = events.open('Evening', (slug, first) => {
    expect(first).toBe(false)
    return { ...house.event.folders, web: `/somewhere/${slug}` }
  })
  expect(second.slug).toMatch(new RegExp(`^${second.date}-[2-9a-z]{4}$`))
  expect(second.prefix).toMatch(new RegExp(`^${second.date}-[2-9a-z]{16}$`))
  expect(second.folders.web).toBe(`/somewhere/${second.slug}`)
  expect(events.find(house.event.slug)?.state).toBe('closed')
  expect(events.current().id).toBe(second.id)
})

test('an event starts at the midnight of its day', () => {
  const start = new Date(house.event.startsAt)
  expect([start.getHours(), start.getMinutes(), start.getSeconds()]).toEqual([0, 0, 0])
})

test('replies are repeated for a day and then forgotten', () => {
  house.catalog.close()
  let now = 1_000_000_000_000
  const { requests, close } = openCatalog({ path: join(house.data, 'r.db'), now: () => now, log: silentLog })
  requests.keep('owner /api/publish', 'abcdefgh', 200, '{}')
  expect(requests.find('owner /api/publish', 'abcdefgh')).toEqual({ status: 200, reply: '{}' })
  expect(requests.find('other /api/publish', 'abcdefgh')).toBeUndefined()
  now += 24 * 3600_000
  expect(requests.find('owner /api/publish', 'abcdefgh')).toBeUndefined()
  close()
  house.reopen()
})

interface Line {
  n: number
  fact: string
  photo?: string
  filename?: string
  state?: string
  edit?: unknown
  publication?: string
  name?: string
}

test('the journal beside the photos tells all that a catalog holds of photos and publications', async () => {
  const { photos, publications, journal } = house.catalog
  const one = house.addPhoto('IMG_1.JPG')
  const two = house.addPhoto('IMG_2.JPG')
  photos.keepEdit(one.id, { rotation: 90 })
  photos.setState(two.id, 'archived')
  const live = publications.reserve(house.event.id, 'IMG_1.jpg', {
    photoId: one.id, edit: NEUTRAL, width: 1, height: 1, bytes: 1, thumbhash: '',
  }) // prettier-ignore
  publications.goLive(live.id, null)
  expect(await journal.drain()).toBe(true)

  const text = await readFile(join(house.folders.path('buffer'), JOURNAL), 'utf8')
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  expect(lines.map(({ n }) => n)).toEqual(lines.map((_, i) => i + 1))
  const rebuilt = new Map<string, { filename: string; state: string; edit: unknown; live: string[] }>()
  for (const line of lines) {
    const photo = line.photo === undefined ? undefined : rebuilt.get(line.photo)
    if (line.fact === 'photo.added')
      rebuilt.set(line.photo!, { filename: line.filename!, state: 'buffer', edit: NEUTRAL, live: [] })
    if (line.fact === 'photo.moved') photo!.state = line.state!
    if (line.fact === 'edit.kept') photo!.edit = line.edit
    if (line.fact === 'publication.live') photo!.live.push(line.name!)
  }
  const held = [
    ...photos.list(house.event.id, 'buffer').items,
    ...photos.list(house.event.id, 'archived').items,
  ]
  expect(Object.fromEntries(rebuilt)).toEqual(
    Object.fromEntries(
      held.map(({ id, filename, state, edit, live: names }) => [
        id,
        { filename, state, edit, live: [...names] },
      ]),
    ),
  )
})

test('journal lines wait in the catalog while the folder is away, and a torn line swallows no other', async () => {
  const { writeFile, rm, appendFile } = await import('node:fs/promises')
  const { journal } = house.catalog
  const sentinel = join(house.folders.path('buffer'), '.lep-folder')
  const id = await readFile(sentinel, 'utf8')
  await rm(sentinel)
  house.addPhoto('IMG_1.JPG')
  expect(await journal.drain()).toBe(false)
  await writeFile(sentinel, id)
  const file = join(house.folders.path('buffer'), JOURNAL)
  await appendFile(file, '{"v":1,"n":1,"at"')
  expect(await journal.drain()).toBe(true)
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  expect(lines[0]).toBe('{"v":1,"n":1,"at"')
  const facts = lines.slice(1).map((line) => (JSON.parse(line) as Line).fact)
  expect(facts).toContain('photo.added')
})
