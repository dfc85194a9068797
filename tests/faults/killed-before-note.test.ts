import { DatabaseSync } from 'node:sqlite'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { failAt, mend, withCatalogFaults } from '../fixtures/disk/nth-fault.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../fixtures/disk/nth-fault.ts')).withFaults(await original()),
)

/** A process that ends after the effect of a request is committed, and before anything else is written: what was not
 * noted with the effect is gone. */
let isInside = false
const { exec } = DatabaseSync.prototype
let endFaults: () => void
let daemon: RunningDaemon
beforeEach(async () => {
  DatabaseSync.prototype.exec = function (sql) {
    exec.call(this, sql)
    if (/^(BEGIN|COMMIT|ROLLBACK)/.test(sql)) isInside = sql.startsWith('BEGIN')
  }
  endFaults = withCatalogFaults()
  daemon = await startDaemon()
  for (const n of [1, 2, 3])
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 300, height: 200 }))
})
afterEach(async () => {
  mend()
  await daemon.end()
  endFaults()
  DatabaseSync.prototype.exec = exec
})

/** @returns what was answered, and what the same request is answered after a restart */
async function twice(path: string, body: object) {
  const whole = { ...body, request_id: 'the-same-one' }
  failAt(1, 'ENOSPC', ({ what, about }) => what === 'sql' && !isInside && / INTO requests /.test(about))
  const first = await daemon.post(path, whole)
  const isLost = mend()
  daemon = await daemon.restart()
  return { first, again: await daemon.post(path, whole), isLost }
}
const buffer = async (state = 'buffer') => {
  const { images } = (await daemon.get(`/api/buffer?state=${state}`)).body
  return images.map(({ filename }: { filename: string }) => filename).sort() as string[]
}
const undoable = async () =>
  (await daemon.get('/api/undo')).body.actions.map(({ id }: { id: string }) => id) as string[]

const DECISIONS = [
  ['a rejection', '/api/reject', { filename: 'IMG_1.JPG' }],
  ['an edit', '/api/edit', { filename: 'IMG_1.JPG', edit: { exposure: 0.5 } }],
  ['stars', '/api/rate', { filename: 'IMG_1.JPG', rating: 3 }],
  ['a publish', '/api/publish', { filename: 'IMG_1.JPG' }],
  ['a delayed publish', '/api/publish', { filename: 'IMG_1.JPG', hold: 30 }],
] as const

test.each(DECISIONS)('undoing %s is answered as it was', async (_, path, body) => {
  await daemon.post(path, body)
  const { first, again } = await twice('/api/undo', { ids: await undoable() })
  expect(first).toMatchObject({ status: 200, body: { undone: [{ names: ['IMG_1.JPG'] }], kept: [] } })
  expect(again).toMatchObject({ status: 200, body: first.body })
  expect(await undoable()).toEqual([])
  expect(await buffer()).toHaveLength(3)
})

test('undoing many at once is answered as it was, and nothing before them is undone', async () => {
  await daemon.post('/api/reject', { filename: 'IMG_1.JPG' })
  await daemon.post('/api/jobs', {
    kind: 'archive',
    items: [{ filename: 'IMG_2.JPG' }, { filename: 'IMG_3.JPG' }],
  })
  await expect.poll(() => buffer('archived')).toHaveLength(2)
  const { first, again } = await twice('/api/undo', { ids: [(await undoable())[0]] })
  expect(again).toMatchObject({ status: 200, body: first.body })
  expect(await buffer()).toEqual(['IMG_2.JPG', 'IMG_3.JPG'])
})

test('of several decisions, what an interrupted undo had undone is passed over', async () => {
  await daemon.post('/api/rate', { filename: 'IMG_1.JPG', rating: 3 })
  await daemon.post('/api/reject', { filename: 'IMG_2.JPG' })
  const ids = await undoable()
  expect((await daemon.post('/api/undo', { ids: ids.slice(0, 1) })).status).toBe(200)
  const { body, status } = await daemon.post('/api/undo', { ids })
  expect([status, body.undone.length]).toEqual([200, 1])
  expect(await undoable()).toEqual([])
  // Where all of them are gone there is nothing to undo.
  expect((await daemon.post('/api/undo', { ids })).status).toBe(404)
})

test.each(['cancel', 'pause'])('a job’s %s is answered as it was', async (action) => {
  const items = [{ filename: 'IMG_1.JPG' }]
  const { job } = (await daemon.post('/api/jobs', { kind: 'publish', items, hold: 30 })).body
  const { first, again } = await twice('/api/jobs/change', { id: job.id, action })
  expect(first.status).toBe(200)
  expect(again).toMatchObject({ status: 200, body: first.body })
})

test('taking out the version before one that is live already is answered as it was', async () => {
  const publish = (body: object) => daemon.post('/api/publish', { filename: 'IMG_1.JPG', ...body })
  const old = (await publish({ exposure: 0.5 })).body.published_as
  const wanted = (await publish({ exposure: 0 })).body.published_as
  const { first, again, isLost } = await twice('/api/publish', {
    filename: 'IMG_1.JPG',
    exposure: 0,
    replaces: old,
  })
  expect([first.status, isLost]).toEqual([200, true])
  expect(again).toMatchObject({ status: 200, body: { published_as: wanted, already: true } })
  const { images } = (await daemon.get('/api/live')).body
  expect(images.map(({ filename }: { filename: string }) => filename)).toEqual([wanted])
  // The control: a version that has to be made again cannot take the place of one that is gone.
  expect(await publish({ exposure: 1, replaces: old })).toMatchObject({
    status: 409,
    body: { error: { code: 'not_live' } },
  })
})

test('emptying the trash is answered as it was', async () => {
  for (const n of [1, 2]) await daemon.post('/api/reject', { filename: `IMG_${n}.JPG` })
  const { first, again } = await twice('/api/empty-trash', { count: 2 })
  expect(first).toMatchObject({ status: 200, body: { deleted: 2, kept: [] } })
  expect(again).toMatchObject({ status: 200, body: first.body })
})

test('a print never outlives the photo that was deleted for good', async () => {
  const { published_as: name } = (await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })).body
  await daemon.post('/api/unpublish', { filename: name })
  const print = join(daemon.data, 'photos_trash', 'published', name)
  await expect.poll(() => existsSync(print)).toBe(true)
  await daemon.post('/api/reject', { filename: 'IMG_1.JPG' })
  const prints: boolean[] = []
  failAt(1, 'ENOSPC', ({ what, about }) => {
    if (what === 'sql' && about.includes('deleted_at = ')) prints.push(existsSync(print))
    return false
  })
  expect((await daemon.post('/api/empty-trash', { count: 1 })).body.deleted).toBe(1)
  // When the catalog calls the photo deleted, there is nothing left of it that nobody would look for.
  expect(prints).toEqual([false])
})

test('the control: a reply that is not kept with its effect is lost so', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'lep-note-'))
  const { first, again, isLost } = await twice('/api/folders', { parent, name: 'Photos' })
  expect([first.status, isLost, again.status]).toEqual([200, true, 409])
  await rm(parent, { recursive: true })
})
