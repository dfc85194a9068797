import { readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, type TestContext } from 'vitest'
import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { startDaemon, type Reply, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { mountSmallDisk } from '../fixtures/disk/small-disk.ts'

/** Fills a disk to its last byte, as another program's copy does. */
async function fill(disk: string, name = 'another program.bin'): Promise<void> {
  for (let n = 0; ; n += 1) {
    const { bavail, bsize } = await statfs(disk)
    if (bavail === 0) return
    const full = await writeFile(join(disk, `${n} ${name}`), Buffer.alloc(bavail * bsize)).then(
      () => false,
      () => true,
    )
    if (full && (await statfs(disk)).bavail === 0) return
  }
}

async function evening(context: TestContext) {
  const disk = await tempFolder()
  onTestFinished(() => rm(disk, { recursive: true, force: true }))
  const small = await mountSmallDisk(context, disk, '48m')
  const daemon = await startDaemon([], join(disk, 'data'))
  for (const n of [1, 2, 3])
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 600, height: 400 }))
  for (const n of [1, 2]) await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
  await daemon.post('/api/reject', { filename: 'IMG_3.JPG' })
  return { disk, small, daemon }
}

const namesIn = ({ recent }: ManifestHead) => recent.map(({ filename }) => filename).sort()
async function guests(daemon: RunningDaemon): Promise<string[]> {
  const { prefix } = (await daemon.get('/api/events')).body.current
  return namesIn((await daemon.get(`/photo/${prefix}/manifest.json`)).body as ManifestHead)
}
const onDisk = async ({ data }: RunningDaemon) =>
  namesIn(JSON.parse(await readFile(join(data, 'photos_web', 'manifest.json'), 'utf8')) as ManifestHead)

test('on a full disk the daemon starts and says so; unpublishing and emptying the trash work', async (context) => {
  const before = await evening(context)
  await before.daemon.stop()
  await fill(before.disk)
  const daemon = await startDaemon([], before.daemon.data)
  onTestFinished(() => daemon.stop())
  expect((await daemon.get('/api/status')).body.warnings).toContainEqual(
    expect.objectContaining({ code: 'disk_reserve' }),
  )
  // Whatever the start freed is taken by somebody else again.
  await fill(before.disk, 'and another')

  const gone = await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg', request_id: 'full-disk-1' })
  expect([gone.status, gone.body.filename]).toEqual([200, 'IMG_1.jpg'])
  expect(await guests(daemon)).toEqual(['IMG_2.jpg'])
  expect(await onDisk(daemon)).toEqual(['IMG_2.jpg'])
  const emptied = await daemon.post('/api/empty-trash', { count: 1 })
  expect([emptied.status, emptied.body.deleted]).toEqual([200, 1])

  // With room again everything goes on, and what could not be written is.
  await before.small.resize('256m')
  expect((await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })).status).toBe(200)
  await expect
    .poll(async () => (await daemon.get('/api/status')).body.warnings as unknown[])
    .not.toContainEqual(expect.objectContaining({ code: 'disk_reserve' }))
  const again = await daemon.restart()
  expect(await guests(again)).toEqual(['IMG_1_002.jpg', 'IMG_2.jpg'])
  await again.stop()
})

test('on a disk that can only be read the daemon starts and says so, and an unpublish holds as far as it can', async (context) => {
  const before = await evening(context)
  await before.daemon.stop()
  await before.small.readOnly(true)
  let daemon = await startDaemon([], before.daemon.data)
  expect((await daemon.get('/api/status')).body.warnings).toContainEqual(
    expect.objectContaining({ code: 'data_read_only' }),
  )
  expect(await guests(daemon)).toEqual(['IMG_1.jpg', 'IMG_2.jpg'])
  expect((await daemon.get('/api/live')).body.total).toBe(2)
  const { prefix } = (await daemon.get('/api/events')).body.current
  expect((await daemon.get(`/photo/${prefix}/IMG_1.jpg`)).status).toBe(200)
  const gone = await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg', request_id: 'read-only-1' })
  expect([gone.status, gone.body.error.code]).toEqual([507, 'hidden_for_now'])
  expect(await guests(daemon)).toEqual(['IMG_2.jpg'])
  for (const path of ['IMG_1.jpg', 'thumb/IMG_1.webp'])
    expect([path, (await daemon.get(`/photo/${prefix}/${path}`)).status]).toEqual([path, 404])
  const rated = await daemon.post('/api/rate', { filename: 'IMG_1.JPG', rating: 3 })
  expect([rated.status, rated.body.error.code]).toEqual([507, 'disk_read_only'])
  await daemon.stop()

  await before.small.readOnly(false)
  daemon = await startDaemon([], before.daemon.data)
  expect(await guests(daemon)).toEqual(['IMG_1.jpg', 'IMG_2.jpg'])
  const again = await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg', request_id: 'read-only-1' })
  expect(again.status).toBe(200)
  expect(await guests(daemon)).toEqual(['IMG_2.jpg'])
  await daemon.stop()
})

test('what nobody has to do on a full disk gets none of that room: it is told as what it is', async (context) => {
  const { disk, daemon } = await evening(context)
  onTestFinished(() => daemon.stop())
  await fill(disk)
  const replies: Reply[] = []
  // The log of the catalog may have a little room of its own left.
  for (let n = 0; n < 400 && !replies.some(({ status }) => status !== 200); n += 1)
    replies.push(await daemon.post('/api/rate', { filename: 'IMG_1.JPG', rating: n % 5 }))
  const refused = replies.at(-1)!
  expect([refused.status, refused.body.error.code]).toEqual([507, 'disk_full'])
})

test('with little room left pictures are not made ahead, and photos are still taken; with room it goes on', async (context) => {
  const { disk, small, daemon } = await evening(context)
  onTestFinished(() => daemon.stop())
  const codes = async () => {
    const { warnings } = (await daemon.get('/api/status')).body as { warnings: { code: string }[] }
    return warnings.map(({ code }) => code)
  }
  const { bavail, bsize } = await statfs(disk)
  await writeFile(join(disk, 'another program.bin'), Buffer.alloc(bavail * bsize - 1.5e6))
  await expect.poll(codes).toContain('disk_tight')
  const photo = await daemon.drop('IMG_9.JPG', await makeJpeg({ seed: 9, width: 600, height: 400 }))
  expect(photo.filename).toBe('IMG_9.JPG')
  expect((await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg' })).status).toBe(200)
  const socket = await daemon.socket()
  const isMade = socket.notice('rendition.ready', ({ id }) => id === photo.id)
  expect(socket.messages.some((one) => one.type === 'rendition.ready')).toBe(false)
  await small.resize('256m')
  await isMade
  await expect.poll(codes).not.toContain('disk_tight')
  socket.close()
})
