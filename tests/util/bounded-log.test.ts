import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { boundLog } from '../../daemon/util/bounded-log.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { mountSmallDisk } from '../fixtures/disk/small-disk.ts'

let folder: string
let path: string
let fd: number
beforeEach(async () => {
  folder = await tempFolder()
  path = join(folder, 'daemon.log')
  fd = openSync(path, 'a')
})
afterEach(async () => {
  vi.useRealTimers()
  closeSync(fd)
  await rm(folder, { recursive: true, force: true })
})

test('a log that became too large is put aside at the start, and goes on in the same file', () => {
  writeSync(fd, `${'old '.repeat(400)}last\n`)
  boundLog(path, fd, { most: 1000 })()
  writeSync(fd, 'new\n')
  expect(readFileSync(path, 'utf8')).toBe('new\n')
  expect(readFileSync(`${path}.1`, 'utf8')).toMatch(/last\n$/)
})

test('it is looked at again while the program runs, and a small one is left alone', () => {
  vi.useFakeTimers()
  const end = boundLog(path, fd, { most: 1000, every: 50 })
  writeSync(fd, 'small\n')
  vi.advanceTimersByTime(60)
  expect(readFileSync(path, 'utf8')).toBe('small\n')
  writeSync(fd, 'x'.repeat(2000))
  vi.advanceTimersByTime(60)
  expect(readFileSync(path, 'utf8')).toBe('')
  end()
  writeSync(fd, 'x'.repeat(2000))
  vi.advanceTimersByTime(60)
  expect(readFileSync(path, 'utf8')).toHaveLength(2000)
})

test('another file, or one that is not there, is never touched', async () => {
  const other = join(folder, 'other.log')
  await writeFile(other, 'x'.repeat(2000))
  writeSync(fd, 'x'.repeat(2000))
  boundLog(other, fd, { most: 1000 })()
  boundLog(join(folder, 'none'), fd, { most: 1000 })()
  boundLog(path, 9999, { most: 1000 })()
  expect([readFileSync(other).length, readFileSync(path).length]).toEqual([2000, 2000])
})

test('on a full disk the old lines go, and the file is begun anew', async (context) => {
  const disk = await tempFolder()
  await mountSmallDisk(context, disk, '1m')
  const full = join(disk, 'daemon.log')
  const own = openSync(full, 'a')
  try {
    writeSync(own, 'x'.repeat(700_000))
    boundLog(full, own, { most: 1000 })()
    writeSync(own, 'new\n')
    expect(readFileSync(full, 'utf8')).toBe('new\n')
    expect(existsSync(`${full}.1`)).toBe(false)
  } finally {
    closeSync(own)
  }
})
