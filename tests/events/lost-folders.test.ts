import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLostFolders } from '../../daemon/events/lost-folders.ts'
import { openFolders, type FolderPaths, type Folders } from '../../daemon/folders.ts'
import { tempFolder } from '../fixtures/catalog.ts'

let top: string
let folders: Folders
const known = new Map<string, string>()
const changed = vi.fn()
const lost = () => createLostFolders({ folders, idOf: (path) => known.get(path), disks: [top], changed })

beforeEach(async () => {
  top = await tempFolder()
  known.clear()
  changed.mockClear()
  const paths = Object.fromEntries(
    ['buffer', 'web', 'trash', 'archive'].map((role) => [role, join(top, 'SSD', role)]),
  ) as unknown as FolderPaths
  folders = await openFolders({
    paths,
    ids: {
      get: (path) => known.get(path),
      set: (path, id) => void known.set(path, id),
      isKnown: (id) => [...known.values()].includes(id),
      making: () => ({}),
      keepMaking: () => undefined,
    },
    isOurs: () => false,
  })
})
afterEach(() => rm(top, { recursive: true, force: true }))

const told = (part: ReturnType<typeof lost>) => part.warnings().map(({ code, params }) => [code, params.name])

test('a folder that was renamed is found by its sentinel, and is ready with its name', async () => {
  const part = lost()
  await part.look()
  expect([told(part), changed.mock.calls.length]).toEqual([[], 0])
  await rename(join(top, 'SSD', 'web'), join(top, 'SSD', 'web old'))
  await part.look()
  await part.look()
  expect([told(part), changed.mock.calls.length]).toEqual([[['folder_renamed', 'web old']], 1])
  await rename(join(top, 'SSD', 'web old'), join(top, 'SSD', 'web'))
  await part.look()
  expect([told(part), changed.mock.calls.length]).toEqual([[], 2])
})

test('one that is not beside its place is away, also where another folder stands there', async () => {
  const part = lost()
  await rm(join(top, 'SSD', 'web'), { recursive: true })
  await mkdir(join(top, 'SSD', 'web'))
  await mkdir(join(top, 'SSD', 'other'))
  await writeFile(join(top, 'SSD', 'other', '.lep-folder'), 'another id\n')
  await part.look()
  expect(told(part)).toEqual([['folder_missing', undefined]])
  // All of a disk are one sentence.
  await rm(join(top, 'SSD', 'trash'), { recursive: true })
  await part.look()
  expect(part.warnings()).toMatchObject([{ code: 'folder_missing', params: { n: 2, folder: 'SSD' } }])
  expect(part.warnings()[0]!.message).not.toContain(top)
})

test('a disk that is pulled is said once, by its name; the paths are for whoever asks', async () => {
  const part = lost()
  await rm(join(top, 'SSD'), { recursive: true })
  await part.look()
  expect(part.warnings()).toMatchObject([
    { code: 'disk_missing', params: { disk: 'SSD', n: 5 }, message: expect.not.stringContaining(top) },
  ])
  const paths = String(part.warnings()[0]!.params['paths']).split('\n')
  expect(paths.map((path) => path.startsWith(join(top, 'SSD')))).toEqual(Array(5).fill(true))
})

test('a disk that is called otherwise now is told once for all of its folders', async () => {
  const part = lost()
  await rename(join(top, 'SSD'), join(top, 'SSD 1'))
  await part.look()
  expect(part.warnings()).toMatchObject([
    { code: 'folder_renamed', params: { folder: join(top, 'SSD'), before: 'SSD', name: 'SSD 1' } },
  ])
  await rename(join(top, 'SSD 1'), join(top, 'SSD'))
  await part.look()
  expect(told(part)).toEqual([])
})
