import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
beforeEach(async () => {
  daemon = await startDaemon()
})
afterEach(() => daemon.end())

const drop = async (...names: string[]) => {
  for (const [seed, name] of names.entries())
    await daemon.drop(name, await makeJpeg({ seed: seed + name.length * 7, width: 600, height: 400 }))
}
const slugs = async () => (await daemon.get('/api/events')).body
const guests = async (slug: string) => {
  const { prefix } = (await daemon.get(`/photo/events/${slug}.json`)).body
  const { recent } = (await daemon.get(`/photo/${prefix}/manifest.json`)).body
  return recent.map((entry: { filename: string }) => entry.filename) as string[]
}
const leave = (title = 'Next') => daemon.post('/api/events', { action: 'open', title })

test('what was held when the event is left goes out before, and nothing afterwards', async () => {
  await drop('IMG_1.JPG', 'IMG_2.JPG')
  const { slug } = (await slugs()).current
  expect((await daemon.post('/api/publish', { filename: 'IMG_1.JPG', hold: 30 })).status).toBe(202)
  await leave()
  expect(await guests(slug)).toEqual(['IMG_1.jpg'])
})

test('a publish that comes while the event is being left is in it, or is told to come again', async () => {
  await drop('IMG_1.JPG', 'IMG_2.JPG', 'IMG_3.JPG', 'IMG_4.JPG')
  const { slug } = (await slugs()).current
  const replies: { name: string; status: number; code?: string }[] = []
  const publish = async (name: string, hold: number) => {
    const { status, body } = await daemon.post('/api/publish', { filename: name, ...(hold > 0 && { hold }) })
    replies.push({ name, status, code: body.error?.code })
  }
  const leaving = leave()
  await Promise.all([1, 2, 3, 4].map((n) => publish(`IMG_${n}.JPG`, n % 2 ? 20 : 0)))
  await leaving
  const public_ = (await guests(slug)).map((name) => name.replace('.jpg', '.JPG'))
  for (const { name, status, code } of replies)
    if (status < 300) expect(public_).toContain(name)
    else {
      // Refused with a word: before the change to come again, after it because another event is open.
      expect([name, status, code]).toEqual([name, status === 503 ? 503 : 404, code])
      expect(['event_changing', 'unknown_photo']).toContain(code)
      expect(public_).not.toContain(name)
    }
  // Going back publishes nothing by itself.
  const before = await guests(slug)
  await daemon.post('/api/events', { action: 'switch', slug })
  expect(await guests(slug)).toEqual(before)
  expect((await daemon.get('/api/jobs')).body.jobs).toEqual([])
})

test('what a job has not done when its event is left waits for a person, who is told', async () => {
  const names = Array.from({ length: 6 }, (_, n) => `IMG_${n}.JPG`)
  await drop(...names)
  const { slug } = (await slugs()).current
  const { body } = await daemon.post('/api/jobs', {
    kind: 'publish',
    items: names.map((filename) => ({ filename })),
    hold: 4,
  })
  await daemon.post('/api/jobs/change', { id: body.job.id, action: 'pause' })
  await leave()
  expect(await guests(slug)).toEqual([])
  const { warnings } = (await daemon.get('/api/status')).body
  expect(warnings).toContainEqual(
    expect.objectContaining({ code: 'handed_back', params: expect.objectContaining({ n: 6 }) }),
  )
  // From another event nobody lets it go on.
  const change = { id: body.job.id, action: 'resume' }
  expect(await daemon.post('/api/jobs/change', change)).toMatchObject({
    status: 404,
    body: { error: { code: 'no_such_job' } },
  })
  await daemon.post('/api/events', { action: 'switch', slug })
  const [job] = (await daemon.get('/api/jobs')).body.jobs
  expect(job).toMatchObject({ state: 'paused', reason: 'event_left', done: 0 })
  expect(await guests(slug)).toEqual([])
  // A person lets it go on.
  await daemon.post('/api/jobs/change', { id: job.id, action: 'resume' })
  await expect.poll(() => guests(slug)).toHaveLength(6)
})

test('a job that is under way is finished before its event is left', async () => {
  const names = ['A.JPG', 'B.JPG', 'C.JPG']
  await drop(...names)
  const { slug } = (await slugs()).current
  await daemon.post('/api/jobs', {
    kind: 'publish',
    items: names.map((filename) => ({ filename })),
    hold: 60,
  })
  await leave()
  expect(await guests(slug)).toHaveLength(3)
  expect((await daemon.get('/api/status')).body.warnings).not.toContainEqual(
    expect.objectContaining({ code: 'handed_back' }),
  )
})

test('what the version before left waiting in an event does not go out when that is opened again', async () => {
  await drop('IMG_1.JPG')
  const { slug } = (await slugs()).current
  await leave()
  await daemon.stop()
  const db = new DatabaseSync(join(daemon.data, 'catalog.db'))
  const { id, event_id } = db.prepare(`SELECT id, event_id FROM photos`).get() as {
    id: string
    event_id: number
  }
  db.prepare(
    `INSERT INTO holds (id, event_id, photo_id, edit, again, actor, due_at) VALUES ('old', ?, ?, '{}', 0, 'owner', 0)`,
  ).run(event_id, id)
  db.close()
  daemon = await startDaemon([], daemon.data)
  await daemon.post('/api/events', { action: 'switch', slug })
  const { images } = (await daemon.get('/api/buffer')).body
  expect(images[0]).toMatchObject({
    filename: 'IMG_1.JPG',
    progress: { state: 'failed', code: 'event_left' },
  })
  expect(await guests(slug)).toEqual([])
})

test('a cover that is being made belongs to the event in which that was begun', async () => {
  const { slug } = (await slugs()).current
  await drop('IMG_1.JPG')
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(await makeJpeg({ seed: 9 }))]), 'cover.jpg')
  const uploading = fetch(`${daemon.url}/api/upload-hero-image`, {
    method: 'POST',
    headers: { origin: daemon.url },
    body: form,
  })
  const [reply] = await Promise.all([uploading, leave()])
  expect(reply.status).toBe(200)
  const { current, events } = await slugs()
  expect(current.slug).not.toBe(slug)
  const withCover = events.filter(({ hero_image_url }: { hero_image_url: string | null }) => hero_image_url)
  // Whichever came first: its file lies where its event's photos lie.
  expect(withCover).toHaveLength(1)
  await daemon.post('/api/events', { action: 'switch', slug: withCover[0].slug })
  expect((await daemon.get(withCover[0].hero_image_url)).status).toBe(200)
})

test('a photo folder whose file is written during the change is in one event only', async () => {
  const old = (await daemon.get('/api/folder-settings')).body.buffer_folder as string
  await drop('IMG_1.JPG')
  const writing = writeFile(join(old, 'LATE.JPG'), await makeJpeg({ seed: 77 }))
  await Promise.all([leave(), writing])
  expect((await daemon.get('/api/buffer')).body.total).toBe(0)
})
