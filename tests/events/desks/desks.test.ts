import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import type { DeskView } from '../../../daemon/contract/desks.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { openServer, PASSWORD } from './server.ts'

const LONG = { timeout: 30_000 }

test('a desk gets each frame as it is published, once, over an outage and a restart, and nothing that was taken back', async (context) => {
  const root = await tempFolder()
  const server = await openServer(context, join(root, 'desk'))
  let daemon: RunningDaemon = await startDaemon()
  onTestFinished(async () => {
    await daemon.end()
    await rm(root, { recursive: true, force: true })
  })
  const drop = async (n: number) =>
    daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 900, height: 600, serial: 'SN-123' }))
  const to = async (path: string, n: number) =>
    expect((await daemon.post(path, { filename: `IMG_${n}.JPG` })).status).toBe(200)
  const pick = async (n: number) =>
    expect((await daemon.post('/api/rate', { filename: `IMG_${n}.JPG`, pick: true })).status).toBe(200)
  const publish = async (n: number) => {
    await drop(n)
    await to('/api/publish', n)
  }
  const ask = async (body: object) => (await daemon.post('/api/desks', body)).body
  const desk = async () => ((await daemon.get('/api/desks')).body.desks as DeskView[])[0]!
  const web = (n: number) => readFile(join(daemon.data, 'photos_web', `IMG_${n}.jpg`))
  const there = (n: number) => readFile(join(server.pub, `IMG_${n}.jpg`))

  await publish(0)
  const { id: _, password: __, ...settings } = server.desk
  expect((await ask({ action: 'add', desk: { name: 'Paper' } })).error.code).toBe('desk_incomplete')
  const line = { ...settings, user: 'a\r\nDELE x' }
  expect((await daemon.post('/api/desks', { action: 'add', desk: line })).status).toBe(400)
  const { desks } = await ask({ action: 'add', desk: settings, password: 'wrong' })
  const { id } = desks[0] as DeskView
  expect((await ask({ action: 'try', id })).error.code).toBe('desk_unreachable')
  await server.start()
  expect((await ask({ action: 'try', id })).error.code).toBe('desk_password')
  await ask({ action: 'change', id, password: PASSWORD })
  expect((await ask({ action: 'try', id })).error).toBeUndefined()
  expect(await server.files()).toEqual([])

  // What was public before the desk came is no news to it.
  await publish(1)
  await expect.poll(desk, LONG).toMatchObject({ waiting: 0, sent: 1, fault: null })
  expect(await server.files()).toEqual(['IMG_1.jpg'])
  expect((await there(1)).equals(await web(1))).toBe(true)

  await server.stop()
  await publish(2)
  await publish(3)
  await expect.poll(desk, LONG).toMatchObject({ waiting: 2, fault: { code: 'desk_unreachable' } })
  await to('/api/unpublish', 2)
  await expect.poll(desk, LONG).toMatchObject({ waiting: 1 })
  daemon = await daemon.restart()
  await server.start()
  await expect.poll(desk, LONG).toMatchObject({ waiting: 0, sent: 2, last_sent: { name: 'IMG_3.jpg' } })
  expect(await server.files()).toEqual(['IMG_1.jpg', 'IMG_3.jpg'])

  // Picks, in full size and edited: what was picked before does not count, and a name is never taken twice.
  await drop(4)
  await daemon.post('/api/edit', { filename: 'IMG_4.JPG', edit: { rotation: 90 } })
  await pick(0)
  await ask({ action: 'change', id, desk: { when: 'picked', size: 'full' } })
  await pick(4)
  await pick(3)
  await expect.poll(desk, LONG).toMatchObject({ waiting: 0, sent: 4 })
  expect(await server.files()).toEqual(['IMG_1.jpg', 'IMG_3-2.jpg', 'IMG_3.jpg', 'IMG_4.jpg'])
  const picked = await there(4)
  const { width, height } = await sharp(picked).metadata()
  expect([width, height, picked.includes('SN-123')]).toEqual([600, 900, false])
  // By hand: what is missing, and nothing again.
  await ask({ action: 'send', id, what: 'picks' })
  await expect.poll(desk, LONG).toMatchObject({ waiting: 0, sent: 5 })
  expect(await server.asked('STOR')).toBe(6)
  // A selection, by an assistant, too: what is published of a photo, and of one that is not, the photo.
  expect((await daemon.get('/api/status')).body.desks).toEqual([{ id, name: settings.name }])
  await drop(5)
  const send = async (...numbers: number[]) => {
    const filenames = numbers.map((n) => `IMG_${n}.JPG`)
    return (await daemon.post('/api/desk-send', { desk: id, filenames })).body
  }
  expect(await send(4, 5)).toEqual({ desk: settings.name, queued: 1, already: 1, left: [] })
  await expect.poll(desk, LONG).toMatchObject({ waiting: 0, sent: 6 })
  expect(await server.files()).toContain('IMG_5.jpg')
  expect(await send(4, 5)).toMatchObject({ queued: 0, already: 2 })

  // The password is in its file, and nowhere else.
  const file = join(daemon.data, 'config', 'desks.json')
  expect([(await stat(file)).mode & 0o777, (await readFile(file, 'utf8')).includes(PASSWORD)]).toEqual([
    0o600,
    true,
  ])
  expect(JSON.stringify((await daemon.get('/api/desks')).body)).not.toContain(PASSWORD)
  await ask({ action: 'remove', id })
  expect((await readFile(file, 'utf8')).includes(PASSWORD)).toBe(false)
  await pick(1)
  expect((await ask({ action: 'send', id })).error.code).toBe('no_such_desk')
}, 120_000)
