import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openCatalog } from '../../../daemon/catalog/catalog.ts'
import type { EventReport, PhotoTimeline } from '../../../daemon/contract/figures.ts'
import { silentLog } from '../../../daemon/log.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

/** An evening of five photos, told in figures. */
let daemon: RunningDaemon
const FAR = { 'x-forwarded-for': '192.168.1.20' }
const timeline = async (id: string) =>
  (await daemon.get(`/api/photo-timeline?id=${id}`)).body as PhotoTimeline
const report = async (slug?: string) =>
  (await daemon.get(`/api/event-report${slug === undefined ? '' : `?slug=${slug}`}`)).body as EventReport
const shoot = async (seed: number, takenAt?: Date) =>
  daemon.drop(`P ${seed}.JPG`, await makeJpeg({ seed, ...(takenAt && { takenAt }) }))

beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

test('a photo’s way to the first guest is told step by step, and in order', async () => {
  const photo = await shoot(1, new Date(Date.now() - 60_000))
  const before = await timeline(photo.id)
  expect(before).toMatchObject({ clock: 'as_set', doubt: null, decided_at: null, published_at: null })
  await expect.poll(async () => (await timeline(photo.id)).tile_at).not.toBeNull()
  const asked = Date.now()
  const { published_as } = (await daemon.post('/api/publish', { filename: photo.filename })).body
  await expect.poll(async () => (await timeline(photo.id)).uploaded_at).not.toBeNull()
  const { current, events } = (await daemon.get('/photo/events.json')).body
  const thumb = `/photo/${events[current].prefix}/thumb/${encodeURIComponent(published_as.replace('.jpg', '.webp'))}`

  // Who works here is no guest; a guest is.
  expect((await daemon.get(thumb)).status).toBe(200)
  expect((await timeline(photo.id)).seen_at).toBeNull()
  expect((await daemon.get(thumb, FAR)).status).toBe(200)
  const seen = await timeline(photo.id)
  expect(seen).toMatchObject({ seen_where: 'network' })
  await daemon.get(thumb, FAR)
  expect(await timeline(photo.id)).toEqual(seen)

  const { shot_at, on_disk_at, decided_at, published_at, uploaded_at, seen_at } = seen
  const times = [shot_at, on_disk_at, decided_at, published_at, uploaded_at, seen_at].map((at) =>
    Date.parse(at!),
  )
  expect(times).toEqual([...times].sort((a, b) => a - b))
  // When it was asked for, not when the rendering was done.
  expect(times[2]).toBeGreaterThanOrEqual(asked)
  expect(times[2]).toBeLessThanOrEqual(times[3]!)
})

test('the first decision counts, whatever it was; a restored photo keeps it', async () => {
  const [rejected, skipped, rated] = [await shoot(2), await shoot(3), await shoot(4)]
  await daemon.post('/api/reject', { filename: rejected.filename })
  await daemon.post('/api/rate', { filename: skipped.filename, seen: true })
  // Stars are no verdict.
  await daemon.post('/api/rate', { filename: rated.filename, rating: 3 })
  const first = (await timeline(rejected.id)).decided_at
  expect(first).not.toBeNull()
  expect((await timeline(skipped.id)).decided_at).not.toBeNull()
  expect((await timeline(rated.id)).decided_at).toBeNull()
  await daemon.post('/api/restore', { filename: rejected.filename })
  await daemon.post('/api/archive', { filename: rejected.filename })
  expect((await timeline(rejected.id)).decided_at).toBe(first)
})

test('a publish that is thought over was decided when it was asked for', async () => {
  const photo = await shoot(5)
  const held = await daemon.post('/api/publish', { filename: photo.filename, hold: 10 })
  expect(held.body.status).toBe('held')
  expect(await timeline(photo.id)).toMatchObject({ published_at: null })
  expect((await timeline(photo.id)).decided_at).not.toBeNull()
})

test('the report counts what became of the photos, and leaves a wrong clock out', async () => {
  await shoot(6, new Date(Date.now() + 3600_000))
  await daemon.post('/api/unpublish', { filename: (await daemon.get('/api/live')).body.images[0].filename })
  const { counts, steps, bytes, edges_ms, first_at } = await report()
  expect(counts).toMatchObject({
    in: 6,
    published: 0,
    unpublished: 1,
    archived: 1,
    rejected: 0,
    set_aside: 0,
  })
  expect(steps.find(({ step }) => step === 'shutter_to_disk')).toMatchObject({ left_out: 1 })
  expect(steps.find(({ step }) => step === 'disk_to_decided')).toMatchObject({ count: 4 })
  expect(steps.every(({ bins }) => bins.length === edges_ms.length + 1)).toBe(true)
  expect(bytes.taken).toBeGreaterThan(0)
  expect(first_at).not.toBeNull()
})

test('the table has a line a photo, in the order in which they were taken', async () => {
  const { status, headers, body } = await daemon.get('/api/event-report.csv')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''.+\.csv$/)
  const lines = (body as string).trimEnd().split('\r\n')
  expect(lines).toHaveLength(7)
  expect(lines.at(-1)).toMatch(/^P 6\.JPG,/)
})

test('an event that is over is still told, and one that there is not is said to be none', async () => {
  const { slug } = await report()
  await daemon.post('/api/events', { action: 'open', title: 'Another' })
  expect((await report()).counts.in).toBe(0)
  expect(await report(slug)).toMatchObject({ slug, counts: { in: 6, unpublished: 1 } })
  const none = await daemon.get('/api/event-report?slug=none')
  expect([none.status, none.body.error.code]).toEqual([404, 'no_such_event'])
  expect((await daemon.get('/api/photo-timeline?id=none')).status).toBe(404)
})

test('all of it outlasts a restart, and a folder that went away and came back was healed', async () => {
  const { slug } = await report()
  const live = await daemon.socket()
  const { rename } = await import('node:fs/promises')
  const web = join(daemon.data, 'events', slug, 'photos_web')
  const away = vi.waitFor.bind(vi)
  await rename(web, `${web}.away`)
  await away(async () => {
    await daemon.post('/api/retry-uploads')
    expect((await report()).faults).toContainEqual({ kind: 'folder', came: 1, healed: 0 })
  }, 20_000)
  await rename(`${web}.away`, web)
  await away(async () => {
    await daemon.post('/api/retry-uploads')
    expect((await report()).faults).toContainEqual({ kind: 'folder', came: 1, healed: 1 })
  }, 20_000)
  live.close()
  await daemon.stop()
  const catalog = openCatalog({ path: join(daemon.data, 'catalog.db'), now: Date.now, log: silentLog })
  const event = catalog.events.find(slug)!
  expect(catalog.faults.of(event.id)).toContainEqual({ kind: 'folder', came: 1, healed: 1 })
  catalog.close()
})

test('editors read the figures, the owner alone reads the log', () => {
  const accessOf = (url: string) => daemon.routes.find((route) => route.url === url)?.access
  expect(['/api/photo-timeline', '/api/event-report', '/api/event-report.csv'].map(accessOf)).toEqual([
    'editor', 'editor', 'editor',
  ]) // prettier-ignore
  expect(accessOf('/report')).toBe('editor')
  expect(['/api/log', '/api/log/report'].map(accessOf)).toEqual(['owner', 'owner'])
})
