import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import type { UploadReply } from '../../daemon/contract/api.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { withThumbnail } from './camera-file.ts'
import { startDaemon, type BenchDaemon } from './daemon.ts'
import { shoot } from './darkroom.ts'
import type { Bench } from './harness.ts'
import { quantile } from './statistics.ts'

const SHOTS = 30
const EVERY_MS = 100
const BYTES = 10e6
const MOST_MS = 120_000
/** As many as a camera's and a few phones' connections. */
const AGENT = new Agent({ keepAlive: true, maxSockets: 8 })

const WITH = 'first copy acknowledged, with a second copy, p95'
const WITHOUT = 'first copy acknowledged, alone, p95'

/** A frame of at least 10 MB, as a camera writes it. */
async function frameOf(folder: string): Promise<(n: number) => Buffer> {
  const path = join(folder, 'shot.jpg')
  let jpeg = Buffer.alloc(0)
  for (let width = 6000; jpeg.length < BYTES; width += 1200) {
    await shoot(path, width, (width * 2) / 3)
    jpeg = await readFile(path)
  }
  const small = await sharp(jpeg).resize(160, 120).jpeg().toBuffer()
  return (n) => withThumbnail(jpeg, small, n)
}

async function send(daemon: BenchDaemon, name: string, jpeg: Buffer): Promise<void> {
  const edge = '----frame'
  const head = `--${edge}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/jpeg\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), jpeg, Buffer.from(`\r\n--${edge}--\r\n`)])
  const { success } = await new Promise<UploadReply>((resolve, reject) => {
    const headers = {
      origin: daemon.url,
      'content-type': `multipart/form-data; boundary=${edge}`,
      'content-length': body.length,
    }
    request(`${daemon.url}/api/upload`, { method: 'POST', agent: AGENT, headers }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject)
      reply.once('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as UploadReply))
    })
      .once('error', reject)
      .end(body)
  })
  if (success.length !== 1 || success[0]?.already) throw new Error(`${name} was not taken as a new photo`)
}

/** Resolves when the second copy has all of it. */
async function caughtUp(daemon: BenchDaemon): Promise<void> {
  for (const end = performance.now() + MOST_MS; performance.now() < end; await wait(200)) {
    const { second_copy: copy } = JSON.parse(await daemon.call('GET', '/api/status')) as Status
    if ((copy?.waiting ?? 0) === 0) return
  }
  throw new Error('The second copy did not catch up')
}

/** What a second copy costs the first: frames come as quickly as a camera shoots, and each has to be acknowledged as
 * soon as if there were none. */
export const secondCopy: Bench = {
  name: 'second-copy',
  title: `${SHOTS} frames of 10 MB at ten a second, with a second copy and without`,
  warmUp: 0,
  rounds: 3,
  limits: [{ kind: 'ratio', of: WITH, to: WITHOUT, most: 1.1 }],
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-second-'))
    const daemon = await startDaemon({ photos: 0, published: 0, fresh: 0 })
    const target = await mkdtemp(join(tmpdir(), 'bench-copies-'))
    const frame = await frameOf(folder)
    let sent = 0

    async function storm(): Promise<number> {
      const took: number[] = []
      const frames = Array.from({ length: SHOTS }, () => frame((sent += 1)))
      const start = performance.now()
      await Promise.all(
        frames.map(async (jpeg, n) => {
          await wait(Math.max(0, start + n * EVERY_MS - performance.now()))
          const from = performance.now()
          await send(daemon, `SHOT_${sent}_${n}.JPG`, jpeg)
          took.push(performance.now() - from)
        }),
      )
      return quantile(took, 0.95)
    }

    const contender = (name: string, to: string | null) => ({
      name,
      async before() {
        await daemon.settled()
        await caughtUp(daemon)
        await daemon.call('POST', '/api/second-copy', { folder: to })
        await caughtUp(daemon)
      },
      run: storm,
    })
    return {
      contenders: [contender(WITHOUT, null), contender(WITH, target)],
      async close() {
        await daemon.stop()
        for (const path of [folder, target]) await rm(path, { recursive: true, force: true })
      },
    }
  },
}
