import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import type { SocketMessage } from '../../daemon/contract/notice.ts'
import { withThumbnail } from './camera-file.ts'
import { startDaemon } from './daemon.ts'
import type { Bench, Contender } from './harness.ts'

const OURS = 'event to photo.added'
const THEIRS = 'gphoto2 command line, event to file'
const CAMERA = fileURLToPath(new URL('../../daemon/demo/camera/serve.ts', import.meta.url))

/** From a press of the shutter to the page, and the same camera read by the gphoto2 command line, which neither
 * checks, flushes nor records what it writes. */
export const tethering: Bench = {
  name: 'tethering',
  title: 'a JPEG of about 10 MB, 24 MP, from a virtual Wi-Fi camera on loopback',
  warmUp: 3,
  rounds: 25,
  limits: [
    { kind: 'ratio', of: OURS, to: THEIRS, most: 1.3 },
    { kind: 'ratio', of: OURS, at: 'p95', to: THEIRS, most: 3 },
  ],
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-camera-'))
    const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
    const close = async () => {
      for (const end of ends.splice(0).reverse()) await end()
    }
    try {
      const shot = await tenMegabytes()
      const contenders = [await daemonContender(folder, shot, ends), await commandLine(folder, shot, ends)]
      return { contenders, close }
    } catch (error) {
      await close()
      throw error
    }
  },
}

interface Picture {
  readonly jpeg: Buffer
  /** Lies in its EXIF block, as cameras do it. */
  readonly small: Buffer
}

/** What a camera of 24 megapixels writes: detail everywhere. */
async function tenMegabytes(): Promise<Picture> {
  const noise = { type: 'gaussian', mean: 128, sigma: 18 } as const
  const create = { width: 6000, height: 4000, channels: 3, background: '#888', noise } as const
  const jpeg = await sharp({ create }).blur(0.6).jpeg({ quality: 95 }).toBuffer()
  return { jpeg, small: await sharp(jpeg).resize(160, 120).jpeg().toBuffer() }
}

interface Body {
  readonly port: string
  /** Puts the next frame into the camera's memory, unmeasured. */
  load(n: number): Promise<void>
  /** Resolves when somebody reads the camera. */
  connected(): Promise<void>
  shoot(): void
}

async function virtualCamera(
  folder: string,
  { jpeg, small }: Picture,
  ends: (() => Promise<unknown>)[],
  serial: string,
): Promise<Body> {
  const photos = await mkdtemp(join(folder, 'shoot-'))
  const child = fork(CAMERA, ['--photos', photos, '--serial', serial], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  ends.push(() => ended(child))
  const [output] = (await once(child.stdout!, 'data')) as [Buffer]
  const received = (answer: string) =>
    new Promise<void>((resolve) => {
      const listen = (message: unknown) => {
        if (message !== answer) return
        child.off('message', listen)
        resolve()
      }
      child.on('message', listen)
    })
  const number = /listening (\d+)/.exec(output.toString())![1]!
  return {
    port: `ptpip:127.0.0.1:${number}:${number}`,
    async load(n) {
      const path = join(folder, `${serial}.jpg`)
      await writeFile(path, withThumbnail(jpeg, small, n))
      child.send({ load: path })
      await received('loaded')
    },
    async connected() {
      child.send('connected')
      await received('connected')
    },
    shoot: () => void child.send('shoot'),
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

async function daemonContender(
  folder: string,
  { jpeg, small }: Picture,
  ends: (() => Promise<unknown>)[],
): Promise<Contender> {
  const body = await virtualCamera(folder, { jpeg, small }, ends, 'BENCH-1')
  const daemon = await startDaemon({ photos: 0, published: 0, fresh: 0 }, ['--camera-port', body.port])
  ends.push(() => daemon.stop())
  const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, {
    headers: { origin: daemon.url },
  })
  const received = (fits: (message: SocketMessage) => boolean) =>
    new Promise<void>((resolve) => {
      const listen = (data: Buffer) => {
        if (!fits(JSON.parse(data.toString()) as SocketMessage)) return
        socket.off('message', listen)
        resolve()
      }
      socket.on('message', listen)
    })
  await received((message) => 'status' in message && message.status.camera.cameras[0]?.state === 'connected')
  return {
    name: OURS,
    async before(round) {
      await body.load(round)
      await daemon.settled()
    },
    async run() {
      const added = received(({ type }) => type === 'photo.added')
      body.shoot()
      await added
    },
  }
}

async function commandLine(
  folder: string,
  { jpeg, small }: Picture,
  ends: (() => Promise<unknown>)[],
): Promise<Contender> {
  const body = await virtualCamera(folder, { jpeg, small }, ends, 'BENCH-2')
  const into = await mkdtemp(join(folder, 'gphoto2-'))
  const args = ['--port', body.port, '--camera', 'PTP/IP Camera', '--keep', '--capture-tethered']
  const child = spawn('gphoto2', args, {
    cwd: into,
    env: { ...process.env, HOME: into, LANG: 'C' },
    stdio: 'pipe',
  })
  ends.push(() => ended(child))
  child.on('error', (error) => {
    throw new Error(`The gphoto2 command line is not there to compare with: ${error.message}`)
  })
  child.stderr.resume()
  child.stdout.resume()
  await body.connected()
  let size = 0
  return {
    name: THEIRS,
    async before(round) {
      size = withThumbnail(jpeg, small, round).length
      await body.load(round)
    },
    async run(round) {
      const path = join(into, `IMG_${String(round + 1).padStart(4, '0')}.JPG`)
      body.shoot()
      while ((await stat(path).catch(() => null))?.size !== size) await sleep(1)
    },
  }
}
