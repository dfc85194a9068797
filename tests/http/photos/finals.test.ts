import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PhotoView } from '../../../daemon/contract/photo.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { plain } from '../../fixtures/photos/photos.ts'

const BLUE = [20, 20, 220] as const
const RED = [220, 20, 20] as const
const GREEN = [20, 200, 20] as const

let daemon: RunningDaemon
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

let shots = 0
/** Each is of another second. */
const frame = () => ({
  serial: '7',
  camera: 'EOS RP',
  takenAt: new Date(Date.now() - 3_600_000 + ++shots * 1000),
})
const list = async (state = 'buffer'): Promise<PhotoView[]> =>
  (await daemon.get(`/api/buffer?state=${state}`)).body.images as PhotoView[]
const find = async (filename: string, state?: string) =>
  (await list(state)).find((one) => one.filename === filename)
const waiting = async () => (await daemon.get('/api/finals')).body.finals
const live = async () =>
  ((await daemon.get('/api/live')).body.images ?? []) as {
    filename: string
    place: number
    original: string
  }[]
const put = (name: string, bytes: Uint8Array) => writeFile(join(daemon.data, 'photos_finals', name), bytes)
const publish = async (filename: string, more = {}) =>
  (await daemon.post('/api/publish', { filename, ...more })).body.published_as as string
async function hue(jpeg: Buffer): Promise<'red' | 'green' | 'blue'> {
  const means = (await sharp(jpeg).stats()).channels.map(({ mean }) => mean)
  return (['red', 'green', 'blue'] as const)[means.indexOf(Math.max(...means.slice(0, 3)))]!
}
const liveHue = async (name: string) => hue(await daemon.bytes(`/live/${name}`))
const shown = (filename: string) => expect.poll(() => find(filename), { timeout: 30_000 })
const finalOf = async (filename: string) => (await find(filename))?.final?.filename

test('a final takes the place of what is live, without our look, under the next name; back goes back', async () => {
  const what = frame()
  await daemon.drop('A_0001.JPG', await plain(BLUE, what))
  await daemon.drop('A_0002.JPG', await plain(BLUE, frame()))
  const first = await publish('A_0001.JPG', { exposure: 1 })
  await publish('A_0002.JPG')
  const before = await live()
  const place = before.find(({ filename }) => filename === first)!.place
  await put('A_0001-Edit.jpg', await plain(RED, what))
  await shown('A_0001.JPG').toMatchObject({
    final: { filename: 'A_0001-Edit.jpg' },
    live: ['A_0001_002.jpg'],
  })
  const after = await live()
  expect(after).toHaveLength(before.length)
  expect(after.find(({ filename }) => filename === 'A_0001_002.jpg')).toMatchObject({
    place,
    edit: { exposure: 0 },
  })
  expect(await liveHue('A_0001_002.jpg')).toBe('red')
  expect((await daemon.get(`/live/${first}`)).status).toBe(404)
  const photo = (await find('A_0001.JPG'))!
  expect(await hue(await daemon.bytes(photo.preview))).toBe('red')
  // The Original stays, and nothing is there twice.
  expect(await hue(await daemon.bytes('/raw/A_0001.JPG'))).toBe('blue')
  expect((await list()).filter(({ filename }) => filename.startsWith('A_0001'))).toHaveLength(1)

  expect((await daemon.post('/api/finals/back', { filename: 'A_0001.JPG' })).status).toBe(200)
  const back = (await find('A_0001.JPG'))!
  expect(back).toMatchObject({ live: ['A_0001_003.jpg'], edit: { exposure: 1 } })
  expect(back.final).toBeUndefined()
  expect(await liveHue('A_0001_003.jpg')).toBe('blue')
  expect((await live()).find(({ filename }) => filename === 'A_0001_003.jpg')).toMatchObject({ place })
  expect((await daemon.post('/api/finals/back', { filename: 'A_0001.JPG' })).body.error.code).toBe('no_final')
})

test('one that is written over is the next version, and back goes to the one before', async () => {
  const what = frame()
  await daemon.drop('B_0001.JPG', await plain(BLUE, what))
  await publish('B_0001.JPG')
  await put(
    'B_0001_final.tif',
    await sharp(await plain(RED, what))
      .tiff()
      .toBuffer(),
  )
  await shown('B_0001.JPG').toMatchObject({ live: ['B_0001_002.jpg'] })
  await put(
    'B_0001_final.tif',
    await sharp(await plain(GREEN, what))
      .tiff()
      .toBuffer(),
  )
  await shown('B_0001.JPG').toMatchObject({ live: ['B_0001_003.jpg'] })
  expect(await liveHue('B_0001_003.jpg')).toBe('green')
  await daemon.post('/api/finals/back', { filename: 'B_0001.JPG' })
  // The bytes of before were kept, though a program wrote over their file.
  expect(await liveHue((await find('B_0001.JPG'))!.live[0]!)).toBe('red')
  expect(await finalOf('B_0001.JPG')).toBe('B_0001_final.tif')
})

test('a final publishes nothing: not a new photo, not one that was taken out, not a rejected one', async () => {
  const names = ['C_0001', 'C_0002', 'C_0003']
  const frames = names.map(() => frame())
  for (const [n, name] of names.entries()) await daemon.drop(`${name}.JPG`, await plain(BLUE, frames[n]))
  await daemon.post('/api/unpublish', { filename: await publish('C_0002.JPG') })
  await daemon.post('/api/reject', { filename: 'C_0003.JPG' })
  for (const [n, name] of names.entries()) await put(`${name}-Edit.jpg`, await plain(RED, frames[n]))
  await shown('C_0001.JPG').toMatchObject({ final: { filename: 'C_0001-Edit.jpg' }, live: [] })
  await shown('C_0002.JPG').toMatchObject({ final: { filename: 'C_0002-Edit.jpg' }, live: [] })
  await expect
    .poll(() => find('C_0003.JPG', 'trashed'))
    .toMatchObject({ final: { filename: 'C_0003-Edit.jpg' }, live: [] })
  await daemon.post('/api/restore', { filename: 'C_0003.JPG' })
  expect((await live()).filter(({ original }) => original.startsWith('C_'))).toEqual([])
  // Publish publishes it then.
  expect(await liveHue(await publish('C_0001.JPG'))).toBe('red')
  expect(await liveHue(await publish('C_0003.JPG'))).toBe('red')
})

test('what is held goes out as the final, without the look that it was held with', async () => {
  const what = frame()
  await daemon.drop('D_0001.JPG', await plain(BLUE, what))
  await daemon.post('/api/publish', { filename: 'D_0001.JPG', exposure: 1, hold: 3 })
  await put('D_0001.jpg', await plain(RED, what))
  await shown('D_0001.JPG').toMatchObject({ live: ['D_0001.jpg'] })
  expect(await liveHue('D_0001.jpg')).toBe('red')
  expect((await live()).find(({ original }) => original === 'D_0001.JPG')).toMatchObject({
    edit: { exposure: 0 },
  })
})

test('a publish of a device that has not heard of the final gives it no look of before, and no second version', async () => {
  const what = frame()
  await daemon.drop('K_0001.JPG', await plain(BLUE, what))
  const old = await publish('K_0001.JPG', { exposure: 1 })
  await put('K_0001-Edit.jpg', await plain(RED, what))
  await shown('K_0001.JPG').toMatchObject({ live: ['K_0001_002.jpg'] })
  const late = { filename: 'K_0001.JPG', exposure: 1, replaces: old }
  expect((await daemon.post('/api/publish', late)).body).toMatchObject({
    published_as: 'K_0001_002.jpg',
    already: true,
  })
  // What is asked of the final itself it gets.
  expect(await find('K_0001.JPG')).toMatchObject({ live: ['K_0001_002.jpg'], edit: { exposure: 0 } })
  const asked = await publish('K_0001.JPG', { exposure: 0.5, replaces: 'K_0001_002.jpg' })
  expect(await find('K_0001.JPG')).toMatchObject({ live: [asked], edit: { exposure: 0.5 } })
})

test('an archived photo that is live is renewed where it is, and ten at once all are', async () => {
  const frames = Array.from({ length: 10 }, () => frame())
  const names = frames.map((_, n) => `E_000${n}`)
  for (const [n, name] of names.entries()) {
    await daemon.drop(`${name}.JPG`, await plain(BLUE, frames[n]))
    await publish(`${name}.JPG`)
  }
  await daemon.post('/api/archive', { filename: 'E_0000.JPG' })
  const places = new Map((await live()).map(({ original, place }) => [original, place]))
  await Promise.all(names.map(async (name, n) => put(`${name}.jpg`, await plain(RED, frames[n]))))
  const own = async () => (await live()).filter(({ original }) => original.startsWith('E_'))
  await expect
    .poll(async () => (await own()).filter(({ filename }) => filename.endsWith('_002.jpg')).length, {
      timeout: 30_000,
    })
    .toBe(10)
  for (const { original, place } of await own()) expect(place).toBe(places.get(original))
  expect(await own()).toHaveLength(10)
  expect(await liveHue('E_0000_002.jpg')).toBe('red')
})

test('what is not certain waits with its candidates, and a person says whose it is', async () => {
  const [one, two] = [frame(), frame()]
  await daemon.drop('F_0001.JPG', await plain(BLUE, one))
  await daemon.drop('F_0002.JPG', await plain(BLUE, two))
  await put('F_0001-Edit.jpg', await plain(RED, two))
  await put('stranger.jpg', await plain(RED))
  await put('own.jpg', await plain(GREEN))
  await expect.poll(async () => (await waiting()).length, { timeout: 30_000 }).toBe(3)
  expect((await daemon.get('/api/status')).body.finals_waiting).toBe(3)
  const of = async (name: string) =>
    (await waiting()).find(({ filename }: { filename: string }) => filename === name)
  const doubtful = await of('F_0001-Edit.jpg')
  expect(doubtful).toMatchObject({
    reason: 'differs',
    candidates: [{ filename: 'F_0001.JPG' }, { filename: 'F_0002.JPG' }],
  })
  expect(await hue(await daemon.bytes(doubtful.preview))).toBe('red')
  const decide = (body: object) => daemon.post('/api/finals/decide', body)
  const chosen = await decide({
    id: doubtful.id,
    as: 'final',
    filename: 'F_0002.JPG',
    request_id: 'choose-F2',
  })
  expect(chosen.body).toEqual({ status: 'success', filename: 'F_0002.JPG' })
  expect(await finalOf('F_0002.JPG')).toBe('F_0001-Edit.jpg')
  expect(await finalOf('F_0001.JPG')).toBeUndefined()
  expect((await decide({ id: doubtful.id, as: 'left' })).body.error.code).toBe('final_decided')
  expect((await decide({ id: (await of('own.jpg')).id, as: 'photo' })).body).toMatchObject({
    filename: 'own.jpg',
  })
  expect(await find('own.jpg')).toMatchObject({ live: [] })
  await decide({ id: (await of('stranger.jpg')).id, as: 'left' })
  expect(await waiting()).toEqual([])
  expect((await daemon.get('/api/status')).body.finals_waiting).toBeUndefined()
})

test('a final that came before its photo finds it', async () => {
  const what = frame()
  await put('G_0001-Edit.jpg', await plain(RED, what))
  await expect.poll(async () => (await waiting()).length, { timeout: 30_000 }).toBe(1)
  await daemon.drop('G_0001.JPG', await plain(BLUE, what))
  await shown('G_0001.JPG').toMatchObject({ final: { filename: 'G_0001-Edit.jpg' }, live: [] })
  expect(await waiting()).toEqual([])
})

test('an upload of finals is taken, stands in the folder, and is known over a restart and in the journal', async () => {
  const what = frame()
  await daemon.drop('H_0001.JPG', await plain(BLUE, what))
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(await plain(RED, what))]), 'H_0001-Edit.jpg')
  const reply = await fetch(`${daemon.url}/api/finals/upload`, {
    method: 'POST',
    body: form,
    headers: { origin: daemon.url },
  })
  expect(await reply.json()).toMatchObject({ success: [{ saved_as: 'H_0001-Edit.jpg' }], errors: [] })
  await shown('H_0001.JPG').toMatchObject({ final: { filename: 'H_0001-Edit.jpg' } })
  expect(await readdir(join(daemon.data, 'photos_finals'))).toContain('H_0001-Edit.jpg')
  daemon = await daemon.restart()
  expect(await finalOf('H_0001.JPG')).toBe('H_0001-Edit.jpg')
  const journal = await readFile(join(daemon.data, 'photos_buffer', '.lep-journal.jsonl'), 'utf8')
  const facts = journal.split('\n').flatMap((line) => (line.includes('"final.') ? [JSON.parse(line)] : []))
  const { final } = facts.find(
    ({ fact, filename }) => fact === 'final.taken' && filename === 'H_0001-Edit.jpg',
  )
  const { id } = (await find('H_0001.JPG'))!
  expect(facts).toContainEqual(expect.objectContaining({ fact: 'final.shown', photo: id, final }))
})

test('a final for another event’s photo takes no place here', async () => {
  const what = frame()
  await daemon.drop('I_0001.JPG', await plain(BLUE, what))
  await publish('I_0001.JPG')
  await daemon.post('/api/events', { action: 'open', title: 'Next' })
  const { finals_folder: folder } = (await daemon.get('/api/folder-settings')).body
  const { buffer_folder: buffer } = (await daemon.get('/api/folder-settings')).body
  await writeFile(join(buffer, 'I_0001.JPG'), await plain(BLUE, { ...frame(), serial: '8' }))
  await shown('I_0001.JPG').toBeTruthy()
  const name = await publish('I_0001.JPG')
  await writeFile(join(folder, 'I_0001-Edit.jpg'), await plain(RED, what))
  await writeFile(join(folder, 'I_0001.jpg'), await plain(GREEN))
  await expect
    .poll(async () => (await waiting()).map(({ reason }: { reason: string }) => reason), { timeout: 30_000 })
    .toEqual(['other_event', 'other_event'])
  expect(await liveHue(name)).toBe('blue')
})
