import { beforeEach, expect, test } from 'vitest'
import { createDiskRoom, type DiskRoom, type Room } from '../../../daemon/util/machine/disk-room.ts'

const GB = 1e9
let disks: Record<string, Room>
let pace: number
let disk: DiskRoom
let changes: number
beforeEach(() => {
  disks = {
    '/data': { disk: 'a', free: 100 * GB, size: 500 * GB },
    '/new': { disk: 'b', free: 100 * GB, size: 500 * GB },
    '/web': { disk: 'b', free: 100 * GB, size: 500 * GB },
  }
  pace = 0
  changes = 0
  disk = createDiskRoom({
    paths: () => ({ data: '/data', buffer: '/new', web: '/web' }),
    pace: () => pace,
    async room(path) {
      const found = disks[path]
      if (!found) throw new Error(`ENOENT ${path}`)
      return found
    },
  })
  disk.onChange(() => (changes += 1))
})

async function free(bytes: number, ...paths: string[]): Promise<void> {
  for (const path of paths) disks[path] = { ...disks[path]!, free: bytes }
  await disk.look()
}
const codes = () => disk.warnings().map(({ code, params }) => [code, params.folder])

test('half an hour before the disk is full at the pace of the photos, a person is told', async () => {
  pace = GB
  await free(31 * GB, '/new', '/web')
  expect(codes()).toEqual([])
  await free(29 * GB, '/new', '/web')
  expect(codes()).toEqual([['disk_soon_full', '/new']])
  expect(disk.warnings()[0]?.params).toMatchObject({ n: 29, mb: 29_000 })
  expect(disk.isTight('buffer')).toBe(false)
  // The data folder's own disk takes none of them.
  await free(2 * GB, '/data')
  expect(codes()).toEqual([['disk_soon_full', '/new']])
})

test('ten minutes before, what can be made again or later stops; it goes on only where there is room for a while', async () => {
  pace = GB
  await free(9 * GB, '/new', '/web')
  expect([disk.isTight('buffer'), disk.isTight('web'), disk.isTight('data')]).toEqual([true, true, false])
  expect(codes()).toEqual([['disk_tight', '/new']])
  await free(11 * GB, '/new', '/web')
  expect(disk.isTight('web')).toBe(true)
  await free(16 * GB, '/new', '/web')
  expect(disk.isTight('web')).toBe(false)
  expect(codes()).toEqual([['disk_soon_full', '/new']])
  // Told once for each change, not for each look.
  expect(changes).toBe(2)
})

test('without photos the last gigabyte, or twentieth of a small disk, is kept for them', async () => {
  await free(1.1 * GB, '/data')
  expect(disk.isTight('data')).toBe(false)
  await free(0.9 * GB, '/data')
  expect([disk.isTight('data'), disk.isTight('buffer')]).toEqual([true, false])
  disks['/data'] = { disk: 'a', free: 60e6, size: GB }
  await disk.look()
  expect(disk.isTight('data')).toBe(true)
  disks['/data'] = { disk: 'a', free: 80e6, size: GB }
  await disk.look()
  expect(disk.isTight('data')).toBe(false)
})

test('a disk that is away says nothing', async () => {
  await free(0.5 * GB, '/new', '/web')
  expect(disk.isTight('buffer')).toBe(true)
  disks = {}
  await disk.look()
  expect([disk.isTight('buffer'), codes()]).toEqual([false, []])
})
