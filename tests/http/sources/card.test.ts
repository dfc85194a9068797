import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SocketMessage } from '../../../daemon/contract/notice.ts'
import type { SourceStatus, Status } from '../../../daemon/contract/status.ts'
import { filenames, startDaemon, type RunningDaemon, type TestSocket } from '../../fixtures/daemon.ts'
import { makeJpeg, makeRaw, truncate } from '../../fixtures/photos/photos.ts'

const DAY = 86_400_000

let daemon: RunningDaemon
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

type StatusMessage = SocketMessage & { status: Status }
/** The first status on the socket in which the card is as wanted. */
async function card(live: TestSocket, fits: (source: SourceStatus) => boolean): Promise<SourceStatus> {
  const of = (status: Status) => status.sources.find((source) => source.kind === 'card')
  const found = await live.find((message): message is StatusMessage => {
    const source = 'status' in message ? of(message.status) : undefined
    return source !== undefined && fits(source)
  })
  return of(found.status)!
}

/** Every file of the card with its bytes and time. */
async function listing(folder: string): Promise<string[]> {
  const lines: string[] = []
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    const isFile = (await stat(path)).isFile()
    const hash = isFile
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : ''
    lines.push(`${name} ${isFile ? mtimeMs : ''} ${hash}`)
  }
  return lines
}

test('a card of old and new frames: taken away in mid copy and back, the new ones come once, one question is asked about the old', async () => {
  const away = join(daemon.data, 'EOS_DIGITAL')
  const mounted = join(daemon.data, 'cards', 'EOS_DIGITAL')
  const dcim = join(away, 'DCIM', '100EOS')
  await mkdir(dcim, { recursive: true })
  await mkdir(join(daemon.data, 'cards'))
  const put = async (name: string, bytes: Uint8Array, at: Date) => {
    await writeFile(join(dcim, name), bytes)
    await utimes(join(dcim, name), at, at)
  }
  const now = Date.now()
  const midnight = new Date((await daemon.get('/api/events')).body.current.starts_at as string).getTime()
  const today = (n: number) => new Date(midnight + ((now - midnight) * n) / 30)
  const jpeg = (seed: number, takenAt: Date) =>
    makeJpeg({ seed, takenAt, width: 90, height: 60, serial: '7' })
  for (let n = 0; n < 100; n += 1) {
    const at = new Date(midnight - 7 * DAY + n * 1000)
    await put(`OLD_${1000 + n}.JPG`, await jpeg(n, at), at)
  }
  for (let n = 0; n < 20; n += 1) await put(`IMG_${2000 + n}.JPG`, await jpeg(200 + n, today(n)), today(n))
  await put('IMG_2003.DNG', makeRaw(await jpeg(300, today(3)), { takenAt: today(3), serial: '7' }), today(3))
  await put('CUT_0001.JPG', truncate(await jpeg(400, today(1))), today(1))
  await put('TWICE.JPG', await readFile(join(dcim, 'IMG_2005.JPG')), today(5))
  const before = await listing(away)

  const live = await daemon.socket()
  await rename(away, mounted)
  // Status is sent now and then: on a quick machine none of them may fall between the first photo and the last.
  await live.notice('photo.added')
  await rename(mounted, away)
  await card(live, (source) => source.state === 'away')
  live.close()

  const again = await daemon.socket()
  await rename(away, mounted)
  const done = await card(again, (source) => source.safe_to_eject)
  expect(done.offer).toMatchObject({ count: 100 })
  expect([done.done, done.bytes_done]).toEqual([done.total, done.bytes_total])
  const { images } = (await daemon.get('/api/buffer')).body
  const taken = Array.from({ length: 20 }, (_, n) => `IMG_${2000 + n}.JPG`)
  expect(images.map((image: { filename: string }) => image.filename).sort()).toEqual(taken)
  expect(images.find((image: { raw: string | null }) => image.raw !== null)).toMatchObject({
    filename: 'IMG_2003.JPG',
    raw: 'IMG_2003.DNG',
  })
  const status = (await daemon.get('/api/status')).body as Status
  expect(status.set_aside.map(({ path }) => path)).toEqual([expect.stringContaining('CUT_0001.JPG')])

  expect((await daemon.post('/api/offers', { source: done.id, action: 'take' })).status).toBe(200)
  await card(again, (source) => source.safe_to_eject && source.offer === null)
  const all = filenames(await daemon.get('/api/buffer'))
  expect([all.length, new Set(all).size]).toEqual([120, 120])
  expect(await listing(mounted)).toEqual(before)
})
