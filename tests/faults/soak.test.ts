import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { PublicationView } from '../../daemon/contract/publication.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { openSocket } from '../fixtures/daemon.ts'
import type { Measured } from '../fixtures/measured.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { MAIN } from '../fixtures/process.ts'

/** An evening's load for as long as `SOAK_SECONDS` says: ten minutes with LONG_TESTS=1. Without it the shots come five
 * times as fast. */
const LONG = process.env['LONG_TESTS'] === '1'
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? (LONG ? 600 : 15))
/** Milliseconds from shot to shot. */
const EVERY = LONG ? 2000 : 400
/** Shots before the first measurement: by then each part has done its work once. */
const WARM = 15
const MEASURE = fileURLToPath(new URL('../fixtures/measured.ts', import.meta.url))

const skip = process.platform !== 'linux' && process.env.CI !== 'true'
if (skip) process.stderr.write('tests/faults/soak.test.ts does not run: it needs Linux.\n')

describe.skipIf(skip)('an evening', () => {
  let data: string
  let daemon: ChildProcess
  let url: string
  let shots = 0
  const failures: string[] = []

  beforeAll(async () => {
    data = await tempFolder()
    daemon = spawn(
      process.execPath,
      [
        ...['--expose-gc', '--import', MEASURE, MAIN, '--data', data, '--port', '0', '--host', '127.0.0.1'],
        ...['--https-port', '0', '--no-mdns', '--no-camera', '--card-root', join(data, 'cards')],
      ],
      { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] },
    )
    for await (const line of createInterface({ input: daemon.stdout! })) {
      const [word, admin] = line.split(' ')
      if (word !== 'ready') continue
      url = new URL(admin!).origin
      break
    }
  })
  afterAll(async () => {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      daemon.kill('SIGKILL')
      await once(daemon, 'exit')
    }
    await rm(data, { recursive: true, force: true })
  })

  async function measure(what: 'now' | 'leak' = 'now'): Promise<Measured> {
    const answer = once(daemon, 'message')
    daemon.send(what)
    return ((await answer) as [Measured])[0]
  }
  async function call<T>(path: string, body?: object | FormData): Promise<T> {
    const isForm = body instanceof FormData
    const reply = await fetch(url + path, {
      // A connection that is kept for the next call is no leak.
      headers: {
        origin: url,
        connection: 'close',
        ...(body && !isForm && { 'content-type': 'application/json' }),
      },
      ...(body && { method: 'POST', body: isForm ? body : JSON.stringify(body) }),
    })
    const isJson = reply.headers.get('content-type')?.includes('json')
    const said: unknown = isJson ? await reply.json() : await reply.arrayBuffer()
    if (!reply.ok) failures.push(`${path} ${reply.status} ${JSON.stringify(said)}`)
    return said as T
  }

  /** A shot with what people and guests do meanwhile. */
  async function shot(n: number): Promise<void> {
    const filename = `IMG_${n}.JPG`
    const form = new FormData()
    const jpeg = await makeJpeg({ seed: n, width: 300, height: 200, takenAt: new Date() })
    form.append('photo', new Blob([new Uint8Array(jpeg)]), filename)
    await call('/api/upload', form)
    const app = openSocket(url)
    await app.find((message): message is typeof message => message !== undefined)
    await call('/api/rate', { filename, rating: n % 6 })
    await call('/api/publish', { filename, exposure: (n % 5) / 10, ...(n % 6 === 1 && { hold: 1 }) })
    if (n % 3 === 0) await call('/api/unpublish', { filename: `IMG_${n}.jpg` })
    if (n % 6 === 0) await call('/api/reject', { filename })
    await Promise.all(['/api/buffer', '/api/live', '/api/status', '/gallery/'].map((path) => call(path)))
    const { current } = await call<{ current: { prefix: string } }>('/api/events')
    await call(`/photo/${current.prefix}/manifest.json`)
    app.close()
    await app.closed
  }

  async function shoot(until: () => boolean): Promise<void> {
    const going = new Set<Promise<void>>()
    while (!until()) {
      const one = shot(++shots).finally(() => going.delete(one))
      going.add(one)
      await new Promise((resolve) => setTimeout(resolve, EVERY))
      // A machine that is slow at the moment is no reason to take out many at once, which asks a person.
      while (going.size > 3) await Promise.race(going)
    }
    await Promise.all(going)
  }

  it(
    `of ${SECONDS} seconds leaves neither memory nor descriptors behind, and catalog and folders agree`,
    async () => {
      await shoot(() => shots >= WARM)
      const before = await measure()
      const end = performance.now() + SECONDS * 1000
      await shoot(() => performance.now() > end)
      expect(failures).toEqual([])
      const after = await measure()
      if (LONG) {
        const [from, to] = [before, after].map(({ live, rss }) => `${live} living, ${rss} in all`)
        process.stderr.write(`${shots} shots, bytes: ${from} -> ${to}; ${more(before, after).join(' ')}\n`)
      }
      // What is still under way on a busy machine ends; a leak stays.
      await expect.poll(async () => grown(before, await measure())).toEqual([])

      await expect.poll(async () => (await lists()).waiting).toEqual([])
      expect(await disagreements()).toEqual([])

      // The control: less than this would be seen.
      expect(grown(before, await measure('leak'))).toEqual(['memory', 'descriptors'])
      await rm(join(data, 'photos_buffer', 'IMG_1.JPG'))
      await rm(join(data, 'photos_web', 'IMG_1.jpg'))
      expect(await disagreements()).toEqual(['buffer: IMG_1.JPG', 'web: IMG_1.jpg'])

      daemon.kill('SIGTERM')
      await once(daemon, 'exit')
      const catalog = new DatabaseSync(join(data, 'catalog.db'), { readOnly: true })
      expect(catalog.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      catalog.close()
    },
    SECONDS * 1000 + 180_000,
  )

  async function lists() {
    const rows = async (state: string) =>
      (await call<{ images: PhotoView[] }>(`/api/buffer?state=${state}&limit=5000`)).images
    const [buffer, trash] = await Promise.all([rows('buffer'), rows('trashed')])
    const { images: live } = await call<{ images: PublicationView[] }>('/api/live?limit=5000')
    const waiting = [...buffer, ...trash].filter(
      ({ progress }) => progress && progress.state !== 'live' && progress.state !== 'uploading',
    )
    return { buffer, trash, live, waiting: waiting.map(({ filename }) => filename) }
  }

  /** Names that the catalog or the folder alone has. */
  async function disagreements(): Promise<string[]> {
    const { buffer, trash, live } = await lists()
    const found: string[] = []
    const compare = async (role: string, names: readonly string[], ending: RegExp) => {
      const there = (await readdir(join(data, `photos_${role}`))).filter((name) => ending.test(name))
      const wrong = [...new Set([...there, ...names])].filter(
        (name) => !there.includes(name) || !names.includes(name),
      )
      found.push(...wrong.sort().map((name) => `${role}: ${name}`))
    }
    const names = (photos: readonly { filename: string }[]) => photos.map(({ filename }) => filename)
    await compare('buffer', names(buffer), /\.JPG$/)
    await compare('trash', names(trash), /\.JPG$/)
    await compare('web', names(live), /\.jpg$/)
    return found
  }
})

/** Descriptors that were not there before. */
function more(before: Measured, after: Measured): string[] {
  const left = [...before.descriptors]
  return after.descriptors.filter((name) => {
    const at = left.indexOf(name)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** SQLite closes no descriptor of a file that another connection of the process has open, for that would drop its locks
 * (`unixClose` in its `os_unix.c`); it keeps it for the next connection. Each copy of the catalog uses the same again. */
const spares = (before: Measured, after: Measured) =>
  Math.min(1, more(before, after).filter((name) => name.endsWith('/catalog.db')).length)

/** What grew: what lives, by more than a tenth of all that the process holds, which says itself little, as the system
 * takes back what is free when it pleases; and descriptors. */
function grown(before: Measured, after: Measured): string[] {
  return [
    ...(after.live - before.live > before.rss / 10 ? ['memory'] : []),
    ...(after.descriptors.length - spares(before, after) > before.descriptors.length ? ['descriptors'] : []),
  ]
}
