import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WatchedFoldersReply } from '../../../daemon/contract/watched-folders.ts'
import type { PhotoPage } from '../../../daemon/contract/photo.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
let dir: string
const at = (...names: string[]) => join(dir, ...names)
const set = (body: object) => daemon.post('/api/watched-folders', body)
const list = async () => ((await daemon.get('/api/watched-folders')).body as WatchedFoldersReply).folders
const names = async () =>
  ((await daemon.get('/api/buffer')).body as PhotoPage).images.map(({ filename }) => filename).sort()
const put = async (path: string, seed: number) =>
  writeFile(path, await makeJpeg({ seed, takenAt: new Date(), width: 90, height: 60 }))

beforeAll(async () => {
  dir = await tempFolder()
  for (const name of ['start', 'one/deep', 'two', 'three', 'four', 'nas/#recycle'])
    await mkdir(at(name), { recursive: true })
  daemon = await startDaemon(['--watch', at('start')])
})
afterAll(() => daemon.end())

test('a watched folder comes and goes without a restart, and is there after one', async () => {
  expect(await list()).toEqual([
    { path: at('start'), recursive: true, fixed: true, source: `folder:${at('start')}` },
  ])
  await put(at('one/A.JPG'), 1)
  await put(at('one/deep/B.JPG'), 2)
  expect((await set({ action: 'add', path: `${at('one')}/`, recursive: false })).status).toBe(200)
  await expect.poll(names).toEqual(['A.JPG'])
  await set({ action: 'change', path: at('one'), recursive: true })
  await expect.poll(names).toEqual(['A.JPG', 'B.JPG'])
  const before = await list()
  expect(before[1]).toMatchObject({ path: at('one'), recursive: true, fixed: false })

  daemon = await daemon.restart()
  expect(await list()).toEqual(before)
  await put(at('one/C.JPG'), 3)
  await expect.poll(names).toEqual(['A.JPG', 'B.JPG', 'C.JPG'])

  expect((await set({ action: 'remove', path: at('one') })).status).toBe(200)
  const { sources } = (await daemon.get('/api/status')).body
  expect(sources.map(({ id }: { id: string }) => id)).not.toContain(`folder:${at('one')}`)
  await put(at('one/D.JPG'), 4)
  await put(at('start/E.JPG'), 5)
  await expect.poll(names).toEqual(['A.JPG', 'B.JPG', 'C.JPG', 'E.JPG'])
  const { entries } = (await daemon.get('/api/audit')).body
  expect(JSON.stringify(entries)).toContain('watched folder removed')
  expect(JSON.stringify(entries)).not.toContain(dir)
})

test('what cannot be watched is refused in words, and nothing is changed', async () => {
  await set({ action: 'add', path: at('one') })
  const { buffer_folder } = (await daemon.get('/api/folder-settings')).body
  await symlink(buffer_folder, at('link'))
  const before = await list()
  for (const [path, status, code] of [
    ['one', 422, 'not_a_path'],
    [at('nowhere'), 404, 'no_such_folder'],
    [at('one/A.JPG'), 404, 'no_such_folder'],
    [at('nas/#recycle'), 422, 'folder_of_system'],
    [at('one'), 409, 'folder_watched'],
    [at('one/deep'), 409, 'folder_watched'],
    [at('start'), 409, 'folder_watched'],
    [dir, 409, 'folder_watched'],
    [buffer_folder, 409, 'folder_meets_photos'],
    [at('link'), 409, 'folder_meets_photos'],
    [daemon.data, 409, 'folder_meets_photos'],
    [join(daemon.data, 'config'), 409, 'folder_meets_photos'],
  ] as const) {
    const reply = await set({ action: 'add', path })
    expect([path, reply.status, reply.body.error?.code]).toEqual([path, status, code])
  }
  const startsRemoved = await set({ action: 'remove', path: at('start') })
  expect([startsRemoved.status, startsRemoved.body.error.code]).toEqual([409, 'watched_at_start'])
  expect((await set({ action: 'remove', path: at('two') })).body.error.code).toBe('not_watched')
  expect(await list()).toEqual(before)
  // Nor may photo folders come to lie where one is watched.
  const moved = await daemon.post('/api/folder-settings', { archive_folder: at('one/archive') })
  expect([moved.status, moved.body.error.code]).toEqual([409, 'folder_watched'])

  await set({ action: 'add', path: at('two') })
  await set({ action: 'add', path: at('three') })
  expect((await set({ action: 'add', path: at('four') })).body.error.code).toBe('too_many_watched')
  expect(await list()).toHaveLength(4)
})
