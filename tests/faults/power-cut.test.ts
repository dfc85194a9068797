import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { UploadReply } from '../../daemon/contract/api.ts'
import type { PhotoPage } from '../../daemon/contract/photo.ts'
import type { PublicationPage } from '../../daemon/contract/publication.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { NO_FSYNC, openDisk, powerTrouble, type Disk } from '../fixtures/disk/power.ts'
import { spawnMain } from '../fixtures/process.ts'

const trouble = powerTrouble()
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/faults/power-cut.test.ts does not run: ${trouble}.\n`)

/** `npm run verify:long` cuts often enough to hit what happens once in a hundred times. */
const CUTS = process.env.LONG_TESTS ? 100 : 2
const AT_ONCE = 3

/** What the daemon said that it has. */
interface Acknowledged {
  readonly filename: string
  readonly sha256: string
  publishedAs?: string
}

/** Uploads and publishes until the power goes after `shots` acknowledgements. */
async function shootUntilCut(url: string, disk: Disk, shots: number, from: number): Promise<Acknowledged[]> {
  const had: Acknowledged[] = []
  let seed = from
  let on = true
  async function shoot(): Promise<void> {
    seed += 1
    const n = seed
    const jpeg = await makeJpeg({ seed: n, width: 300, height: 200 })
    const form = new FormData()
    form.append('photo', new Blob([new Uint8Array(jpeg)]), `P_${n}.JPG`)
    const reply = await fetch(`${url}/api/upload`, { method: 'POST', body: form })
    const { success } = (await reply.json()) as UploadReply
    if (!on || success.length === 0) return
    const photo: Acknowledged = {
      filename: success[0]!.saved_as,
      sha256: createHash('sha256').update(jpeg).digest('hex'),
    }
    had.push(photo)
    if (n % 2 === 0) {
      const published = await fetch(`${url}/api/publish`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ filename: photo.filename }),
      })
      const { published_as } = (await published.json()) as { published_as?: string }
      if (on && published_as !== undefined) photo.publishedAs = published_as
    }
    if (on && had.length >= shots) {
      disk.cut()
      // In the same breath: nothing that is said after the cut counts.
      on = false
    }
  }
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      // What fails once the power is off is the cut's doing; what fails before is not.
      while (on)
        await shoot().catch((error: unknown) => {
          if (on) throw error
        })
    }),
  )
  return had
}

/** The acknowledged photos and publications that are not there any more. */
async function missing(url: string, data: string, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const { images } = (await (await fetch(`${url}/api/buffer`)).json()) as PhotoPage
  const live = (await (await fetch(`${url}/api/live`)).json()) as PublicationPage
  const rows = new Set(images.map((photo) => photo.filename))
  const names = new Set(live.images.map((publication) => publication.filename))
  const lost: string[] = []
  for (const { filename, sha256, publishedAs } of acknowledged) {
    const path = join(data, 'photos_buffer', filename)
    const bytes = existsSync(path) ? await readFile(path) : Buffer.alloc(0)
    const whole = createHash('sha256').update(bytes).digest('hex') === sha256
    if (!rows.has(filename) || !whole) lost.push(filename)
    if (publishedAs === undefined) continue
    const printed = join(data, 'photos_web', publishedAs)
    const isThere = existsSync(printed) && (await readFile(printed)).length > 0
    if (!names.has(publishedAs) || !isThere) lost.push(publishedAs)
  }
  for (const row of rows) if (!existsSync(join(data, 'photos_buffer', row))) lost.push(`the file of ${row}`)
  return lost
}

/** @returns what was lost over that many cuts; a daemon that does not start again counts as having lost everything */
async function lostOver(
  cuts: number,
  env: Record<string, string> = {},
): Promise<{ had: number; lost: string[] }> {
  const disk = await openDisk()
  const data = join(disk.path, 'data')
  const acknowledged: Acknowledged[] = []
  const start = (rest: Record<string, string>) =>
    spawnMain(['--data', data, '--port', '0', '--host', '127.0.0.1', '--card-root', join(data, 'none')], rest)
  try {
    for (let cut = 0; cut < cuts; cut += 1) {
      const daemon = start(env)
      try {
        const had = await shootUntilCut(await daemon.ready, disk, 4 + ((cut * 5) % 13), cut * 1000)
        acknowledged.push(...had)
      } finally {
        daemon.child.kill('SIGKILL')
        await daemon.ended
      }
      disk.restore()
    }
    const last = start({})
    try {
      return { had: acknowledged.length, lost: await missing(await last.ready, data, acknowledged) }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return { had: acknowledged.length, lost: [why, ...acknowledged.map(({ filename }) => filename)] }
    } finally {
      last.child.kill('SIGKILL')
      await last.ended
    }
  } finally {
    await disk.remove()
  }
}

describe.skipIf(skip)('a power cut', () => {
  it(
    `loses nothing that was acknowledged, over ${CUTS} cuts`,
    async () => {
      const { had, lost } = await lostOver(CUTS)
      expect(had).toBeGreaterThanOrEqual(CUTS * 4)
      expect(lost).toEqual([])
    },
    CUTS * 60_000,
  )

  it('loses photos when flushes are lies: the control', async () => {
    const { lost } = await lostOver(1, { LD_PRELOAD: NO_FSYNC })
    expect(lost.length).toBeGreaterThan(0)
  }, 120_000)
})
