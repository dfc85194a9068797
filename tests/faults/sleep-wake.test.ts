import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { openPulledDisk, pulledDiskTrouble, type PulledDisk } from '../fixtures/disk/pulled-disk.ts'
import { createFakeTime, fakeTimeTrouble, type FakeTime } from '../fixtures/fake-time.ts'
import { createLan, lanTrouble } from '../fixtures/network/lan.ts'
import { freePort } from '../fixtures/network/ports.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { spawnMain, type MainProcess } from '../fixtures/process.ts'

/** What an evening does to a computer below the program: nothing of it may need a restart. */
const trouble = fakeTimeTrouble() ?? pulledDiskTrouble() ?? lanTrouble()
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/faults/sleep-wake.test.ts does not run: ${trouble}.\n`)

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A daemon as a process of its own, with a time of its own. */
async function start(folder: string, clocks: 'all' | 'wall', args: readonly string[], config: object = {}) {
  await mkdir(join(folder, 'data', 'config'), { recursive: true })
  await mkdir(join(folder, 'in'))
  await writeFile(join(folder, 'data', 'config', 'daemon.json'), JSON.stringify(config))
  const time = await createFakeTime(folder, { clocks })
  const main = spawnMain(
    [
      ...['--data', join(folder, 'data'), '--port', '0', '--no-camera', '--no-mdns'],
      ...['--card-root', join(folder, 'cards'), '--watch', join(folder, 'in'), ...args],
    ],
    time.env,
  )
  return daemonOf(await main.ready, main, time)
}
type Daemon = ReturnType<typeof daemonOf>

function daemonOf(url: string, main: MainProcess, time: FakeTime) {
  const get = async <T>(path: string) => (await (await fetch(url + path)).json()) as T
  const post = async (path: string, body: object) => {
    const headers = { origin: url, 'content-type': 'application/json' }
    const reply = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  const photos = async () => (await get<{ images: PhotoView[] }>('/api/buffer')).images
  return {
    url,
    main,
    time,
    post,
    status: () => get<Status>('/api/status'),
    codes: async () => (await get<Status>('/api/status')).warnings.map(({ code }) => code),
    names: async () => (await photos()).map(({ filename }) => filename).sort(),
    progress: async (name: string) => (await photos()).find(({ filename }) => filename === name)?.progress,
    live: async () =>
      (await get<{ images: { original: string }[] }>('/api/live')).images
        .map(({ original }) => original)
        .sort(),
    job: async () => (await get<{ jobs: { state: string; reason: string | null }[] }>('/api/jobs')).jobs[0],
    async upload(name: string, seed: number) {
      const form = new FormData()
      form.append('photo', new Blob([new Uint8Array(await photo(seed))]), name)
      const reply = await fetch(`${url}/api/upload`, { method: 'POST', headers: { origin: url }, body: form })
      return ((await reply.json()) as { success?: { saved_as: string }[] }).success?.length ?? 0
    },
    publish: (filename: string, hold: number) => post('/api/publish', { filename, hold }),
  }
}
const photo = (seed: number, takenAt = new Date()) => makeJpeg({ seed, width: 300, height: 200, takenAt })

describe.skipIf(skip)('without a restart', () => {
  let folder: string
  let disk: PulledDisk
  /** Sleeps, and has its photos on a disk that is pulled. */
  let mac: Daemon
  /** Its clock is set, its addresses change. */
  let other: Daemon
  let httpsPort: number

  beforeAll(async () => {
    folder = await tempFolder()
    await mkdir(join(folder, 'mac'))
    await mkdir(join(folder, 'other'))
    disk = await openPulledDisk(folder)
    httpsPort = await freePort()
    const roles = ['buffer', 'web', 'trash', 'archive', 'finals']
    const folders = Object.fromEntries(roles.map((role) => [role, join(disk.path, role)]))
    ;[mac, other] = await Promise.all([
      start(join(folder, 'mac'), 'all', ['--host', '127.0.0.1', '--https-port', '0'], { folders }),
      start(join(folder, 'other'), 'wall', ['--https-port', String(httpsPort)]),
    ])
    const all = [mac, mac, mac, mac, mac, mac, other, other]
    const taken = await Promise.all(all.map((daemon, n) => daemon.upload(`IMG_${n}.JPG`, n)))
    expect(taken).toEqual(all.map(() => 1))
  }, 180_000)
  afterAll(async () => {
    for (const daemon of [mac, other]) {
      daemon?.main.child.kill('SIGKILL')
      await daemon?.main.ended
    }
    await disk?.remove()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  it('ten minutes of sleep are told, what waited goes out, and what came meanwhile is taken', async () => {
    await mac.publish('IMG_0.JPG', 30)
    await mac.post('/api/jobs', { kind: 'publish', items: [{ filename: 'IMG_5.JPG' }], hold: 60 })
    mac.main.child.kill('SIGSTOP')
    const taken = new Date(Date.now() + 5 * MINUTE)
    const card = join(folder, 'mac', 'cards', 'EOS', 'DCIM', '100CANON', 'CARD_1.JPG')
    await mkdir(dirname(card), { recursive: true })
    await writeFile(card, await photo(101, taken))
    await writeFile(join(folder, 'mac', 'in', 'WATCHED_1.JPG'), await photo(102, taken))
    await writeFile(join(disk.path, 'buffer', 'DROPPED_1.JPG'), await photo(103, taken))
    expect(await readdir(join(disk.path, 'web'))).not.toContain('IMG_0.jpg')
    await mac.time.set(10 * MINUTE)
    mac.main.child.kill('SIGCONT')

    await expect.poll(mac.codes).toContain('slept')
    const slept = (await mac.status()).warnings.find(({ code }) => code === 'slept')!
    const minutes = (at: unknown) => Number(String(at).slice(0, 2)) * 60 + Number(String(at).slice(3))
    const length = (minutes(slept.params.to) - minutes(slept.params.from) + 1440) % 1440
    expect([10, 11]).toContain(length)
    await expect.poll(mac.live).toEqual(['IMG_0.JPG', 'IMG_5.JPG'])
    await expect
      .poll(mac.names)
      .toEqual(expect.arrayContaining(['CARD_1.JPG', 'DROPPED_1.JPG', 'WATCHED_1.JPG']))
  })

  it('a disk that is pulled takes nothing in its place, and back again it gets all that waited for it', async () => {
    await mac.publish('IMG_1.JPG', 1)
    disk.pull()
    await expect.poll(mac.codes).toContain('folder_missing')
    expect(await mac.upload('AWAY.JPG', 50)).toBe(1)
    const states = async () => (await mac.status()).folders.map(({ state }) => state)
    expect(await states()).toEqual(['away', 'away', 'away', 'away', 'away'])
    await expect.poll(() => mac.progress('IMG_1.JPG')).toMatchObject({ state: 'failed', code: 'folder_away' })
    expect(await readdir(disk.path)).toEqual([])

    disk.put()
    await expect.poll(mac.live).toContain('IMG_1.JPG')
    await expect.poll(mac.codes).not.toContain('folder_missing')
    expect(await mac.upload('BACK.JPG', 51)).toBe(1)
    expect(existsSync(join(disk.path, 'buffer', 'BACK.JPG'))).toBe(true)
    await expect.poll(() => existsSync(join(disk.path, 'buffer', 'AWAY.JPG'))).toBe(true)
  })

  it('a folder that was renamed is named, and ready with its name', async () => {
    await rename(join(disk.path, 'web'), join(disk.path, 'web 2'))
    await expect.poll(mac.codes).toContain('folder_renamed')
    await mac.publish('IMG_2.JPG', 1)
    await expect.poll(() => mac.progress('IMG_2.JPG')).toMatchObject({ state: 'failed' })
    expect(existsSync(join(disk.path, 'web'))).toBe(false)
    await rename(join(disk.path, 'web 2'), join(disk.path, 'web'))
    await expect.poll(mac.live).toContain('IMG_2.JPG')
    await expect.poll(mac.codes).not.toContain('folder_renamed')
  })

  it('a full disk holds up publishing, which goes on by itself once there is room', async () => {
    await disk.fill()
    await mac.post('/api/jobs', { kind: 'publish', items: [{ filename: 'IMG_3.JPG' }] })
    await mac.publish('IMG_4.JPG', 1)
    await expect.poll(mac.job).toMatchObject({ state: 'paused', reason: 'disk_full' })
    await expect.poll(() => mac.progress('IMG_4.JPG')).toMatchObject({ state: 'failed', code: 'disk_full' })
    await disk.free()
    await expect.poll(mac.live).toEqual(expect.arrayContaining(['IMG_3.JPG', 'IMG_4.JPG']))
    await expect.poll(mac.job).toMatchObject({ state: 'done' })
  })

  it('a clock that is set by three hours sends nothing out early, and holds nothing up', async () => {
    await other.publish('IMG_6.JPG', 30)
    await other.time.set(3 * HOUR)
    await expect.poll(other.codes).toContain('clock_forward')
    expect(await other.progress('IMG_6.JPG')).toMatchObject({ state: 'held' })
    await other.publish('IMG_7.JPG', 2)
    await other.time.set(-3 * HOUR)
    await expect.poll(other.codes).toContain('clock_back')
    await expect.poll(other.live).toContain('IMG_7.JPG')
  })

  it('other addresses are told, and served with a certificate that fits', async () => {
    const lan = await createLan()
    try {
      await expect.poll(async () => (await other.status()).connect.addresses).toContain(lan.here)
      await expect.poll(other.codes).toContain('address_changed')
      await expect
        .poll(async () => (await other.status()).connect.https.origins)
        .toContain(`https://${lan.here}:${httpsPort}`)
      await expect.poll(() => namesServed(lan.here, httpsPort)).toContain(`IP Address:${lan.here}`)
      const port = Number(new URL(other.url).port)
      expect(await lan.ask(port, [{ method: 'GET', path: '/gallery/' }])).toMatchObject([{ status: 200 }])
    } finally {
      await lan.remove()
    }
    await expect.poll(async () => (await other.status()).connect.addresses).not.toContain(lan.here)
  })
})

/** What the certificate that is served there is for. */
function namesServed(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? '')
      socket.destroy()
    })
    socket.once('error', () => resolve(''))
  })
}
