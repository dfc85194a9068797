import ExifReader from 'exifreader'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CameraReply } from '../../daemon/contract/camera.ts'
import type { EventReport } from '../../daemon/contract/figures.ts'
import type { ManifestEntry, ManifestHead } from '../../daemon/contract/manifest.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg, type Picture } from '../fixtures/photos/photos.ts'

/** Two photographers whose cards come into one event. */
let daemon: RunningDaemon
let prefix: string
const R5 = 'serial:R5-1'

beforeAll(async () => {
  daemon = await startDaemon()
  const { current } = (await daemon.get('/api/events')).body
  prefix = current.prefix
})
afterAll(() => daemon.end())

const shoot = async (name: string, picture: Picture) => {
  const photo = await daemon.drop(name, await makeJpeg({ width: 300, height: 200, ...picture }))
  return photo.filename
}
const card = (serial: string) => ({ camera: 'Canon EOS R5', serial })
const publish = async (filename: string, more = {}): Promise<string> => {
  const reply = await daemon.post('/api/publish', { filename, ...more })
  expect(reply.status).toBe(200)
  return reply.body.published_as
}
const known = async () => ((await daemon.get('/api/camera')).body as CameraReply).known
const name = (id: string, photographer: string | null) =>
  daemon.post('/api/camera', { action: 'camera', id, photographer })
const head = async () => (await daemon.get(`/photo/${prefix}/manifest.json`)).body as ManifestHead
const settings = (change: object) => daemon.post('/api/event-settings', change)

/** Whom another reader finds in a published file, in EXIF and in XMP. */
async function namedIn(published: string, folder = '') {
  const bytes = await daemon.bytes(`/photo/${prefix}/${folder}${encodeURIComponent(published)}`)
  const tags = ExifReader.load(bytes, { expanded: true })
  const { gps, exif = {}, xmp = {} } = tags
  expect(gps).toBeUndefined()
  expect([...Object.keys(exif), ...Object.keys(xmp)].filter((tag) => /serial|gps/i.test(tag))).toEqual([])
  const creator = tags.xmp?.['creator']?.value as unknown as { value: string }[] | undefined
  return {
    artist: utf8(tags.exif?.['Artist']?.description),
    creator: creator?.map(({ value }) => utf8(value)) ?? [],
  }
}
/** That reader takes EXIF's text for Latin-1, and XMP's for what it is. */
const utf8 = (text: string | undefined) =>
  text !== undefined && /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text

test('a camera that only its card is known of gets a photographer, who is in what is published after that', async () => {
  const first = await shoot('C 1.JPG', { seed: 1, ...card('R5-1') })
  const before = await publish(first)
  // Control: nobody said yet, so nobody is named.
  expect(await namedIn(before)).toEqual({ artist: undefined, creator: [] })

  expect(await known()).toMatchObject([{ id: R5, model: 'Canon EOS R5', name: 'Canon EOS R5' }])
  expect((await name(R5, '  王小明 ')).status).toBe(200)
  const [photo] = (await daemon.get('/api/buffer')).body.images
  expect(photo.camera_id).toBe(R5)

  // What is published stays as it is; published again, it says so.
  expect(await namedIn(before)).toMatchObject({ artist: undefined })
  expect(await publish(first)).toBe(before)
  expect(await namedIn(await publish(first, { again: true, replaces: before }))).toEqual({
    artist: '王小明',
    creator: ['王小明'],
  })
  const second = await shoot('C 2.JPG', { seed: 2, ...card('R5-1') })
  expect(await namedIn(await publish(second))).toMatchObject({ artist: '王小明' })
})

test('whom the file names goes before the photographer, and the photographer before the name for everybody', async () => {
  await daemon.post('/api/picture-settings', { artist: 'Studio', full: { enabled: true } })
  const own = await shoot('C 3.JPG', { seed: 3, ...card('R5-1'), artist: 'Her Own Name' })
  expect(await namedIn(await publish(own))).toEqual({ artist: 'Her Own Name', creator: ['Her Own Name'] })
  const ours = await publish(await shoot('C 4.JPG', { seed: 4, ...card('R5-1') }))
  expect(await namedIn(ours)).toMatchObject({ artist: '王小明' })
  // The full size follows; whoever uses the camera by then, it is the same picture's.
  await name(R5, 'Somebody Else')
  await expect
    .poll(async () => (await head()).recent.find(({ filename }) => filename === ours)?.has.full)
    .toBe(true)
  expect(await namedIn(ours, 'full/')).toMatchObject({ artist: '王小明' })
  const nobodys = await shoot('C 5.JPG', { seed: 5, ...card('R6-2') })
  expect(await namedIn(await publish(nobodys))).toEqual({ artist: 'Studio', creator: ['Studio'] })
})

test('guests read who shot a photo only while the event says so', async () => {
  const all = async () => JSON.stringify(await head())
  expect(await all()).not.toMatch(/photographer|byline|王小明|Her Own/)
  const off = await head()
  await settings({ show_photographer: true, credit: 'The Studio' })
  const on = await head()
  expect(on.revision).toBeGreaterThan(off.revision)
  expect(on.event).toMatchObject({ byline: true, credit: 'The Studio' })
  const shown = on.recent.map(({ filename, photographer }: ManifestEntry) => [filename, photographer])
  expect(Object.fromEntries(shown)).toMatchObject({ 'C 3.jpg': 'Her Own Name', 'C 4.jpg': '王小明' })
  // Of a camera that is nobody's there is nothing to say.
  expect(on.recent.find(({ filename }) => filename.startsWith('C 5'))).not.toHaveProperty('photographer')
  await settings({ show_photographer: false })
  expect(await all()).not.toMatch(/photographer|byline|王小明|Her Own/)
})

test('the report and the table count by photographer', async () => {
  const report = (await daemon.get('/api/event-report')).body as EventReport
  expect(report.photographers).toEqual([
    { name: '王小明', in: 3, published: 3 },
    { name: '', in: 1, published: 1 },
    { name: 'Her Own Name', in: 1, published: 1 },
  ])
  expect(report.photographers.reduce((sum, one) => sum + one.published, 0)).toBe(report.counts.published)
  const table = String((await daemon.get('/api/event-report.csv')).body).split('\r\n')
  const at = table[0]!.split(',').indexOf('photographer')
  const bys = table.slice(1, -1).map((line) => line.split(',')[at])
  expect(bys.filter((by) => by === '王小明')).toHaveLength(3)
  const { images } = (await daemon.get('/api/buffer')).body
  const { id } = images.find((one: { filename: string }) => one.filename === 'C 1.JPG')
  expect((await daemon.get(`/api/photo-timeline?id=${id}`)).body.photographer).toBe('王小明')
})

test('there is no naming a camera that nobody met', async () => {
  const reply = await name('serial:never-seen', 'X')
  expect([reply.status, reply.body.error.code]).toEqual([404, 'no_such_camera'])
})
