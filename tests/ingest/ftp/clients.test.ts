import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FtpReply, FtpStatus } from '../../../daemon/contract/ftp.ts'
import type { Status } from '../../../daemon/contract/status.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { isThere, sendWith, WAYS } from '../../fixtures/ftp/programs.ts'
import { openFtp } from '../../fixtures/ftp/client.ts'
import { createLan, lanTrouble, type Lan } from '../../fixtures/network/lan.ts'
import { freePorts } from '../../fixtures/network/ports.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

const ways = Object.keys(WAYS)
const missing = ways.filter((way) => !isThere(way))
// Where every test has to run, a machine that lacks a program fails instead.
const runs = process.env.CI === 'true' ? ways : ways.filter(isThere)
if (missing.length > 0) process.stderr.write(`Not installed, so not tried: ${missing.join(', ')}.\n`)

let daemon: RunningDaemon
let port: number
let lan: Lan | null = null
let folder: string
beforeAll(async () => {
  folder = await tempFolder()
  port = await freePorts(60)
  if (lanTrouble() === null) lan = await createLan()
  const range = `${port + 1}-${port + 59}`
  daemon = await startDaemon(['--ftp-port', String(port), '--ftp-passive', range])
})
afterAll(async () => {
  await daemon.end()
  await lan?.remove()
  await rm(folder, { recursive: true, force: true })
})

const frame = (seed: number) =>
  makeJpeg({ seed, width: 300, height: 200, takenAt: new Date(Date.now() + 60_000) })
const call = async (body: object) =>
  (await daemon.post('/api/camera/ftp', body)) as { status: number; body: FtpReply }

test('programs that many use send from another host, plain and encrypted, passive and active', async () => {
  const { ftp } = (await call({ action: 'add', name: 'Camera 2' })).body
  await mkdir(join(folder, 'out'))
  const host = lan?.here ?? '127.0.0.1'
  const send = async (way: string, n: number) => {
    const name = `${way.replace(/\W+/g, '_')}.JPG`
    const file = join(folder, 'out', name)
    await writeFile(file, await frame(n))
    await sendWith(way, { ...ftp!, host, port, file }, lan?.run)
    const saved = await readFile(join(daemon.data, 'photos_buffer', name))
    expect(saved.equals(await readFile(file)), way).toBe(true)
  }
  const failed: string[] = []
  const waiting = [...runs.entries()]
  // No more at once than may come from one address before they have logged in.
  const sendOn = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      await send(next[1], next[0]).catch((error: unknown) => failed.push(String(error)))
  }
  await Promise.all([sendOn(), sendOn(), sendOn(), sendOn()])
  expect(failed).toEqual([])
  const status = (await daemon.get('/api/status')).body as Status
  expect(status.ftp!.cameras[0]).toMatchObject({ frames: runs.length, failed: null, unfinished: 0 })
})

test('logins are the owner’s to give and to end; nobody else sees a password', async () => {
  const added = await call({
    action: 'add',
    name: 'Second',
    photographer: ' Ann Lee ',
    request_id: 'ftp-add-1',
  })
  expect(added.body.ftp).toEqual({
    id: expect.stringMatching(/^ftp:/),
    user: expect.stringMatching(/^cam\d+$/),
    password: expect.stringMatching(/^\d{8}$/),
    host: expect.any(String),
    port,
  })
  const { id, user, password } = added.body.ftp!
  const repeated = await call({ action: 'add', name: 'Second', request_id: 'ftp-add-1' })
  expect(repeated.body.ftp).toEqual(added.body.ftp)

  const own = (await daemon.get('/api/camera/ftp')).body as FtpStatus
  expect(own.cameras.find((one) => one.id === id)).toMatchObject({ password, photographer: 'Ann Lee' })
  expect(JSON.stringify((await daemon.get('/api/status')).body)).not.toContain(password)
  const changed = await daemon.post('/api/camera', {
    action: 'camera',
    id,
    name: 'Third',
    offset_seconds: 60,
  })
  expect(changed.status).toBe(200)

  const client = await openFtp(port)
  expect((await client.login(user, password)).text).toContain('Third')
  const renewed = await call({ action: 'password', id })
  expect(renewed.body.ftp!.password).not.toBe(password)
  await client.closed
  expect((await call({ action: 'off' })).status).toBe(409)
  expect((await call({ action: 'remove', id })).body.receiver.cameras.map((one) => one.id)).not.toContain(id)
  expect((await call({ action: 'remove', id })).status).toBe(404)
})

test('what a retoucher sends is a final, acknowledged once it is kept, and no photo', async () => {
  const { ftp } = (await call({ action: 'add', name: 'Anna', retoucher: true })).body
  const client = await openFtp(port)
  await client.login(ftp!.user, ftp!.password)
  const bytes = await frame(900)
  expect((await client.store('IMG_9000-Edit.jpg', bytes)).code).toBe(226)
  client.close()
  expect((await readFile(join(daemon.data, 'photos_finals', 'IMG_9000-Edit.jpg'))).equals(bytes)).toBe(true)
  await expect
    .poll(async () => (await daemon.get('/api/finals')).body.finals)
    .toMatchObject([{ filename: 'IMG_9000-Edit.jpg', reason: 'no_match' }])
  const { images } = (await daemon.get('/api/buffer')).body as { images: { filename: string }[] }
  expect(images.some(({ filename }) => filename.startsWith('IMG_9000'))).toBe(false)
  const { receiver } = (await call({ action: 'settings', tls_only: false })).body
  expect(receiver.cameras.find(({ name }) => name === 'Anna')).toMatchObject({ retoucher: true })
})
