import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createTries } from '../../../daemon/access/tries.ts'
import { ftpWarnings } from '../../../daemon/ingest/ftp/status.ts'
import { silentLog } from '../../../daemon/log.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { openFtp, type FtpClient } from '../../fixtures/ftp/client.ts'
import { until, useWorld } from '../world.ts'
import { testCertificate } from '../../fixtures/ftp/certificate.ts'
import { openRig, type FtpRig } from './rig.ts'

const { world } = useWorld()
let rig: FtpRig
afterEach(() => rig.close())

const frame = (seed: number) =>
  makeJpeg({ seed, width: 90, height: 60, takenAt: new Date(Date.now() + 60_000) })

test('data goes to the camera that asked alone: no bounce, no thief, no port of the system', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  for (const port of ['PORT 127,0,0,9,200,10', 'PORT 10,0,0,1,0,21', 'EPRT |1|127.0.0.9|50000|'])
    expect(await client.ask(port)).toMatchObject({ code: 504 })
  expect(await client.ask('PORT 127,0,0,1,0,22')).toMatchObject({ code: 504 })
  expect(await client.ask('PORT 1,2,3')).toMatchObject({ code: 501 })
  expect(await client.ask('STOR IMG_1.JPG')).toMatchObject({ code: 425 })

  const { text } = await client.ask('EPSV')
  const port = Number(/\d+/.exec(text)![0])
  const thief = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' })
  await once(thief, 'close')
  const own = connect({ port, host: '127.0.0.1' })
  await once(own, 'connect')
  expect(await client.ask('STOR IMG_1.JPG')).toMatchObject({ code: 150 })
  own.end(await frame(1))
  expect(await client.next()).toMatchObject({ code: 226 })
})

const REFUSED: Record<string, number> = {
  'CWD ../../../etc': 550,
  'CWD /etc': 550,
  'SIZE ../../../etc/passwd': 550,
  'RETR /etc/passwd': 550,
  'DELE ../../catalog.db': 550,
  'RNFR ../../catalog.db': 550,
  'RMD /': 550,
  'SITE CHMOD 777 x': 502,
  'SITE EXEC /bin/sh': 502,
  CCC: 533,
  'PROT P': 503,
  XYZZY: 502,
  STOR: 553,
  'STOR ..': 553,
  [`MKD ${'a/'.repeat(40)}`]: 553,
  'MODE Z': 504,
  'STRU R': 504,
  'TYPE E': 504,
  'REST x': 501,
}

test('what no camera needs is refused, and nothing on the disk is called by its name', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const answers: Record<string, number> = {}
  for (const line of Object.keys(REFUSED)) answers[line] = (await client.ask(line)).code
  expect(answers).toEqual(REFUSED)
})

test('a name that leads out of its folder is a name in it', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  expect(await client.store('../../../../IMG_1.JPG', await frame(1))).toMatchObject({ code: 226 })
  expect(await client.store('C:\\photos\\IMG_2.JPG', await frame(2))).toMatchObject({ code: 226 })
  expect(await client.store('婚禮/IMG_3.JPG', await frame(3))).toMatchObject({ code: 226 })
  expect(await world.files()).toEqual(['IMG_1.JPG', 'IMG_2.JPG', 'IMG_3.JPG'])
})

test('nothing but a login is heard before it; and the chatter of no camera ends soon', async () => {
  rig = await openRig(world)
  const client = await rig.stranger()
  for (const line of ['PASV', 'STOR a.jpg', 'LIST', 'CWD /'])
    expect(await client.ask(line)).toMatchObject({ code: 530 })
  client.raw('GET / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n')
  await client.closed
  const shouting = await rig.stranger()
  for (let n = 0; n < 3; n += 1) shouting.raw(`USER ${'x'.repeat(600)}\r\n`)
  await shouting.closed
})

test('ten thousand commands, lines of any length, and bytes of Telnet are answered in order', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  client.raw('NOOP\r\n'.repeat(10_000))
  for (let n = 0; n < 10_000; n += 1) expect((await client.next()).code).toBe(200)
  client.raw(`STOR ${'x'.repeat(100_000)}\r\nPWD\r\n`)
  expect([(await client.next()).code, (await client.next()).code]).toEqual([500, 257])
  client.raw(Buffer.from([0xff, 0xf4, 0xff, 0xf2, ...Buffer.from('ABOR\r\n')]))
  expect((await client.next()).code).toBe(226)
  client.raw('pwd\nSyst\r\n')
  expect([(await client.next()).code, (await client.next()).code]).toEqual([257, 215])
})

test('ABOR ends what is coming in, which can go on', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const bytes = await frame(1)
  const { socket } = await client.data()
  await client.ask('STOR IMG_1.JPG')
  ;(await socket()).write(bytes.subarray(0, 1000))
  await until(async () => expect(rig.sources.ftp()!.cameras[0]!.receiving).toBe(1))
  client.raw('ABOR\r\n')
  expect([(await client.next()).code, (await client.next()).code]).toEqual([426, 226])
  expect(await client.store('IMG_1.JPG', bytes)).toMatchObject({ code: 226 })
})

test('a wrong password is told in words and slows its address down; the right one is let in at once', async () => {
  const tries = createTries({ pace: { all: { rate: 1000, burst: 1000 }, address: { rate: 0.01, burst: 4 } } })
  rig = await openRig(world, { tries })
  const { user, password } = rig.login
  const guesser = await rig.stranger('127.0.0.23')
  for (const wrong of ['00000000', '00000001'])
    expect(await guesser.login(user, wrong)).toMatchObject({ code: 530 })
  expect(await guesser.login(user, 'x'.repeat(100))).toMatchObject({ code: 421 })
  await guesser.closed
  const [camera] = rig.sources.ftp()!.cameras
  expect(camera!.failed).toMatchObject({
    address: '127.0.0.23',
    count: 3,
    code: 'ftp_wrong_password',
    message: 'The camera at 127.0.0.23 sent a wrong password for "Camera 2".',
  })
  const waiting = await rig.stranger('127.0.0.23')
  await waiting.login(user, '00000002').catch(() => undefined)
  const held = await rig.stranger('127.0.0.23')
  await held.ask(`USER ${user}`)
  let isAnswered = false
  held.ask('PASS 00000003').then(
    () => (isAnswered = true),
    () => undefined,
  )
  const client = await rig.client('127.0.0.24')
  expect(await client.ask('PWD')).toMatchObject({ code: 257 })
  expect(isAnswered).toBe(false)
  expect(rig.sources.ftp()!.cameras[0]!.failed).toBe(null)
  const other = await rig.stranger('127.0.0.25')
  await other.login('../../root\u0007', password)
  const status = rig.sources.ftp()!
  expect(status.stranger).toMatchObject({ code: 'ftp_unknown_user', params: { user: '....root' } })
  expect(ftpWarnings(status, Date.now()).map(({ code }) => code)).toEqual(['ftp_unknown_user'])
  expect(ftpWarnings(status, Date.now() + 3600_000)).toEqual([])
  tries.stop()
})

test('hundreds of connections keep no camera out, and are logged once', async () => {
  const warned: string[] = []
  const log = { ...silentLog, warn: (...what: unknown[]) => void warned.push(JSON.stringify(what)) }
  rig = await openRig(world)
  await rig.sources.stop()
  const sources = world.sources({ ftp: rig.options, log: log as typeof silentLog })
  await sources.start()
  const client = await rig.client()
  const flood = await Promise.all(
    Array.from({ length: 500 }, async (_, n) => {
      const socket = connect({ port: rig.port, host: '127.0.0.1', localAddress: `127.0.0.${50 + (n % 5)}` })
      socket.on('error', () => undefined)
      await once(socket, 'connect').catch(() => undefined)
      return socket
    }),
  )
  const sending: Promise<{ code: number }>[] = []
  const second: FtpClient = await openFtp(rig.port, '127.0.0.1', '127.0.0.7')
  expect(await second.login(rig.login.user, rig.login.password)).toMatchObject({ code: 230 })
  sending.push(client.store('IMG_1.JPG', await frame(1)), second.store('IMG_2.JPG', await frame(2)))
  expect((await Promise.all(sending)).map(({ code }) => code)).toEqual([226, 226])
  const about = (address: string) => warned.filter((line) => line.includes(`"${address}"`))
  await until(() => expect(about('127.0.0.50')).toHaveLength(1))
  for (const socket of flood) socket.destroy()
  second.close()
})

test('one that says nothing is sent away, however slowly it says it', async () => {
  rig = await openRig(world, { limits: { login: 150 } })
  const silent = await rig.stranger()
  const slow = await rig.stranger()
  const dripping = setInterval(() => slow.raw('N'), 20)
  await Promise.all([silent.closed, slow.closed])
  clearInterval(dripping)
  rig.close()
  rig = await openRig(world, { limits: { idle: 1000 } })
  const idle = await rig.client()
  await idle.closed
})

test('a camera from elsewhere, or any where the owner wants so, has to encrypt', async () => {
  rig = await openRig(world)
  rig.options.logins.change({ tls_only: true })
  const client = await rig.stranger()
  expect(await client.ask(`USER ${rig.login.user}`)).toMatchObject({ code: 530 })
  expect(rig.sources.ftp()).toMatchObject({
    tls_only: true,
    cameras: [{ failed: { code: 'ftp_needs_tls' } }],
  })
})

test('what was said before the cipher is not taken for said after it', async () => {
  rig = await openRig(world, { secure: await testCertificate(), limits: { login: 1000 } })
  const client = await rig.stranger()
  client.raw(`AUTH TLS\r\nUSER ${rig.login.user}\r\nPASS ${rig.login.password}\r\n`)
  expect(await client.next()).toMatchObject({ code: 234 })
  await expect(client.next()).rejects.toThrow()
  expect(rig.sources.ftp()!.cameras[0]).toMatchObject({ state: 'new' })
})

test('a port in use is said, and the rest goes on; a login that ends hangs up', async () => {
  rig = await openRig(world)
  const second = world.sources({ ftp: rig.options })
  await second.start()
  expect(second.ftp()).toMatchObject({ state: 'trouble', trouble: { code: 'ftp_port_in_use' } })
  await second.stop()
  const client = await rig.client()
  rig.options.logins.renew(rig.login.id)
  await client.closed
  const again = await rig.stranger()
  expect(await again.login(rig.login.user, rig.login.password)).toMatchObject({ code: 530 })
  rig.options.logins.remove(rig.login.id)
  expect(rig.sources.ftp()!.cameras).toEqual([])
})
