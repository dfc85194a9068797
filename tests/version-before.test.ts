import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startDaemon, type RunningDaemon } from './fixtures/daemon.ts'
import { startFaulty, type FaultyServer } from './fixtures/cloud/faulty.ts'
import {
  answers,
  ask,
  clock,
  differences,
  facts,
  hashes,
  restoreData,
} from './fixtures/version-before/restore.ts'

/** A data folder and a bucket that the version before left behind (tests/fixtures/version-before), opened by this
 * one. */

const BUFFER = 'events/banquet/photos_buffer'
const owner = { cookie: facts.cookies.owner }
const anna = { cookie: facts.cookies.editor }

let daemon: RunningDaemon | undefined
let server: FaultyServer | undefined
afterEach(async () => {
  await daemon?.end()
  await server?.end()
  daemon = server = undefined
})

/** Everybody has to pair, so that each role is known by a cookie of the version before. */
async function open(data: string): Promise<RunningDaemon> {
  daemon = await startDaemon(['--no-trust-loopback'], data, { now: clock })
  return daemon
}
const get = async (path: string, who = owner) => (await daemon!.get(path, who)).body
const sent = () =>
  expect.poll(() => get('/api/status').then(({ sync }) => sync)).toMatchObject({ waiting: 0, trouble: null })
const photo = async (filename: string) =>
  (await get('/api/buffer?limit=100')).images.find((one: { filename: string }) => one.filename === filename)
const live = async (): Promise<string[]> =>
  (await get('/api/live')).images.map((one: { filename: string }) => one.filename)
const job = async (id: string) => (await get('/api/jobs')).jobs.find((one: { id: string }) => one.id === id)

test('a data folder answers as it did, and its photos and the bucket hold what they held', async () => {
  const data = await restoreData()
  const before = await hashes(data)
  await open(data)
  await sent()
  // The buffer is a source only while it is looked through.
  await expect.poll(() => get('/api/status').then(({ sources }) => sources)).toEqual([])
  // Where it is found on this network is told a moment later, to the bucket too.
  await expect.poll(() => differences(daemon!)).toEqual([])
  for (const [question, answer] of Object.entries(answers))
    expect(await ask(daemon!, question), question).toMatchObject(answer as object)

  const after = await hashes(data)
  const isSame = (path: string) => after[path] === before[path]
  const changed = Object.keys(before).filter((path) => !isSame(path))
  // What waited for the journal and for the bucket has gone there.
  const documents = /^catalog\.db|manifest\.json$|^bucket\/events\.json$/
  // Into every journal goes, once, what programs of before did not write there.
  expect(changed.filter((path) => !documents.test(path))).toEqual([
    `${BUFFER}/.lep-journal.jsonl`,
    'photos_buffer/.lep-journal.jsonl',
  ])
  const added = Object.keys(after).filter((path) => !(path in before) && path.startsWith('bucket'))
  const isDocument = (path: string) =>
    /^bucket\/private\/(2026-11-29|banquet)\/[0-9a-f]{32}\.json$/.test(path)
  expect(added.filter(isDocument)).toHaveLength(2)
  expect(added.filter((path) => !isDocument(path))).toEqual(
    ['IMG_11.jpg', 'full/IMG_11.jpg', 'thumb/IMG_11.webp'].map((file) => `bucket/banquet-2026/${file}`),
  )
  const lines = (folder: string) => readFile(join(folder, BUFFER, '.lep-journal.jsonl'), 'utf8')
  expect(await lines(data)).toMatch(
    /"fact":"photo.rated","photo":"\w+","rating":5,"pick":true,"seen":false\}\n/,
  )
})

test('the answers differ where something is stored under another name', async () => {
  const data = await restoreData((sql) =>
    sql
      .replaceAll("'hold_seconds'", "'publish_delay'")
      .replaceAll("'many archived'", "'archived many'")
      .replaceAll("'camera-settings'", "'cameras.settings'")
      .replaceAll("'mass_removal'", "'bulk_removal'")
      .replaceAll('"did":"moved"', '"did":"went"'),
  )
  await open(data)
  await sent()
  const found = await differences(daemon!)
  for (const path of ['status', 'audit?limit=100', 'camera', 'jobs'])
    expect(found).toContain(`owner /api/${path}`)
  expect(found).not.toContain('owner /api/devices')
  const { actions } = await get('/api/undo', anna)
  const { id } = actions.find(({ kind }: { kind: string }) => kind === 'archive')
  await daemon!.post('/api/undo', { ids: [id] }, anna)
  expect(await photo('IMG_4.JPG')).toBeUndefined()
})

test('what was under way goes on: a held publish, an undo, jobs, and a request that is sent again', async () => {
  await open(await restoreData())
  const undo = async (kind: string, name: string) => {
    const { actions } = await get('/api/undo', anna)
    const { id } = actions.find(
      (one: { kind: string; names: string[] }) => one.kind === kind && one.names[0] === name,
    )
    return (await daemon!.post('/api/undo', { ids: [id] }, anna)).body
  }
  expect((await photo('IMG_10.JPG')).progress).toMatchObject({ state: 'held' })
  expect(await undo('publish', 'IMG_10.JPG')).toMatchObject({ undone: [{ names: ['IMG_10.JPG'] }], kept: [] })
  expect((await photo('IMG_10.JPG')).progress).toBeUndefined()

  const again = await daemon!.post('/api/archive', { filename: 'IMG_4.JPG', request_id: 'before-0023' }, anna)
  expect(again.body).toMatchObject({ status: 'success', action: { names: ['IMG_4.JPG'] } })
  expect(await undo('archive', 'IMG_4.JPG')).toMatchObject({ undone: [{ names: ['IMG_4.JPG'] }] })
  expect((await photo('IMG_4.JPG')).state).toBe('buffer')
  expect(await undo('edit', 'IMG_1.JPG')).toMatchObject({ undone: [{ names: ['IMG_1.JPG'] }] })
  expect((await photo('IMG_1.JPG')).edit).toMatchObject({ exposure: 0, rotation: 0 })
  expect(await undo('rate', 'IMG_6.JPG')).toMatchObject({ undone: [{ names: ['IMG_6.JPG'] }] })

  expect(await live()).toContain('IMG_1.jpg')
  await daemon!.post('/api/mass-removal', { action: 'allow' }, owner)
  await expect.poll(() => job(facts.jobs.mass)).toMatchObject({ state: 'done', done: 1, failed: 0 })
  expect(await live()).not.toContain('IMG_1.jpg')
  await daemon!.post('/api/jobs/change', { id: facts.jobs.paused, action: 'resume' }, anna)
  expect(await job(facts.jobs.paused)).toMatchObject({ state: 'running', total: 2 })
})

test('a card is not read again, and the event before opens with its own photos', async () => {
  const data = await restoreData()
  const folder = join(data, 'cards', 'EOS_DIGITAL', 'DCIM', '100EOS')
  await mkdir(folder, { recursive: true })
  // The import history knows a frame by its name, size and time: other bytes would be set aside if they were read.
  const sql = await readFile(join(import.meta.dirname, 'fixtures/version-before/catalog.sql'), 'utf8')
  const taken = [...sql.matchAll(/'DCIM\/100EOS\/(CARD_\d\.JPG)\|(\d+)\|(\d+)'/g)]
  expect(taken).toHaveLength(2)
  for (const [, name, bytes, at] of taken) {
    await writeFile(join(folder, name!), Buffer.alloc(Number(bytes)))
    await utimes(join(folder, name!), Number(at) / 1000, Number(at) / 1000)
  }
  await open(data)
  const card = async () =>
    (await get('/api/status')).sources.find(({ kind }: { kind: string }) => kind === 'card')
  await expect
    .poll(card)
    .toMatchObject({ state: 'done', total: 2, done: 2, safe_to_eject: true, offer: null })
  expect((await get('/api/status')).set_aside_total).toBe(1)

  await daemon!.post('/api/events', { action: 'switch', slug: '2026-11-29' }, owner)
  expect((await get('/api/buffer')).images).toMatchObject([
    { filename: 'OLD_2.JPG', rating: 2 },
    { live: ['OLD_1.jpg'] },
  ])
  const { event_title, accent_color, credit, hero_image_url } = await get('/api/event-settings')
  expect([event_title, accent_color, credit]).toEqual(['Mei & Tom', '#0a7d5c', 'Studio Example'])
  expect(hero_image_url).toMatch(/^\/assets\/hero-/)
})

test('the settings of a bucket and its keys are read, and what is published goes there', async () => {
  server = await startFaulty()
  const data = await restoreData()
  const text = await readFile(
    join(import.meta.dirname, 'fixtures/version-before/cloud-with-bucket.json'),
    'utf8',
  )
  await writeFile(join(data, 'config/cloud.json'), text.replace('{{ENDPOINT}}', server.settings.endpoint))
  await open(data)
  await sent()
  const { endpoint, bucket } = server.settings
  expect(await get('/api/cloud-settings')).toMatchObject({
    endpoint,
    bucket,
    has_keys: true,
    public_url: 'http://127.0.0.1:9',
    photo_base_url: 'http://127.0.0.1:9/pictures',
    mass_removal: 12,
  })
  const keys = [...server.objects.keys()]
  expect(keys).toEqual(
    expect.arrayContaining([
      'events.json',
      '2026-11-29/OLD_1.jpg',
      'banquet-2026/IMG_11.jpg',
      'banquet-2026/full/PAIR_1_002.jpg',
    ]),
  )
  expect(keys).not.toContain('banquet-2026/IMG_3.jpg')
})
