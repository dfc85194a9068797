import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import type { SocketMessage } from '../../daemon/contract/notice.ts'
import { tileAlone } from './alone.ts'
import { withThumbnail } from './camera-file.ts'
import { startDaemon, type BenchDaemon } from './daemon.ts'
import { shoot } from './darkroom.ts'
import type { Bench } from './harness.ts'
import { median } from './statistics.ts'

const SHOTS = 60
const EVERY_MS = 100
const PUBLISHES = 10
const MOST_MS = 120_000

const SHOWN = 'thumbnail shown after its file is complete, median'
const TILES = 'last tile after the last file'
const FRAME_ALONE = 'such a file read, hashed and decoded for its tile, alone, median'
const TILES_ALONE = 'the same tiles decoded and encoded, alone'
const FAILED = 'publishes that failed'
const DELAY = 'event loop delay, p99'

/** Photos arrive as a tethering program leaves them: each appears whole, under its name. */
async function storm(daemon: BenchDaemon, folder: string): Promise<Record<string, number>> {
  const path = join(folder, 'shot.jpg')
  await shoot(path, 6000, 4000)
  const jpeg = await readFile(path)
  const small = await sharp(jpeg).resize(160, 120).jpeg().toBuffer()
  const shotName = (n: number) => `BURST_${String(n).padStart(3, '0')}.JPG`
  const olderName = (n: number) => `OLDER_${n}.JPG`
  for (let n = 0; n < PUBLISHES; n++) {
    await writeFile(path, withThumbnail(jpeg, small, 1000 + n))
    await daemon.drop(path, olderName(n))
  }

  const framesAlone = await readAlone(path, SHOTS / 6)
  const half = await tilesAlone(path, SHOTS / 2)

  const complete = new Map<string, number>()
  const shown: number[] = []
  const names = new Map<string, string>()
  let tiles = 0
  let lastTile = 0
  const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, { origin: daemon.url })
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as SocketMessage
    if (message.type === 'photo.added' && complete.has(message.photo.filename)) {
      const { id, filename, thumbnail } = message.photo
      names.set(id, filename)
      void daemon.call('GET', thumbnail).then(() => shown.push(performance.now() - complete.get(filename)!))
    } else if (message.type === 'rendition.ready' && message.name === 'tile' && names.has(message.id)) {
      tiles += 1
      lastTile = performance.now()
    }
  })
  await new Promise((resolve) => socket.once('open', resolve))

  let failed = 0
  const publishes: Promise<unknown>[] = []
  let lastFile = 0
  const start = performance.now()
  for (let n = 0; n < SHOTS; n++) {
    const part = join(daemon.buffer, `.${shotName(n)}`)
    await writeFile(part, withThumbnail(jpeg, small, n))
    await wait(Math.max(0, start + n * EVERY_MS - performance.now()))
    await rename(part, join(daemon.buffer, shotName(n)))
    lastFile = performance.now()
    complete.set(shotName(n), lastFile)
    if (n % 6 === 0 && publishes.length < PUBLISHES)
      publishes.push(
        daemon
          .call('POST', '/api/publish', { filename: olderName(publishes.length), exposure: 0.5 })
          .catch(() => (failed += 1)),
      )
  }
  await Promise.all(publishes)
  for (const end = performance.now() + MOST_MS; tiles < SHOTS || shown.length < SHOTS; await wait(50))
    if (performance.now() > end) throw new Error(`${tiles} tiles and ${shown.length} photos of ${SHOTS} came`)
  socket.close()
  await daemon.settled()
  return {
    [SHOWN]: median(shown),
    [FRAME_ALONE]: median([...framesAlone, ...(await readAlone(path, SHOTS / 6))]),
    [TILES]: lastTile - lastFile,
    [TILES_ALONE]: half + (await tilesAlone(path, SHOTS / 2)),
    [FAILED]: failed,
    [DELAY]: await daemon.loopDelay(),
  }
}

/** @returns milliseconds that each of `count` readings took */
async function readAlone(path: string, count: number): Promise<number[]> {
  const took: number[] = []
  for (let n = 0; n < count; n++) {
    const start = performance.now()
    createHash('sha256')
      .update(await readFile(path))
      .digest()
    await tileAlone(path)
    took.push(performance.now() - start)
  }
  return took
}

/** @returns milliseconds for all of them, one after the other as they are made ahead */
async function tilesAlone(path: string, count: number): Promise<number> {
  const start = performance.now()
  for (let n = 0; n < count; n++) await tileAlone(path)
  return performance.now() - start
}

/** What a photographer who holds the shutter down gets to see, while ten photos are published. */
export const burst: Bench = {
  name: 'burst',
  title: `${SHOTS} photos of 24 MP at ten a second while ${PUBLISHES} are published`,
  warmUp: 0,
  rounds: 1,
  limits: [
    { kind: 'ratio', of: SHOWN, to: FRAME_ALONE, most: 4 },
    { kind: 'ratio', of: TILES, to: TILES_ALONE, most: 3 },
    { kind: 'most', of: FAILED, most: 0, unit: 'publishes' },
  ],
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-burst-'))
    const daemon = await startDaemon({ photos: 0, published: 0, fresh: 0 })
    const close = async () => {
      await daemon.stop()
      await rm(folder, { recursive: true, force: true })
    }
    let found: Promise<Record<string, number>> | undefined
    const contenders = [SHOWN, FRAME_ALONE, TILES, TILES_ALONE, FAILED, DELAY].map((name) => ({
      name,
      // One storm gives all the figures.
      run: async () => (await (found ??= storm(daemon, folder)))[name]!,
    }))
    return { contenders, close }
  },
}
