import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobView } from '../../../daemon/contract/job.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
const anna = { 'x-lep-client': 'a1'.repeat(16) }
const COUNT = 30
const names = Array.from({ length: COUNT }, (_, n) => `IMG_${n + 1}.JPG`)

beforeAll(async () => {
  daemon = await startDaemon()
  const live = await daemon.socket()
  const photos = await Promise.all(names.map((_, n) => makeJpeg({ seed: n + 1, width: 240, height: 160 })))
  const { writeFile } = await import('node:fs/promises')
  await Promise.all(names.map((name, n) => writeFile(join(daemon.data, 'photos_buffer', name), photos[n]!)))
  for (const name of names) await live.notice('photo.added', ({ photo }) => photo.filename === name)
})
afterAll(() => daemon.end())

const start = async (kind: string, items: object[], more: object = {}): Promise<JobView> =>
  (await daemon.post('/api/jobs', { kind, items, ...more }, anna)).body.job
const change = (id: string, action: string) => daemon.post('/api/jobs/change', { id, action }, anna)
const find = async (id: string): Promise<JobView & { waiting: string[] }> =>
  (await daemon.get('/api/jobs')).body.jobs.find((job: JobView) => job.id === id)
const over = async (id: string) => {
  await expect.poll(async () => (await find(id)).state, { timeout: 50_000 }).toMatch(/done|cancelled/)
  return find(id)
}
const undo = async (job: JobView) => daemon.post('/api/undo', { ids: [job.action] }, anna)
const count = async (state: string) => (await daemon.get(`/api/buffer?state=${state}`)).body.total as number
const liveTotal = async () => (await daemon.get('/api/live')).body.total as number

test('each photo gets its own edit, what failed is named, and the whole is one undo', async () => {
  const socket = await daemon.socket()
  const items = names.slice(0, 6).map((filename, n) => ({ filename, exposure: n / 10 }))
  const job = await start('publish', [...items, { filename: 'nobody.JPG' }])
  const done = await over(job.id)
  expect(done).toMatchObject({ state: 'done', total: 7, done: 6, failed: 1, waiting: [] })
  expect(done.failures).toMatchObject([{ filename: 'nobody.JPG', code: 'unknown_photo' }])
  const { images } = (await daemon.get('/api/live')).body
  const exposures = images.map((one: { edit: { exposure: number } }) => one.edit.exposure)
  expect([...exposures].sort()).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5])
  const last = await socket.notice('job.changed', (notice) => notice.job.state === 'done')
  expect(last.job).toMatchObject({ id: job.id, done: 6 })
  const [entry] = (await daemon.get('/api/undo', anna)).body.actions
  expect(entry).toMatchObject({ id: job.action, kind: 'publish', count: 6, job: job.id })
  const undone = await undo(job)
  expect(undone.body).toMatchObject({ undone: [{ count: 6 }], kept: [] })
  expect(await liveTotal()).toBe(0)
})

test('pause, go on, cancel: what is done stays done, what waits is not done', async () => {
  const job = await start(
    'publish',
    names.map((filename) => ({ filename, exposure: 0.05 })),
    {},
  )
  await change(job.id, 'pause')
  // What was being done may end; then nothing moves.
  await expect.poll(async () => (await find(job.id)).state).toBe('paused')
  const at = await find(job.id)
  expect(at.waiting.length).toBeGreaterThan(0)
  await change(job.id, 'resume')
  await expect.poll(async () => (await find(job.id)).done).toBeGreaterThan(at.done + 1)
  await change(job.id, 'cancel')
  const cancelled = await over(job.id)
  expect(cancelled.cancelled).toBeGreaterThan(0)
  expect(cancelled.done + cancelled.cancelled).toBe(COUNT)
  await expect.poll(async () => (await liveTotal()) - (await find(job.id)).done).toBe(0)
  expect((await change(job.id, 'pause')).body.error.code).toBe('job_over')
  await undo(job)
  expect(await liveTotal()).toBe(0)
})

test('a restart in the middle loses nothing and does nothing twice', async () => {
  const job = await start(
    'publish',
    names.map((filename) => ({ filename, exposure: -0.05 })),
  )
  await expect.poll(async () => (await find(job.id)).done).toBeGreaterThan(2)
  daemon = await daemon.restart()
  expect(await over(job.id)).toMatchObject({ state: 'done', done: COUNT, failed: 0 })
  expect(await liveTotal()).toBe(COUNT)
})

test('many unpublishes wait for the owner’s word, and go on with it', async () => {
  const { images } = (await daemon.get('/api/live')).body
  const items = images.map(({ filename }: { filename: string }) => ({ filename }))
  const job = await start('unpublish', items)
  await expect
    .poll(async () => find(job.id))
    .toMatchObject({
      state: 'paused',
      reason: 'mass_removal',
      failed: 0,
    })
  expect(await liveTotal()).toBeGreaterThan(0)
  await daemon.post('/api/mass-removal', { action: 'allow' })
  expect(await over(job.id)).toMatchObject({ state: 'done', done: COUNT })
  expect(await liveTotal()).toBe(0)
})

test('what another device changed of a batch stays, and the rest is undone', async () => {
  const job = await start(
    'reject',
    names.map((filename) => ({ filename })),
  )
  await over(job.id)
  await daemon.post('/api/restore', { filename: names[3] }, { 'x-lep-client': 'b2'.repeat(16) })
  const undone = await undo(job)
  expect(undone.body.kept).toMatchObject([{ filename: names[3], code: 'changed_since' }])
  expect(await count('trashed')).toBe(0)
  expect((await undo(job)).body.error.code).toBe('no_such_action')
})

test('a batch that is held does nothing until then, and is undone as one', async () => {
  const job = await start(
    'publish',
    names.slice(0, 4).map((filename) => ({ filename })),
    { hold: 30 },
  )
  expect((await daemon.get('/api/undo', anna)).body.actions[0]).toMatchObject({ count: 4, id: job.action })
  await undo(job)
  expect(await over(job.id)).toMatchObject({ state: 'cancelled', done: 0, cancelled: 4 })
  expect(await liveTotal()).toBe(0)
})

test('emptying the trash deletes the files for good, asks for the right number, and never what is live', async () => {
  await over(
    (
      await start(
        'reject',
        names.slice(0, 5).map((filename) => ({ filename })),
      )
    ).id,
  )
  const refused = await daemon.post('/api/empty-trash', { count: 4 })
  expect([refused.status, refused.body.error.code]).toEqual([409, 'trash_changed'])
  expect(await count('trashed')).toBe(5)
  const reply = await daemon.post('/api/empty-trash', { count: 5 })
  expect(reply.body).toMatchObject({ deleted: 5, kept: [] })
  expect(reply.body.bytes).toBeGreaterThan(1000)
  expect(await count('trashed')).toBe(0)
  const left = await readdir(join(daemon.data, 'photos_trash'), { recursive: true })
  expect(
    left.filter((name) => names.slice(0, 5).some((one) => name.startsWith(one.slice(0, -4) + '.'))),
  ).toEqual([])
  expect((await daemon.post('/api/restore', { filename: names[0] })).status).toBe(404)
})

test('the card that they came from lists them as deleted and does not bring them again; a person may', async () => {
  const { mkdir, writeFile } = await import('node:fs/promises')
  const dcim = join(daemon.data, 'cards', 'SD', 'DCIM', '100CANON')
  await mkdir(dcim, { recursive: true })
  const bytes = await makeJpeg({ seed: 1, width: 240, height: 160 })
  await writeFile(join(dcim, 'IMG_1.JPG'), bytes)
  const fresh = await makeJpeg({ seed: 99, width: 240, height: 160 })
  await writeFile(join(dcim, 'IMG_99.JPG'), fresh)
  const card = async () =>
    (await daemon.get('/api/status')).body.sources.find(({ kind }: { kind: string }) => kind === 'card')
  await expect.poll(async () => (await card())?.deleted).toEqual(['IMG_1.JPG'])
  await expect.poll(async () => (await card()).state).toBe('done')
  const listed = async () =>
    (await daemon.get('/api/buffer')).body.images.map((one: { filename: string }) => one.filename)
  // The control: the card was read, and what was never deleted came in.
  expect(await listed()).toContain('IMG_99.JPG')
  expect(await listed()).not.toContain('IMG_1.JPG')
  await rm(join(daemon.data, 'cards'), { recursive: true })
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes)]), 'IMG_1.JPG')
  const upload = await fetch(`${daemon.url}/api/upload`, {
    method: 'POST',
    headers: { origin: daemon.url },
    body: form,
  })
  expect(upload.status).toBe(200)
  expect(await listed()).toContain('IMG_1.JPG')
})

test('a photo that a device has open is told to the others, until it opens another or goes', async () => {
  const ben = { 'x-lep-client': 'b2'.repeat(16) }
  const socket = await daemon.socket()
  const [, , , , , one, two] = names
  const open = (filename: string | null, who: Record<string, string>) =>
    daemon.post('/api/reserve', { open: filename }, who)
  expect((await open(one!, anna)).body).toMatchObject({ taken: null, seconds: 20 })
  const opened = await socket.notice('photo.opened', (notice) => notice.open)
  expect((await open(one!, ben)).body).toMatchObject({
    seconds: 0,
    taken: { photo_id: opened.photo_id, by: opened.by },
  })
  // Nobody is kept from deciding about it.
  expect((await daemon.post('/api/rate', { filename: one, rating: 3 }, ben)).status).toBe(200)
  await open(two!, anna)
  await socket.notice('photo.opened', (notice) => !notice.open && notice.photo_id === opened.photo_id)
  expect((await open(one!, ben)).body.taken).toBeNull()
  const late = await daemon.socket()
  expect(late.messages[0]).toMatchObject({ type: 'snapshot', open: [{}, {}] })
})

test('what a device has open is free when its last page is gone', async () => {
  const { openSocket } = await import('../../fixtures/daemon.ts')
  const mark = 'd4'.repeat(16)
  const watcher = await daemon.socket()
  const page = openSocket(`${daemon.url}`, undefined, { origin: daemon.url }, mark)
  await page.find((message): message is typeof message => message.type === 'snapshot')
  await daemon.post('/api/reserve', { open: names[8] }, { 'x-lep-client': mark })
  const opened = await watcher.notice('photo.opened', ({ by, open }) => open && by === `owner:${mark}`)
  page.close()
  await watcher.notice('photo.opened', (notice) => !notice.open && notice.photo_id === opened.photo_id)
})
