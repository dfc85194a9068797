import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MIGRATIONS, migrate } from '../../../daemon/catalog/store/migrations.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const facts = () => {
  const db = new DatabaseSync(`${house.data}/catalog.db`, { readOnly: true })
  const lines = db.prepare('SELECT line FROM facts ORDER BY n').all() as { line: string }[]
  db.close()
  return lines.map(({ line }) => JSON.parse(line) as { fact: string })
}

test('a catalog of before knows what its publications were made from, and nothing of its pictures', () => {
  const db = new DatabaseSync(':memory:')
  const before = MIGRATIONS.findIndex((sql) => sql.includes('ADD COLUMN picture'))
  migrate(db, MIGRATIONS.slice(0, before))
  db.exec(`
    INSERT INTO events (id, slug, prefix, date, starts_at, state, settings, folders, active_at)
      VALUES (1, 'a', 'a', '2026-05-01', 0, 'open', '{}', '{}', 0);
    INSERT INTO photos (id, event_id, filename, state, width, height, taken_at, added_at)
      VALUES ('p', 1, 'A.JPG', 'buffer', 3, 2, 0, 0);
    INSERT INTO originals (event_id, sha256, photo_id, role, filename, filename_key, bytes, modified_at, kind, origin, origin_stem)
      VALUES (1, 'sha-jpeg', 'p', 'main', 'A.JPG', 'a.jpg', 9, 0, 'jpeg', 'buffer', 'a'),
             (1, 'sha-raw', 'p', 'raw', 'A.DNG', 'a.dng', 9, 0, 'raw', 'buffer', 'a');
    INSERT INTO publications (id, event_id, photo_id, name, name_key, edit, edit_key, state, place, width, height, bytes, thumbhash, published_at)
      VALUES ('u', 1, 'p', 'A.jpg', 'a.jpg', '{}', '', 'live', 1, 3, 2, 9, '', 0);`)
  migrate(db)
  expect(db.prepare('SELECT source FROM publications').get()).toEqual({ source: 'sha-jpeg' })
  expect(db.prepare('SELECT DISTINCT picture, shot_at, stat, lost FROM originals').all()).toEqual([
    { picture: null, shot_at: null, stat: null, lost: 0 },
  ])
  db.close()
})

test('two photos change names, and the old ones lead nowhere else', () => {
  const { id } = house.event
  const [a, b] = [house.addPhoto('A.JPG'), house.addPhoto('B.JPG')]
  const { originals, photos } = house.catalog
  expect(originals.rename(id, a.main.sha256, 'B.JPG').sort()).toEqual([a.id, b.id].sort())
  expect(photos.byName(id, 'B.JPG')).toMatchObject({ id: a.id, filename: 'B.JPG', main: { lost: false } })
  // Nobody has seen where the other went: its file is gone until somebody does.
  expect(photos.byName(id, 'A.JPG')).toMatchObject({ id: b.id, filename: 'A.JPG', main: { lost: true } })
  originals.rename(id, b.main.sha256, 'C.JPG')
  expect(photos.named(id, 'A.JPG')?.id).toBe(a.id)
  expect(originals.wasNamed(id, 'A.JPG')).toBe(true)
  const renamed = facts().filter(({ fact }) => fact === 'original.renamed')
  expect(renamed.at(-1)).toMatchObject({ photo: b.id, filename: 'C.JPG' })
})

test('new bytes of a frame are the photo’s, and a card still knows what it gave', () => {
  const { id } = house.event
  const photo = house.addPhoto('A.JPG')
  const { importHistory, originals, photos } = house.catalog
  importHistory.note(id, 'card:A', ['key'], 'taken', photo.main.sha256)
  const renewal = { sha256: 'new', bytes: 7, modifiedAt: 5.4, picture: 'p', shotAt: 1, stat: null }
  originals.renew(id, photo.main.sha256, renewal, { width: 400, height: 600 })
  expect(photos.bySha256(id, photo.main.sha256)).toBeUndefined()
  expect(photos.byId(photo.id)).toMatchObject({ width: 400, height: 600, main: { sha256: 'new', bytes: 7 } })
  expect(facts().at(-1)).toMatchObject({
    fact: 'original.renewed',
    was: photo.main.sha256,
    sha256: 'new',
    width: 400,
  })
  photos.markDeleted(photo.id)
  expect(importHistory.deleted(id, 'card:A')).toEqual(['A.JPG'])
})

test('a frame whose file is lost is wanted again from whoever gave it', () => {
  const { id } = house.event
  const photo = house.addPhoto('A.JPG')
  const { importHistory, originals, photos } = house.catalog
  importHistory.note(id, 'card:A', ['key'], 'taken', photo.main.sha256)
  expect(importHistory.outcome(id, 'card:A', 'key')).toBe('taken')
  expect([originals.lose(id, photo.main.sha256), originals.lose(id, photo.main.sha256)]).toEqual([
    true,
    false,
  ])
  expect(importHistory.outcome(id, 'card:A', 'key')).toBeUndefined()
  // Not when a person deleted it.
  photos.markDeleted(photo.id)
  expect(importHistory.outcome(id, 'card:A', 'key')).toBe('taken')
})
