import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobView } from '../../../daemon/contract/job.ts'
import type { LooksReply } from '../../../daemon/contract/look.ts'
import type { PhotoView } from '../../../daemon/contract/photo.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { startDaemon, type RunningDaemon, type TestSocket } from '../../fixtures/daemon.ts'
import { cubeOf } from '../../fixtures/photos/cube.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

const WARM = { exposure: 0.4, contrast: 0.1, warmth: 0.6 }
const NIGHT = { exposure: 1, contrast: -0.2, warmth: -0.3 }
const EVENING = { f: 2.8, time: [1, 60], iso: 1600 } as const
const START = Date.now()

let daemon: RunningDaemon
let socket: TestSocket
let seed = 0
beforeAll(async () => {
  daemon = await startDaemon()
  socket = await daemon.socket()
})
afterAll(() => daemon.end())

/** @param after seconds from the first shot
 * @param exposure null where the file does not say */
async function shoot(
  name: string,
  after = 0,
  exposure: typeof EVENING | object | null = null,
  camera = 'EOS R5',
) {
  const taken = new Date(START + after * 1000)
  seed += 1
  const jpeg = await makeJpeg({
    seed, width: 240, height: 160, takenAt: taken, make: 'Canon', camera, serial: '7',
    ...(exposure && { exposure: exposure as typeof EVENING }),
  }) // prettier-ignore
  return daemon.drop(name, jpeg, taken)
}
const change = async (body: object): Promise<LooksReply> => (await daemon.post('/api/looks', body)).body
const photos = async (): Promise<Map<string, PhotoView>> => {
  const { images } = (await daemon.get('/api/buffer')).body as { images: PhotoView[] }
  return new Map(images.map((photo) => [photo.filename, photo]))
}
const editOf = async (name: string) => (await photos()).get(name)!.edit
async function over({ id }: JobView): Promise<JobView> {
  const find = async () =>
    ((await daemon.get('/api/jobs')).body.jobs as JobView[]).find((job) => job.id === id)!
  await expect.poll(async () => (await find()).state, { timeout: 50_000 }).toBe('done')
  return find()
}

test('a look is saved, told to every page, and given to several photos as one job and one undo', async () => {
  const saved = await change({ action: 'save', name: 'Warm', ...WARM })
  const [warm] = saved.looks
  const told = await socket.notice('status.changed', ({ status }) => status.looks?.looks.length === 1)
  expect(told.status.looks).toEqual(saved)
  await shoot('A.JPG')
  await shoot('B.JPG')
  const cut = { rotation: 90, crop: { x: 0, y: 0, width: 0.5, height: 0.5 } }
  await daemon.post('/api/edit', { filename: 'B.JPG', edit: cut })
  const items = ['A.JPG', 'B.JPG'].map((filename) => ({ filename, ...WARM }))
  const { job } = (await daemon.post('/api/jobs', { kind: 'edit', items })).body as { job: JobView }
  expect(await over(job)).toMatchObject({ done: 2, failed: 0 })
  expect(await editOf('A.JPG')).toEqual({ ...NEUTRAL, ...WARM })
  expect(await editOf('B.JPG')).toEqual({ ...NEUTRAL, ...WARM, ...cut })
  expect((await daemon.post('/api/undo', { ids: [job.action] })).body.undone).toMatchObject([{ count: 2 }])
  expect(await editOf('A.JPG')).toEqual(NEUTRAL)
  expect(await editOf('B.JPG')).toEqual({ ...NEUTRAL, ...cut })
  expect((await daemon.post('/api/looks', { action: 'used', id: warm!.id })).status).toBe(200)
})

test('from now on new frames have it and are published with it, until somebody stops it', async () => {
  const { id } = (await change({ action: 'save', name: 'Night', ...NIGHT })).looks[0]!
  const on = await change({ action: 'from_now_on', look: id, camera_id: null })
  expect(on.from_now_on).toEqual([{ look: id, camera_id: null, camera: null }])
  expect((await shoot('N1.JPG')).edit).toEqual({ ...NEUTRAL, ...NIGHT })
  await daemon.post('/api/publish', { filename: 'N1.JPG' })
  const { images } = (await daemon.get('/api/live')).body
  expect(images[0]).toMatchObject({ filename: 'N1.jpg', edit: NIGHT })
  daemon = await daemon.restart()
  socket = await daemon.socket()
  expect((await shoot('N2.JPG')).edit).toMatchObject(NIGHT)
  await change({ action: 'from_now_on', look: null, camera_id: null })
  expect((await shoot('N3.JPG')).edit).toEqual(NEUTRAL)
  const unknown = await daemon.post('/api/looks', { action: 'from_now_on', look: id, camera_id: 'nobody' })
  expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'no_such_camera' } } })
})

test('this scene too: neighbours get light and colour, guests see it, and one undo restores every one', async () => {
  await shoot('S0.JPG', 1000, EVENING)
  const third = { ...EVENING, time: [1, 80] }
  await shoot('S1.JPG', 1030, third)
  await shoot('S2.JPG', 1119, EVENING)
  await shoot('LATE.JPG', 1121, EVENING)
  await shoot('DARK.JPG', 1005, { ...EVENING, time: [1, 100] })
  await shoot('OTHER.JPG', 1005, EVENING, 'EOS R6')
  await shoot('UNTOLD.JPG', 1005)
  const scene = async () => (await daemon.get('/api/scene?filename=S0.JPG')).body.filenames
  expect(await scene()).toEqual([])
  expect((await daemon.post('/api/scene', { filename: 'S0.JPG' })).body.error.code).toBe('no_scene')

  await daemon.post('/api/edit', { filename: 'S1.JPG', edit: { rotation: 180, warmth: 0.2 } })
  const live = (await daemon.post('/api/publish', { filename: 'S1.JPG' })).body.published_as
  // A crop that nobody has published: it is not what guests may see.
  await daemon.post('/api/edit', { filename: 'S1.JPG', edit: { scale: 1.5 } })
  await daemon.post('/api/edit', { filename: 'S0.JPG', edit: { exposure: 0.7, rotation: 90 } })
  expect(await scene()).toEqual(['S1.JPG', 'S2.JPG'])
  const before = await photos()

  const { job } = (await daemon.post('/api/scene', { filename: 'S0.JPG' })).body as { job: JobView }
  expect(await over(job)).toMatchObject({ failed: 0 })
  const now = await photos()
  expect(now.get('S2.JPG')!.edit).toEqual({ ...NEUTRAL, exposure: 0.7 })
  expect(now.get('S1.JPG')!.edit).toEqual({ ...NEUTRAL, exposure: 0.7, rotation: 180, scale: 1.5 })
  for (const name of ['LATE.JPG', 'DARK.JPG', 'OTHER.JPG', 'UNTOLD.JPG'])
    expect(now.get(name)!.edit, name).toEqual(NEUTRAL)
  const published = async () => {
    const { images } = (await daemon.get('/api/live')).body
    return images.filter(({ original }: { original: string }) => original === 'S1.JPG')
  }
  expect(await published()).toMatchObject([{ edit: { ...NEUTRAL, exposure: 0.7, rotation: 180 } }])
  expect((await published())[0].filename).not.toBe(live)
  expect(await scene()).toEqual([])

  const undone = await daemon.post('/api/undo', { ids: [job.action] })
  expect(undone.body).toMatchObject({ undone: [{ kind: 'edit', count: 2 }], kept: [] })
  for (const [name, { edit }] of await photos())
    expect({ name, edit }).toEqual({ name, edit: before.get(name)!.edit })
  expect(await published()).toMatchObject([{ edit: { ...NEUTRAL, rotation: 180, warmth: 0.2 } }])
})

test('a LUT is taken over if it is right, is part of a look, and nothing goes out without it', async () => {
  async function upload(text: string) {
    const body = new FormData()
    body.append('file', new Blob([text]), 'Film.cube')
    const reply = await fetch(`${daemon.url}/api/luts`, {
      method: 'POST',
      body,
      headers: { origin: daemon.url },
    })
    return { status: reply.status, body: (await reply.json()) as { lut: string; error?: { code: string } } }
  }
  const text = cubeOf(4, (r, g, b) => [b, g, r])
  expect(await upload(text.replace('SIZE 4', 'SIZE 5'))).toMatchObject({
    status: 422,
    body: { error: { code: 'lut_rows' } },
  })
  expect(await upload(`# ${'long '.repeat(1_000_000)}\n${text}`)).toMatchObject({
    status: 413,
    body: { error: { code: 'lut_too_large' } },
  })
  const { lut } = (await upload(text)).body
  expect((await upload(text)).body.lut).toBe(lut)
  expect((await daemon.get(`/media/luts/${lut}`)).body).toBe(text)
  expect((await daemon.get(`/media/luts/${'0'.repeat(64)}`)).status).toBe(404)
  const [film] = (await change({ action: 'save', name: 'Film', ...WARM, lut })).looks
  expect(film).toMatchObject({ name: 'Film', lut })
  await shoot('L1.JPG')
  expect((await daemon.post('/api/edit', { filename: 'L1.JPG', edit: { lut } })).body.edit).toEqual({
    ...NEUTRAL,
    lut,
  })
  expect((await daemon.post('/api/publish', { filename: 'L1.JPG' })).status).toBe(200)
  const absent = 'f'.repeat(64)
  const refused = await daemon.post('/api/publish', { filename: 'L1.JPG', lut: absent })
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'lut_missing' } } })
  const { images } = (await daemon.get('/api/live')).body
  expect(images.filter(({ original }: { original: string }) => original === 'L1.JPG')).toMatchObject([
    { edit: { lut } },
  ])
})
