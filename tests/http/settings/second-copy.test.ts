import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Status } from '../../../daemon/contract/status.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
let folder: string
beforeAll(async () => {
  folder = await tempFolder()
  daemon = await startDaemon()
})
afterAll(async () => {
  await daemon.end()
  await rm(folder, { recursive: true, force: true })
})

const status = async () => (await daemon.get('/api/status')).body as Status

test('the owner chooses where every original is copied a second time; the status says how far it is', async () => {
  expect((await daemon.get('/api/second-copy')).body).toEqual({ second_copy: null })
  expect((await status()).second_copy).toBeUndefined()
  const inside = await daemon.post('/api/second-copy', { folder: join(daemon.data, 'photos_buffer') })
  expect([inside.status, inside.body.error.code]).toEqual([409, 'second_copy_inside'])
  await daemon.drop('A.JPG', await makeJpeg({ seed: 1 }))
  const chosen = await daemon.post('/api/second-copy', { folder })
  expect(chosen.body.second_copy).toMatchObject({ folder })
  await expect.poll(async () => (await status()).second_copy).toMatchObject({ state: 'done', waiting: 0 })
  const [slug] = (await readdir(folder)).filter((name) => !name.startsWith('.'))
  expect(await readdir(join(folder, slug!, 'photos_buffer'))).toEqual(
    expect.arrayContaining(['A.JPG', '.lep-journal.jsonl']),
  )
  const moved = await daemon.post('/api/folder-settings', { archive_folder: join(folder, 'archive') })
  expect([moved.status, moved.body.error.code]).toEqual([409, 'second_copy_inside'])
  await daemon.post('/api/second-copy', { folder: null })
  expect((await status()).second_copy).toBeUndefined()
  expect(await readdir(join(folder, slug!, 'photos_buffer'))).toContain('A.JPG')
})
