import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, MIGRATIONS } from '../../../daemon/catalog/store/migrations.ts'
import type { Db } from '../../../daemon/catalog/store/sql.ts'
import { createUploads, LANES, type Uploads } from '../../../daemon/catalog/publications/uploads.ts'

const EVENT = 1
const NOW = 1_000_000
let db: DatabaseSync
let uploads: Uploads
/** SQL of every statement that was prepared. */
let prepared: string[]

function open(migrations: readonly string[] = MIGRATIONS): void {
  db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  migrate(db, migrations)
  prepared = []
  uploads = createUploads({
    prepare(sql: string) {
      prepared.push(sql)
      return db.prepare(sql)
    },
  } as Db)
}
beforeEach(() => open())
afterEach(() => db.close())

const add = (lane: (typeof LANES)[number], key: string, publicationId: string | null = null) =>
  uploads.add(EVENT, lane, key, 10, publicationId)
const due = (limit = 100) => uploads.due(NOW, limit).map(({ key }) => key)
const only = () => uploads.due(NOW, 1)[0]!

/** An upload is under way when its photo is unpublished; then it arrives all the same. */
function finishAfterUnpublish(): boolean {
  add('web', 'a.jpg', 'one')
  const { id } = only()
  uploads.drop(EVENT, 'a.jpg')
  add('removal', 'a.jpg')
  return uploads.done(id, 'etag')
}

test('an upload that was dropped while it was under way cannot speak for another one', () => {
  expect(finishAfterUnpublish()).toBe(false)
  expect(due()).toEqual(['a.jpg'])
  expect(only().lane).toBe('removal')
  expect(uploads.isDone('one', 'web')).toBe(false)
})

test('with ids that are used again it would take a removal for done', () => {
  db.close()
  open(MIGRATIONS.map((sql) => sql.replace('PRIMARY KEY AUTOINCREMENT,', 'PRIMARY KEY,')))
  expect(finishAfterUnpublish()).toBe(true)
  expect(due()).toEqual([])
})

test('the most urgent are named first: by lane, then by age', () => {
  for (const lane of [...LANES].reverse()) for (const n of [1, 2]) add(lane, `${lane}-${n}`)
  const order = LANES.flatMap((lane) => [`${lane}-1`, `${lane}-2`])
  expect(due()).toEqual(order)
  expect(due(3)).toEqual(order.slice(0, 3))
})

test('what is not due yet is passed over, and it is known when it will be', () => {
  add('thumb', 'a')
  add('web', 'b')
  uploads.failed(only().id, NOW + 500, 'No.')
  expect(due()).toEqual(['b'])
  expect(uploads.nextDue()).toBe(0)
  uploads.done(only().id, '')
  expect(uploads.nextDue()).toBe(NOW + 500)
  expect(uploads.due(NOW + 500, 1)[0]).toMatchObject({ key: 'a', tries: 1 })
  expect(uploads.waiting()).toEqual({ count: 1, bytes: 10, trouble: 'No.' })
})

test('as long as a removal waits, also one that is not due, nothing else of its object is named', () => {
  add('removal', 'a.jpg')
  uploads.failed(only().id, NOW + 500, 'No.')
  add('web', 'a.jpg')
  add('web', 'b.jpg')
  uploads.add(EVENT + 1, 'web', 'a.jpg', 10, null)
  expect(uploads.due(NOW, 9).map(({ eventId, key }) => [eventId, key])).toEqual([
    [EVENT, 'b.jpg'],
    [EVENT + 1, 'a.jpg'],
  ])
  uploads.done(uploads.due(NOW + 500, 1)[0]!.id, '')
  expect(due()).toEqual(['a.jpg', 'b.jpg', 'a.jpg'])
})

test('what is asked for again while it is under way waits for another turn', () => {
  add('manifest', 'manifest.json')
  const first = only()
  add('manifest', 'manifest.json')
  expect(uploads.isWaiting(first.id)).toBe(false)
  expect(uploads.done(first.id, '')).toBe(false)
  expect(due()).toEqual(['manifest.json'])
  expect(uploads.done(only().id, '')).toBe(true)
  expect(due()).toEqual([])
})

test('files that are stored are remembered; removals and manifests are not', () => {
  add('thumb', 'thumb/a.webp', 'one')
  add('thumb', 'assets/hero.jpg')
  add('manifest', 'manifest.json')
  add('removal', 'old.jpg')
  expect(uploads.stateOf(EVENT, 'assets/hero.jpg')).toBe('waiting')
  for (const { id } of uploads.due(NOW, 9)) expect(uploads.done(id, 'etag')).toBe(true)
  expect(uploads.isDone('one', 'thumb')).toBe(true)
  expect(uploads.isDone('one', 'web')).toBe(false)
  expect(uploads.stateOf(EVENT, 'assets/hero.jpg')).toBe('done')
  expect(uploads.stateOf(EVENT, 'old.jpg')).toBeUndefined()
  expect(uploads.stateOf(EVENT + 1, 'assets/hero.jpg')).toBeUndefined()
  expect(db.prepare('SELECT count(*) AS n FROM uploads').get()).toEqual({ n: 2 })
})

test('the queue is read in its order from an index, at any length', () => {
  const [sql] = prepared.filter((one) => one.includes('ORDER BY turn'))
  const plan = () =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(NOW, 8)
      .map((row) => String(row['detail']))
      .join('\n')
  expect(plan()).toContain('uploads_in_turn')
  expect(plan()).not.toContain('TEMP B-TREE')
  db.exec('DROP INDEX uploads_in_turn')
  expect(plan()).toContain('TEMP B-TREE')
})
