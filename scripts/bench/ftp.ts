import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import type { FtpReply } from '../../daemon/contract/ftp.ts'
import type { SocketMessage } from '../../daemon/contract/notice.ts'
import { tileAlone } from './alone.ts'
import { withThumbnail } from './camera-file.ts'
import { freePort, startDaemon, type BenchDaemon } from './daemon.ts'
import { shoot } from './darkroom.ts'
import type { Bench, Contender } from './harness.ts'
import { hasVsftpd, startVsftpd } from './vsftpd.ts'

const FILES = 24
const CAMERAS = 4
const OURS = 'the receiver: flushed, looked at, committed'
const THEIRS = 'vsftpd'
const COPY = 'a copy of each file, flushed'
const DELAY = 'event loop delay, p99'

const SINGLES = 10
const SHOWN = 'a frame from its first byte to its tile, slowest of ten'
const ALONE = 'such a frame decoded for its tile, alone'

/** Several cameras send at once, each its files one after another over one connection. */
async function send(url: string, files: readonly string[], login: readonly string[]): Promise<void> {
  const cameras = Array.from({ length: Math.min(CAMERAS, files.length) }, (_, camera) =>
    files.filter((__, n) => n % CAMERAS === camera),
  )
  const run = promisify(execFile)
  await Promise.all(
    cameras.map((own) =>
      run('curl', ['-sS', '--fail-early', ...login, ...own.flatMap((file) => ['-T', file, url])]),
    ),
  )
}

/** New frames for each round: what was sent before would be known already. */
async function makeFrames(folder: string) {
  const path = join(folder, 'shot.jpg')
  await shoot(path, 6000, 4000)
  const jpeg = await readFile(path)
  const small = await sharp(jpeg).resize(160, 120).jpeg().toBuffer()
  let made = 0
  return async (): Promise<string[]> => {
    const files: string[] = []
    for (let n = 0; n < FILES; n += 1) {
      made += 1
      const file = join(folder, `IMG_${made}.JPG`)
      await writeFile(file, withThumbnail(jpeg, small, made))
      files.push(file)
    }
    return files
  }
}

async function open(): Promise<{ contenders: Contender[]; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-ftp-'))
  const [port, other] = [await freePort(), await freePort()]
  const daemon: BenchDaemon = await startDaemon({ photos: 0, published: 0, fresh: 0 }, [
    '--no-camera',
    '--ftp-port',
    String(port),
  ])
  const added = await daemon.call('POST', '/api/camera/ftp', { action: 'add', name: 'Bench' })
  const { user, password } = (JSON.parse(added) as FtpReply).ftp!
  const theirs = hasVsftpd() ? await startVsftpd(folder, other) : null
  const frames = await makeFrames(folder)
  let files: string[] = []
  const before = async () => {
    await daemon.settled()
    for (const file of files) await rm(file)
    files = await frames()
  }
  const ours: Contender = {
    name: OURS,
    before,
    run: () => send(`ftp://127.0.0.1:${port}/`, files, ['-u', `${user}:${password}`]),
  }
  const reference: Contender = theirs
    ? { name: THEIRS, before, run: () => send(theirs.url, files, []) }
    : {
        name: COPY,
        before,
        async run() {
          await mkdir(join(folder, 'copies'), { recursive: true })
          for (const file of files) await copyFile(file, join(folder, 'copies', file.split('/').at(-1)!))
        },
      }
  const delay: Contender = { name: DELAY, unit: 'ms', run: daemon.loopDelay }
  return {
    contenders: [reference, ours, delay],
    async close() {
      await daemon.stop()
      await theirs?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What a camera waits for its receipts, against a server that gives them as soon as the bytes are in the system's hands. */
export const ftp: Bench = {
  name: 'ftp',
  title: `${FILES} photos of 24 MP by FTP from ${CAMERAS} cameras at once`,
  warmUp: 1,
  rounds: 4,
  limits: hasVsftpd() ? [{ kind: 'ratio', of: OURS, to: THEIRS, most: 1.25 }] : [],
  open,
}

/** Resolves with the tile of the photo of that name. Has to be asked before the photo comes. */
function tileOf(socket: WebSocket, filename: string): Promise<void> {
  return new Promise((resolve) => {
    let id: string | undefined
    socket.on('message', function hear(data: Buffer) {
      const message = JSON.parse(data.toString()) as SocketMessage
      if (message.type === 'photo.added' && message.photo.filename === filename) id = message.photo.id
      if (message.type !== 'rendition.ready' || message.name !== 'tile' || message.id !== id) return
      socket.off('message', hear)
      resolve()
    })
  })
}

async function openSingles(): Promise<{ contenders: Contender[]; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-ftp-'))
  const port = await freePort()
  const daemon = await startDaemon({ photos: 0, published: 0, fresh: 0 }, [
    '--no-camera',
    '--ftp-port',
    String(port),
  ])
  const added = await daemon.call('POST', '/api/camera/ftp', { action: 'add', name: 'Bench' })
  const { user, password } = (JSON.parse(added) as FtpReply).ftp!
  const login = ['-u', `${user}:${password}`]
  const frames = await makeFrames(folder)
  const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, { origin: daemon.url })
  await new Promise((resolve) => socket.once('open', resolve))
  let files: string[] = []
  const before = async () => {
    await daemon.settled()
    for (const file of files) await rm(file)
    files = await frames()
  }
  const shown: Contender = {
    name: SHOWN,
    before,
    async run() {
      let slowest = 0
      for (const file of files.slice(0, SINGLES)) {
        const tile = tileOf(socket, basename(file))
        const start = performance.now()
        await send(`ftp://127.0.0.1:${port}/`, [file], login)
        await tile
        slowest = Math.max(slowest, performance.now() - start)
      }
      return slowest
    },
  }
  const alone: Contender = { name: ALONE, run: () => tileAlone(files[0] ?? join(folder, 'shot.jpg')) }
  return {
    contenders: [alone, shown],
    async close() {
      socket.close()
      await daemon.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What the assistant waits for: the whole way of a frame, its sending over loopback with it. */
export const ftpShown: Bench = {
  name: 'ftp-shown',
  title: 'photos of 24 MP by FTP, one at a time, until their tiles are on a screen',
  warmUp: 1,
  rounds: 4,
  limits: [{ kind: 'ratio', of: SHOWN, to: ALONE, most: 6 }],
  open: openSingles,
}
