import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { WallMessage } from '../../../daemon/contract/wall.ts'
import type { WallsReply } from '../../../daemon/contract/wall-api.ts'
import { hasRoom, WALLS } from '../../../daemon/http/routes/guests/wall-room.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
let slug = ''
const open: WebSocket[] = []
beforeAll(async () => {
  daemon = await startDaemon()
  slug = (await daemon.get('/api/status')).body.event.slug
  for (const n of [1, 2, 3]) {
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 300, height: 200 }))
    if (n < 3) await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
  }
})
afterAll(() => daemon.end())

/** A guest on the network, seen through whatever passes on what they send. */
const STRANGER = { 'x-forwarded-for': '192.168.1.20' }
const settle = { timeout: 10_000 }

async function connect(key: string, more: object = {}, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/guests/${slug}/wall`, {
    headers: { origin: daemon.url, ...headers },
  })
  open.push(socket)
  const heard: WallMessage[] = []
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString()) as WallMessage))
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await new Promise((resolve, reject) => {
    socket.once('message', resolve)
    socket.once('error', reject)
  })
  const report = { type: 'wall', key, name: '', width: 1920, height: 1080, shows: null, ...more }
  socket.send(JSON.stringify(report))
  const last = () => heard.findLast((one) => one.type === 'settings')
  return { socket, heard, closed, last }
}
const walls = async () => (await daemon.get('/api/walls')).body as WallsReply
const change = (settings: object, wall: string | null = null) =>
  daemon.post('/api/walls', { action: 'change', wall, settings })
const leave = async () => {
  open.splice(0).forEach((socket) => socket.terminate())
  await expect.poll(async () => (await walls()).walls.length, settle).toBe(0)
}

describe('walls', () => {
  test('are listed with what they say, and hear what a person wants of all of them or of one', async () => {
    const [one, two] = [
      await connect('a1b2c3d4', { name: 'Bar', shows: 'IMG_1.jpg' }),
      await connect('b1b2c3d4'),
    ]
    await expect.poll(async () => (await walls()).walls.length, settle).toBe(2)
    expect((await daemon.get('/api/status')).body.guests).toMatchObject({ walls: 2 })
    const bar = (await walls()).walls.find(({ name }) => name === 'Bar')!
    expect(bar).toMatchObject({ width: 1920, height: 1080, shows: 'IMG_1.jpg', own: false, known: true })
    expect((await fetch(daemon.url + bar.thumb)).status).toBe(200)
    expect(one.last()).toMatchObject({ settings: { layout: 'show', pace: 8 }, picks: [], logo: false })

    expect((await change({ layout: 'mosaic', pace: 12 })).status).toBe(200)
    for (const wall of [one, two])
      await expect.poll(wall.last, settle).toMatchObject({ settings: { layout: 'mosaic', pace: 12 } })
    expect((await change({ layout: 'title' }, bar.id)).body.walls).toContainEqual(
      expect.objectContaining({ name: 'Bar', own: true }),
    )
    await expect.poll(one.last, settle).toMatchObject({ settings: { layout: 'title', pace: 12 } })
    expect(two.last()).toMatchObject({ settings: { layout: 'mosaic' } })
    // What all are told holds for the one that had its own, too.
    await change({ layout: 'show' })
    await expect.poll(one.last, settle).toMatchObject({ settings: { layout: 'show' } })

    // That a wall was made blank is in the status, until all walls show photos again.
    const held = async () => (await daemon.get('/api/status')).body.walls
    expect(await held()).toBeUndefined()
    await change({ blank: true }, bar.id)
    expect(await held()).toEqual({ blank: 'some', paused: 'none' })
    await change({ blank: true, paused: true })
    expect(await held()).toEqual({ blank: 'all', paused: 'all' })
    await change({ blank: false, paused: false })
    expect(await held()).toBeUndefined()

    expect(
      (await daemon.post('/api/walls', { action: 'show', wall: bar.id, filename: 'IMG_2.jpg' })).status,
    ).toBe(200)
    await expect.poll(() => one.heard.at(-1), settle).toEqual({ type: 'ask', filename: 'IMG_2.jpg' })
    expect(two.heard.some(({ type }) => type === 'ask')).toBe(false)
    const { entries } = (await daemon.get('/api/audit')).body as {
      entries: { subject: string; details: string[] }[]
    }
    expect(entries[0]).toMatchObject({ subject: 'walls', details: ['blank', 'paused'] })
    await leave()
  })

  test('keep their settings when the daemon was away, and on the internet they stand in the event’s list', async () => {
    const { prefix } = (await daemon.get(`/photo/events/${slug}.json`)).body as { prefix: string }
    const head = async () => (await daemon.get(`/photo/${prefix}/manifest.json`)).body as { wall?: object }
    await change({ layout: 'show', pace: 8 })
    expect((await head()).wall).toBeUndefined()
    await change({ layout: 'latest', message: 'Dinner is served' })
    expect((await head()).wall).toEqual({ layout: 'latest', message: 'Dinner is served' })
    daemon = await daemon.restart()
    expect((await walls()).settings).toMatchObject({ layout: 'latest', message: 'Dinner is served' })
    await change({ layout: 'show', message: '' })
    expect((await head()).wall).toBeUndefined()
  })

  test('are told which photos are picks where that is no secret: on this computer, or when a person wants picks alone', async () => {
    const [own, stranger] = [await connect('c1c2c3c4'), await connect('d1d2d3d4', {}, STRANGER)]
    await daemon.post('/api/rate', { filename: 'IMG_2.JPG', pick: true })
    await daemon.post('/api/rate', { filename: 'IMG_3.JPG', pick: true })
    await expect.poll(own.last, settle).toMatchObject({ picks: ['IMG_2.jpg'] })
    expect(stranger.last()).toMatchObject({ picks: [] })
    await change({ picks: 'only' })
    await expect.poll(stranger.last, settle).toMatchObject({ picks: ['IMG_2.jpg'] })
    // What is not public is never named, pick or not.
    expect(JSON.stringify([...own.heard, ...stranger.heard])).not.toMatch(/IMG_3/)
    await change({ picks: 'more' })
    await leave()
  })

  test('may be anybody’s: such a one is text in a list, commands nobody and learns nothing', async () => {
    const stranger = await connect('e1e2e3e4', { name: '<b>Bar</b>\n2', shows: 'IMG_3.jpg' }, STRANGER)
    await expect.poll(async () => (await walls()).walls.length, settle).toBe(1)
    // It claims to show a photo that nobody published: the app is not told of it.
    expect((await walls()).walls[0]).toMatchObject({
      name: '<b>Bar</b> 2',
      shows: null,
      thumb: null,
      known: false,
    })
    expect((await daemon.get('/api/walls', STRANGER)).status).toBe(401)
    expect(
      (await daemon.post('/api/walls', { action: 'change', wall: null, settings: { blank: true } }, STRANGER))
        .status,
    ).toBe(401)
    stranger.socket.send(JSON.stringify({ type: 'settings', settings: { blank: true } }))
    expect(await stranger.closed).toBe(1008)
    for (const said of ['{"type":"ask","filename":"IMG_1.jpg"}', 'nonsense', '[]']) {
      const other = await connect('f1f2f3f4', {}, STRANGER)
      other.socket.send(said)
      expect(await other.closed).toBe(1008)
    }
    expect((await walls()).settings.blank).toBe(false)
    await expect(connect('g1g2g3g4', {}, { origin: 'http://elsewhere.example' })).rejects.toThrow('403')
  })

  test('of strangers have a part of the room, and those of this computer the rest', async () => {
    for (let n = 0; n < WALLS.address; n++) await connect(`h1h2h3h${n}`, {}, STRANGER)
    await expect(connect('i1i2i3i4', {}, STRANGER)).rejects.toThrow('503')
    await connect('j1j2j3j4')
    await leave()
    const many = (count: number, isKnown: boolean) =>
      Array.from({ length: count }, (_, n) => ({ isKnown, address: `192.168.1.${n}` }))
    const comes = (isKnown: boolean) => ({ isKnown, address: '192.168.2.1' })
    expect(hasRoom(many(WALLS.strangers - 1, false), comes(false))).toBe(true)
    expect(hasRoom(many(WALLS.strangers, false), comes(false))).toBe(false)
    expect(hasRoom(many(WALLS.strangers, false), comes(true))).toBe(true)
    expect(hasRoom(many(WALLS.all, true), comes(true))).toBe(false)
  })

  test('show only what is published, and are told so in words', async () => {
    const show = (filename: string) => daemon.post('/api/walls', { action: 'show', wall: null, filename })
    for (const name of ['IMG_3.JPG', 'IMG_3.jpg', 'never.jpg', '../catalog.db'])
      expect((await show(name)).body.error.code).toBe('unknown_publication')
    expect((await show('IMG_1.jpg')).body.error.code).toBe('no_walls')
    expect((await change({ layout: 'show' }, 'gone')).body.error.code).toBe('no_such_wall')
    expect((await change({ layout: 'sparkle' })).status).toBe(400)
    expect((await change({ message: 'x'.repeat(121) })).status).toBe(400)
  })

  test('get the logo once a person put it on them, and by the event’s door', async () => {
    const logo = async () => (await fetch(`${daemon.url}/guests/${slug}/wall/logo`)).status
    const form = new FormData()
    form.append(
      'file',
      new Blob([new Uint8Array(await makeJpeg({ seed: 9, width: 80, height: 40 }))]),
      'logo.jpg',
    )
    const headers = { origin: daemon.url }
    expect(
      (await fetch(`${daemon.url}/api/upload-watermark`, { method: 'POST', body: form, headers })).status,
    ).toBe(200)
    expect(await logo()).toBe(404)
    await change({ logo: 'top-left' })
    expect(await logo()).toBe(200)
    const line = await connect('k1k2k3k4')
    expect(line.last()).toMatchObject({ logo: true })
    const access = (visibility: string, pin?: string) =>
      daemon.post('/api/events', { action: 'access', slug, visibility, ...(pin && { pin }) })
    await access('pin', '4711')
    expect(await line.closed).toBe(4001)
    expect(await logo()).toBe(401)
    await expect(connect('l1l2l3l4')).rejects.toThrow('401')
    await access('front')
    await change({ logo: 'off' })
    expect(await logo()).toBe(404)
  })

  test('have their page at its own address and at each event’s, for anybody', async () => {
    for (const path of ['/wall/', `/wall/e/${slug}`, '/wall/e/unknown']) {
      const reply = await fetch(daemon.url + path, { headers: { ...STRANGER, accept: 'text/html' } })
      expect(reply.status).toBe(200)
      expect(reply.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    }
  })
})
