import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { readOldSystem } from '../../../daemon/events/import/old-system.ts'
import { planImport } from '../../../daemon/events/import/plan.ts'
import { importInto } from '../../../scripts/import/into.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startFaulty } from '../../fixtures/cloud/faulty.ts'
import { filenames, startDaemon } from '../../fixtures/daemon.ts'
import { createSharedWorkers } from '../../fixtures/photos/shared-workers.ts'
import { makePreviousSystem, PREVIOUS_PREFIX } from '../../fixtures/previous-system/previous-system.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'

let root: string
let folder: string
let data: string
beforeEach(async () => {
  root = await tempFolder()
  folder = join(root, 'previous')
  data = join(root, 'data')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const run = (dryRun = false) => importInto({ folder, data, dryRun, createWorkers: createSharedWorkers })
const UNREAD = ['EMPTY.JPG', 'NOTES.txt']

test('an event of the previous system comes over: names, counts, order, what is live, settings; the folder is not changed', async () => {
  await makePreviousSystem(folder)
  const before = await hashes(folder)
  const told = await run(true)
  expect(await hashes(root)).toEqual(
    Object.fromEntries(Object.entries(before).map(([path, hash]) => [`previous/${path}`, hash])),
  )
  expect(told).toMatchObject({ photos: 10, published: 6, prefix: PREVIOUS_PREFIX, slug: PREVIOUS_PREFIX })
  expect(told.unread.map(({ path }) => path.split('/').at(-1))).toEqual(UNREAD)

  const done = await run()
  expect(await hashes(folder)).toEqual(before)
  expect(done).toMatchObject({ photos: 9, published: 6, already: 0 })
  expect(done.unread.map(({ path, why }) => `${path.split('/').at(-1)}: ${why}`)).toEqual([
    ...UNREAD.map((name) => expect.stringContaining(name)),
    expect.stringMatching(/^HALF.JPG: .*end/),
  ])
  expect(done.notes.join('\n')).toMatch(/GONE_1.*stands for it/)
  expect(done.notes.join('\n')).toMatch(/NEVER.jpg is in its list/)
  expect(done.notes.join('\n')).toMatch(/IMG_7110.JPG is called IMG_7110-2.JPG here/)
  expect(done.notes.join('\n')).toMatch(
    /archive folder of its settings.*is not there; .*photos_archive was read/,
  )

  const daemon = await startDaemon([], data)
  try {
    const get = async (path: string) => (await daemon.get(path)).body
    expect(filenames(await daemon.get('/api/live'))).toEqual([
      'GONE_1.jpg', '尾牙 晚宴.jpg', 'IMG_7109_003.jpg', 'IMG_7400.jpg', 'IMG_7110_002.jpg', 'IMG_7109.jpg',
    ]) // prettier-ignore
    const buffer = (await get('/api/buffer')).images
    expect(Object.fromEntries(buffer.map((one: { filename: string; published_count: number; unpublished_count: number; live: string[] }) =>
      [one.filename, [one.published_count, one.unpublished_count, ...one.live]]))).toEqual({
      'IMG_7109.JPG': [3, 1, 'IMG_7109.jpg', 'IMG_7109_003.jpg'],
      'IMG_7110.JPG': [0, 0],
      // The camera called it so: it is nobody's second version.
      'IMG_7110_002.JPG': [1, 0, 'IMG_7110_002.jpg'],
      '尾牙 晚宴.jpg': [1, 0, '尾牙 晚宴.jpg'],
      'PNG_1.png': [0, 0],
    }) // prettier-ignore
    expect(filenames(await daemon.get('/api/buffer?state=archived')).sort()).toEqual([
      'GONE_1.jpg',
      'IMG_7200.JPG',
      'IMG_7400.JPG',
    ])
    expect(filenames(await daemon.get('/api/buffer?state=trashed')).sort()).toEqual([
      'IMG_7110-2.JPG',
      'IMG_7300.JPG',
    ])
    // Published files are the very bytes that are in the bucket already; one that told who made it does so no more.
    const published = async (name: string) => [
      await daemon.bytes(`/live/${encodeURIComponent(name)}`),
      await readFile(join(folder, 'photos_web', name)),
    ]
    for (const name of ['IMG_7109.jpg', 'IMG_7109_003.jpg', '尾牙 晚宴.jpg']) {
      const [ours, theirs] = await published(name)
      expect(ours!.equals(theirs!)).toBe(true)
    }
    const [clean, tagged] = await published('GONE_1.jpg')
    expect([clean!.includes('Exif'), tagged!.includes('Exif')]).toEqual([false, true])
    const { events } = await get('/api/events')
    expect(events).toMatchObject([
      { slug: PREVIOUS_PREFIX, prefix: PREVIOUS_PREFIX, date: '2026-01-20', state: 'paused' },
    ])
    const settings = await get('/api/event-settings')
    expect(settings).toMatchObject({
      event_title: '2025 尾牙晚宴', event_subtitle: '即時活動花絮', title_font_family: 'serif', title_font_size: 56,
      subtitle_font_family: 'sans', subtitle_font_size: 20, r2_path_prefix: PREVIOUS_PREFIX,
    }) // prettier-ignore
    expect(settings.hero_image_url).toMatch(/^\/assets\/hero-/)
    expect(await get('/api/watermark-settings')).toMatchObject({
      enabled: true, type: 'image', position: 'bottom-left', opacity: 0.5, scale_percentage: 40, margin: 90,
      image: expect.stringContaining('/'),
    }) // prettier-ignore
    const head = await get(`/photo/${PREVIOUS_PREFIX}/manifest.json`)
    expect(head.total).toBe(6)
    for (const size of ['thumb', 'view'])
      await daemon.bytes(`/photo/${PREVIOUS_PREFIX}/${size}/IMG_7109_003.webp`)
    // A name that guests' browsers may keep is not given again.
    await daemon.post('/api/events', { action: 'continue' })
    expect((await daemon.post('/api/publish', { filename: 'IMG_7109.JPG' })).body).toMatchObject({
      published_as: 'IMG_7109_004.jpg',
    })
    await daemon.post('/api/event-settings', { event_title: 'Changed since', event_subtitle: '' })
    await daemon.post('/api/archive', { filename: 'PNG_1.png' })
    await expect(run()).rejects.toMatchObject({ code: 'in_use' })
  } finally {
    await daemon.stop()
  }
  // Again it brings nothing twice, and leaves what people did since.
  expect(await run()).toMatchObject({ photos: 0, published: 0 })
  const again = await startDaemon([], data)
  try {
    expect((await again.get('/api/event-settings')).body.event_title).toBe('Changed since')
    expect(filenames(await again.get('/api/buffer?state=archived'))).toContain('PNG_1.png')
    expect((await again.get('/api/events')).body.current.state).toBe('open')
  } finally {
    await again.stop()
  }
}, 60_000)

test('beside events that are there it is one more, and the current one stays', async () => {
  await makePreviousSystem(folder, { settings: '.', web: join(root, 'elsewhere') })
  const first = await startDaemon([], data)
  const [mine] = (await first.get('/api/events')).body.events
  await first.stop()
  const done = await run()
  expect(done).toMatchObject({ published: 6 })
  const daemon = await startDaemon([], data)
  try {
    const { current, events } = (await daemon.get('/api/events')).body
    expect(current).toMatchObject({ slug: mine.slug, state: 'open' })
    expect(events.map(({ slug, state }: { slug: string; state: string }) => [slug, state])).toContainEqual([
      PREVIOUS_PREFIX,
      'closed',
    ])
    expect(done.notes.join()).toMatch(/IMG_7400.JPG lies in its trash and is published/)
    // The watermark is that of all events.
    expect((await daemon.get('/api/watermark-settings')).body.enabled).toBe(false)
    expect((await daemon.get(`/photo/${PREVIOUS_PREFIX}/IMG_7109.jpg`)).status).toBe(200)
  } finally {
    await daemon.stop()
  }
}, 30_000)

test('in the bucket that it was in, what is there stays, and guests read the new list', async () => {
  await makePreviousSystem(folder)
  const server = await startFaulty()
  onTestFinished(() => server.end())
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = server.settings
  const keys = { endpoint, bucket, region, access_key_id: accessKeyId, secret_access_key: secretAccessKey }
  await run()
  await writeFile(join(data, 'config', 'cloud.json'), JSON.stringify(keys), { mode: 0o600 })
  for (const name of ['IMG_7109.jpg', 'IMG_7109_003.jpg', 'GONE_1.jpg', 'manifest.json'])
    server.objects.set(`${PREVIOUS_PREFIX}/${name}`, await readFile(join(folder, 'photos_web', name)))
  const daemon = await startDaemon([], data)
  try {
    await expect
      .poll(async () => (await daemon.get('/api/status')).body.sync, { timeout: 20_000 })
      .toMatchObject({ waiting: 0, trouble: null })
    const object = (name: string) => server.objects.get(`${PREVIOUS_PREFIX}/${name}`)!
    expect(JSON.parse(object('manifest.json').toString())).toMatchObject({ v: 2, total: 6 })
    for (const name of filenames(await daemon.get('/api/live')))
      expect(object(name).equals(await daemon.bytes(`/live/${encodeURIComponent(name)}`)), name).toBe(true)
  } finally {
    await daemon.stop()
  }
}, 40_000)

test('settings that cannot be read are said, and the photos come all the same', async () => {
  await makePreviousSystem(folder)
  await writeFile(join(folder, 'config', 'config.json'), '{"r2_path_prefix": ')
  await writeFile(
    join(folder, 'history.json'),
    '{"IMG_7109.jpg": {"published": "many"}, "IMG_7110.jpg": {"published": 2}}',
  )
  const old = await readOldSystem(folder)
  expect(old.notes.join()).toMatch(/config.json is no JSON/)
  expect([...old.history.keys()]).toEqual(['IMG_7110.jpg'])
  const plan = await planImport(old)
  expect(plan.photos).toHaveLength(10)
  // Now two versions of IMG_7110.JPG are known, and none of IMG_7110_002.JPG.
  const second = plan.live.find(({ name }) => name === 'IMG_7110_002.jpg')
  expect(second?.photo).toMatch(/photos_buffer\/IMG_7110.JPG$/)
})

test('what is no folder of that system is refused, and so is one inside the data folder', async () => {
  await mkdir(join(folder, 'holiday'), { recursive: true })
  await expect(run()).rejects.toMatchObject({ code: 'import_not_one' })
  await makePreviousSystem(folder)
  await cp(folder, join(data, 'previous'), { recursive: true })
  await expect(importInto({ folder: join(data, 'previous'), data, dryRun: true })).rejects.toMatchObject({
    code: 'import_inside',
  })
})
