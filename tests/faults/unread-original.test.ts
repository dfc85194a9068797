import { statSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CardReport } from '../../daemon/contract/card-check.ts'
import type { SecondCopyReply } from '../../daemon/contract/second-copy.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { makeBackup } from '../../daemon/events/backup/backup.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { disk, eio } from '../fixtures/disk/broken-disk.ts'
import { sha256 } from '../fixtures/faults/ledger.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../fixtures/disk/broken-disk.ts')).breakable(await original()),
)

/** The disk with the photos does not give a file any more: that is said, nothing is touched, and the file comes back from
 * wherever it is still kept. */
let daemon: RunningDaemon
let home: string
let bytes: Buffer
beforeEach(async () => {
  home = await tempFolder()
  daemon = await startDaemon([], join(home, 'data'))
  bytes = await makeJpeg({ seed: 1, width: 90, height: 60, takenAt: new Date() })
  await daemon.drop('A.JPG', bytes)
})
afterEach(async () => {
  disk.fails = null
  await daemon.stop()
  await rm(home, { recursive: true, force: true })
})

const buffer = (...names: string[]) => join(daemon.data, 'photos_buffer', ...names)
const photos = async () => (await readdir(buffer())).filter((name) => !name.startsWith('.')).sort()
const publish = () => daemon.post('/api/publish', { filename: 'A.JPG' })
const codes = async () => ((await daemon.get('/api/status')).body as Status).warnings.map(({ code }) => code)
const inode = (path: string) => statSync(path, { throwIfNoEntry: false })?.ino

/** Its bytes cannot be read from now on, whatever it is called. How it looks is not as it was: its disk was put in again,
 * by a system that keeps times less finely. */
async function breakFile(name: string): Promise<number> {
  const bad = inode(buffer(name))!
  const then = new Date(1_700_000_000_000)
  await utimes(buffer(name), then, then)
  disk.fails = (call) => (call.what === 'read' && inode(call.path) === bad ? eio(call) : undefined)
  return bad
}

async function copySecond(): Promise<() => Promise<SecondCopyReply['second_copy']>> {
  const folder = join(home, 'second')
  await mkdir(folder)
  expect((await daemon.post('/api/second-copy', { folder })).status).toBe(200)
  return async () => ((await daemon.get('/api/second-copy')).body as SecondCopyReply).second_copy
}

test('it comes back from the second copy, and the file that cannot be read is kept', async () => {
  const second = await copySecond()
  await expect.poll(second).toMatchObject({ state: 'done', waiting: 0 })
  const bad = await breakFile('A.JPG')
  const refused = await publish()
  expect([refused.status, refused.body.error.code]).toEqual([409, 'original_unread'])
  await expect.poll(codes).toContain('originals_mended')
  expect(await photos()).toEqual(['A-2.JPG', 'A.JPG'])
  expect(inode(buffer('A-2.JPG'))).toBe(bad)
  expect(sha256(await readFile(buffer('A.JPG')))).toBe(sha256(bytes))
  expect((await publish()).status).toBe(200)
})

describe('where nothing else has it', () => {
  test('it is refused in words and stays as it is; sent again it is back', async () => {
    await breakFile('A.JPG')
    const before = await stat(buffer('A.JPG'))
    expect((await publish()).body.error.code).toBe('original_unread')
    expect((await daemon.get('/raw/A.JPG')).body.error.code).toBe('original_unread')
    expect(await codes()).toContain('originals_unread')
    expect(await photos()).toEqual(['A.JPG'])
    expect((await stat(buffer('A.JPG'))).mtimeMs).toBe(before.mtimeMs)
    // A move needs none of its bytes.
    expect((await daemon.post('/api/archive', { filename: 'A.JPG' })).status).toBe(200)
    expect((await daemon.post('/api/restore', { filename: 'A.JPG' })).status).toBe(200)

    const card = join(home, 'card', 'DCIM')
    await mkdir(card, { recursive: true })
    await writeFile(join(card, 'A.JPG'), bytes)
    const folder = join(home, 'card')
    await daemon.post('/api/card-check', { folder })
    const report = async () =>
      (await daemon.get(`/api/card-check?folder=${encodeURIComponent(folder)}`)).body as CardReport
    await expect.poll(report).toMatchObject({ state: 'done', safe: true, counts: { here: 1, missing: 0 } })
    expect(await photos()).toEqual(['A-2.JPG', 'A.JPG'])
    expect((await publish()).status).toBe(200)
    expect(await codes()).not.toContain('originals_unread')
  })

  test('the second copy and a backup name it, and take the others', async () => {
    const other = await makeJpeg({ seed: 2, width: 90, height: 60, takenAt: new Date() })
    await daemon.drop('B.JPG', other)
    await breakFile('A.JPG')
    const second = await copySecond()
    await expect.poll(second).toMatchObject({
      state: 'failing',
      waiting: 1,
      message: { code: 'second_copy_unread', params: { name: 'A.JPG' } },
    })
    const to = join(home, 'backup')
    const { manifest } = await makeBackup({
      data: daemon.data,
      to,
      slug: null,
      photos: 'originals',
      keys: false,
      program: 'test',
      now: Date.now,
      progress: () => undefined,
    })
    expect(manifest.missing).toMatchObject([
      {
        path: expect.stringMatching(/A\.JPG$/) as string,
        why: expect.stringContaining('could not be read') as string,
      },
    ])
    expect(manifest.files.some(({ path }) => path.endsWith('B.JPG'))).toBe(true)
    expect(await photos()).toEqual(['A.JPG', 'B.JPG'])
  })
})
