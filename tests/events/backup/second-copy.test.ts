import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WaitingFinals } from '../../../daemon/contract/final.ts'
import type { PhotoPage } from '../../../daemon/contract/photo.ts'
import type { SecondCopyReply } from '../../../daemon/contract/second-copy.ts'
import { JOURNAL } from '../../../daemon/catalog/store/journal.ts'
import { restoreSecondCopy } from '../../../daemon/wiring/rebuilding.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { createSharedWorkers } from '../../fixtures/photos/shared-workers.ts'

/** The disk with everything is lost, and the second copy is not. */
let home: string
let daemon: RunningDaemon
beforeEach(async () => {
  home = await tempFolder()
  daemon = await startDaemon([], join(home, 'data'))
})
afterEach(async () => {
  await daemon.stop()
  await rm(home, { recursive: true, force: true })
})

const second = () => join(home, 'second')
const jpeg = (seed: number) =>
  makeJpeg({ seed, width: 90, height: 60, takenAt: new Date(1_760_000_000_000 + seed * 1000) })
async function ask(path: string, body: object): Promise<void> {
  const { status, body: said } = await daemon.post(path, body)
  expect([path, status, said]).toEqual([path, 200, said])
}
const list = async (state = 'buffer') => {
  const { images } = (await daemon.get(`/api/buffer?state=${state}`)).body as PhotoPage
  return images.map(({ filename, rating, pick, edit, live }) => ({ filename, rating, pick, edit, live }))
}
/** All that is known now, with the journal: it asks to look again, as a page does that chooses the folder once more.
 * @param fact the last one */
async function copied(fact: string): Promise<void> {
  const { slug } = (await daemon.get('/api/events')).body.current as { slug: string }
  await expect
    .poll(
      async () => {
        await ask('/api/second-copy', { folder: second() })
        return readFile(join(second(), slug, 'photos_buffer', JOURNAL), 'utf8').catch(() => '')
      },
      { interval: 200 },
    )
    .toContain(`"fact":"${fact}"`)
  const state = async () => (await daemon.get('/api/second-copy')).body as SecondCopyReply
  await expect.poll(state).toMatchObject({ second_copy: { state: 'done', waiting: 0 } })
  const count = async (...folder: string[]) => (await readdir(join(...folder)).catch(() => [])).length
  await expect
    .poll(() => count(second(), slug, 'photos_finals'))
    .toBe(await count(daemon.data, 'photos_finals', '.kept'))
}
const restore = (to: string) =>
  restoreSecondCopy({
    from: second(),
    data: to,
    progress: () => undefined,
    createWorkers: createSharedWorkers,
  })

test('a second copy alone brings back what was shot, every decision, and the finals', async () => {
  await mkdir(second())
  const all = await Promise.all([1, 2, 3, 4].map(jpeg))
  for (const [n, name] of ['A', 'B', 'C', 'D'].entries()) await daemon.drop(`${name}.JPG`, all[n]!)
  await copied('photo.added')
  await ask('/api/rate', { filename: 'A.JPG', rating: 4, pick: true })
  await ask('/api/edit', { filename: 'A.JPG', edit: { exposure: 0.5 } })
  await ask('/api/publish', { filename: 'A.JPG' })
  await ask('/api/archive', { filename: 'B.JPG' })
  await ask('/api/reject', { filename: 'D.JPG' })
  await ask('/api/empty-trash', { count: 1 })
  await ask('/api/reject', { filename: 'C.JPG' })
  const final = await jpeg(9)
  await writeFile(join(daemon.data, 'photos_finals', 'A.JPG'), final)
  const waiting = async () => ((await daemon.get('/api/finals')).body as WaitingFinals).finals
  await expect.poll(waiting).toHaveLength(1)
  const [{ id }] = (await waiting()) as [WaitingFinals['finals'][number]]
  await ask('/api/finals/decide', { id, as: 'final', filename: 'A.JPG' })
  await copied('final.decided')
  const before = { buffer: await list(), archived: await list('archived'), trashed: await list('trashed') }
  const { slug } = (await daemon.get('/api/events')).body.current as { slug: string }
  await daemon.stop()
  await rm(daemon.data, { recursive: true })
  // What came after the journal was copied last is new, whatever it is called.
  const late = await jpeg(5)
  await writeFile(join(second(), slug, 'photos_buffer', 'B-2.JPG'), late)

  const to = join(home, 'new')
  const { missing, events } = await restore(to)
  expect([missing, events]).toMatchObject([[], [{ slug, photos: { buffer: 1, archived: 1, trashed: 1 } }]])
  daemon = await startDaemon([], to)
  await expect.poll(async () => (await list()).map(({ filename }) => filename)).toContain('B-2.JPG')
  const after = { buffer: await list(), archived: await list('archived'), trashed: await list('trashed') }
  expect({ ...after, buffer: after.buffer.filter(({ filename }) => filename === 'A.JPG') }).toEqual(before)
  expect(await readFile(join(to, 'photos_buffer', 'A.JPG'))).toEqual(all[0])
  expect(await readFile(join(to, 'photos_archive', 'B.JPG'))).toEqual(all[1])
  expect(await readFile(join(to, 'photos_trash', 'C.JPG'))).toEqual(all[2])
  const kept = join(to, 'photos_finals', '.kept')
  const [name] = await readdir(kept)
  expect(await readFile(join(kept, name!))).toEqual(final)
  // What was emptied from the trash stays where it was kept, and nowhere else.
  expect(JSON.stringify(after)).not.toContain('D.JPG')
  expect(await readdir(join(second(), slug, 'photos_buffer'))).toContain('D.JPG')
})

test('what it cannot give is told, a file that is another is not taken, and a folder in use is left alone', async () => {
  await mkdir(second())
  const [a, b] = await Promise.all([jpeg(1), jpeg(2)])
  await daemon.drop('A.JPG', a)
  await daemon.drop('B.JPG', b)
  await copied('photo.added')
  await expect(restore(daemon.data)).rejects.toMatchObject({ code: 'restore_not_empty' })
  const { slug } = (await daemon.get('/api/events')).body.current as { slug: string }
  await writeFile(join(second(), slug, 'photos_buffer', 'B.JPG'), 'damaged')
  const to = join(home, 'new')
  const { missing } = await restore(to)
  expect(missing).toEqual([{ path: `events/${slug}/buffer/B.JPG`, why: 'The second copy does not have it.' }])
  expect(await readFile(join(to, 'photos_buffer', 'A.JPG'))).toEqual(a)
})
