import { afterEach, expect, test } from 'vitest'
import { openFtp } from '../../fixtures/ftp/client.ts'
import { freePort } from '../../fixtures/network/ports.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { until, useWorld } from '../world.ts'
import { ftpOptions, openRig, type FtpRig } from './rig.ts'

/** Sessions in the order in which bodies say what they say, as their manuals, and traces that people published, tell. */

const { world } = useWorld()
let rig: FtpRig | undefined
afterEach(() => rig?.close())

const frame = (seed: number) =>
  makeJpeg({ seed, width: 120, height: 80, takenAt: new Date(Date.now() + 60_000) })
const asks = async (
  client: { ask(line: string): Promise<{ code: number }> },
  lines: Record<string, number>,
) => {
  const codes: Record<string, number> = {}
  for (const line of Object.keys(lines)) codes[line] = (await client.ask(line)).code
  expect(codes).toEqual(lines)
}

test('a folder a day, a temporary name, then the final one', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  await asks(client, { SYST: 215, 'TYPE I': 200, 'CWD /': 250, 'CWD 20261130': 550, 'MKD 20261130': 257 })
  await asks(client, { 'CWD 20261130': 250, 'MKD 20261130': 257, PWD: 257, 'MKD /20261130': 550 })
  expect(await client.store('IMG_0001.TMP', await frame(1))).toMatchObject({ code: 226 })
  await asks(client, { 'RNFR IMG_0001.TMP': 350, 'RNTO IMG_0001.JPG': 250, QUIT: 221 })
  expect(world.names()).toEqual(['IMG_0001.JPG'])
})

test('the size is asked before the frame is sent, and again after it', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const bytes = await frame(1)
  await asks(client, {
    'OPTS UTF8 ON': 200,
    'TYPE I': 200,
    'SIZE DSC_0001.JPG': 550,
    [`ALLO ${bytes.length}`]: 200,
  })
  expect(await client.store('DSC_0001.JPG', bytes)).toMatchObject({ code: 226 })
  expect(await client.ask('SIZE DSC_0001.JPG')).toEqual({ code: 213, text: String(bytes.length), lines: [] })
  expect(await client.ask('FEAT')).toMatchObject({
    code: 211,
    lines: expect.arrayContaining([' SIZE', ' MDTM']),
  })
})

test('a connection for every frame; and one that never says TYPE, or says A', async () => {
  rig = await openRig(world)
  for (const n of [1, 2]) {
    const client = await rig.client()
    if (n === 2) await asks(client, { 'TYPE A': 200 })
    expect(await client.store(`DSC0000${n}.JPG`, await frame(n))).toMatchObject({ code: 226 })
    await asks(client, { QUIT: 221 })
    await client.closed
  }
  await until(() => expect(rig!.sources.ftp()!.cameras[0]).toMatchObject({ state: 'away', frames: 2 }))
})

test('four connections at once, and a lost one that sends again while the old one still waits', async () => {
  rig = await openRig(world)
  const clients = await Promise.all([1, 2, 3, 4].map(() => rig!.client()))
  const answers = clients.map(async (client, n) => client.store(`IMG_${n}.JPG`, await frame(n)))
  expect((await Promise.all(answers)).map(({ code }) => code)).toEqual([226, 226, 226, 226])
  const [lost, again] = clients
  const bytes = await frame(9)
  const { socket } = await lost!.data()
  await lost!.ask('STOR IMG_9.JPG')
  ;(await socket()).write(bytes.subarray(0, 1000))
  expect(await again!.store('IMG_9.JPG', bytes)).toMatchObject({ code: 226 })
  expect(await lost!.next()).toMatchObject({ code: 426 })
  expect(world.names()).toHaveLength(5)
})

test('names of every alphabet, and of none; STOU gives one', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  expect(await client.store('婚禮 1.JPG', await frame(1))).toMatchObject({ code: 226 })
  const { socket } = await client.data()
  client.raw(Buffer.from('STOR caf\xe9.JPG\r\n', 'latin1'))
  expect(await client.next()).toMatchObject({ code: 150 })
  ;(await socket()).end(await frame(2))
  expect(await client.next()).toMatchObject({ code: 226 })
  expect(await client.store('', await frame(3), { verb: 'STOU' })).toMatchObject({ code: 226 })
  expect(await client.store('', await frame(4), { verb: 'STOU' })).toMatchObject({ code: 226 })
  client.close()
  await until(() => expect(world.names()).toEqual(['café.JPG', 'photo-2.jpg', 'photo.jpg', '婚禮 1.JPG']))
})

test('IPv6, where PASV has no answer', async () => {
  rig = await openRig(world, { host: '::1' })
  const client = await rig.client()
  await asks(client, { PASV: 425, 'EPSV 1': 522, 'EPRT |2|::2|50000|': 504 })
  expect(await client.store('IMG_1.JPG', await frame(1), { mode: 'EPSV' })).toMatchObject({ code: 226 })
  expect(await client.store('IMG_2.JPG', await frame(2), { mode: 'EPRT' })).toMatchObject({ code: 226 })
  await asks(client, { 'EPSV ALL': 200, 'PORT 127,0,0,1,200,1': 501 })
})

test('every address of this computer is one of IPv6 too', async () => {
  rig = await openRig(world, { host: '0.0.0.0' })
  for (const [n, host] of ['127.0.0.1', '::1'].entries()) {
    const client = await openFtp(rig.port, host)
    expect(await client.login(rig.login.user, rig.login.password)).toMatchObject({ code: 230 })
    expect(await client.store(`IMG_${n}.JPG`, await frame(n), { mode: 'EPSV' })).toMatchObject({ code: 226 })
    client.close()
  }
})

test('it is off at first; the first camera switches it on, and a person off again', async () => {
  const options = await ftpOptions(world.catalog, await freePort(), { port: null })
  const sources = world.sources({ ftp: options })
  await sources.start()
  expect(sources.ftp()).toMatchObject({ state: 'off', fixed: false, port: 2121, cameras: [] })
  const { id } = options.logins.add({ name: 'One' })
  // On, or in trouble where another program on this machine has that port.
  await until(() => expect(sources.ftp()!.state).not.toBe('off'))
  options.logins.change({ on: false })
  await until(() => expect(sources.ftp()!.state).toBe('off'))
  options.logins.add({ name: 'Two' })
  expect(options.logins.switches().on).toBe(false)
  options.logins.remove(id)
  expect(options.logins.cameraOf({ id }).name).toBe('One')
  expect(options.logins.list().map(({ user }) => user)).toEqual(['cam2'])
})
