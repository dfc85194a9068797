import { expect, test } from 'vitest'
import {
  isPrivate,
  plainAddress,
  readExtendedPort,
  readPort,
  writePort,
} from '../../../daemon/ingest/ftp/addresses.ts'
import { createVirtualFolders, resolvePath } from '../../../daemon/ingest/ftp/folders.ts'
import { createLines } from '../../../daemon/ingest/ftp/lines.ts'
import { listLine, readTime, writeTime } from '../../../daemon/ingest/ftp/listings.ts'
import { bestName, isTemporary, refusedName } from '../../../daemon/ingest/ftp/names.ts'

test.each([
  ['/', 'IMG_1.JPG', '/IMG_1.JPG'],
  ['/day', '../IMG_1.JPG', '/IMG_1.JPG'],
  ['/day', '../../../../etc/passwd', '/etc/passwd'],
  ['/day', '\\\\server\\share\\a.jpg', '/server/share/a.jpg'],
  ['/day', './/x//./y/', '/day/x/y'],
  ['/day', '/', '/'],
  ['/', 'e\u0301.jpg', '/é.jpg'],
  ['/', 'a\u0000b', null],
  ['/', 'x'.repeat(300), null],
  ['/', 'x/'.repeat(600), null],
])('from %j the path %j is %j', (folder, given, path) => expect(resolvePath(folder, given)).toBe(path))

test('folders and files are bounded, and a folder is no file', () => {
  const folders = createVirtualFolders()
  expect([folders.makeFolder('/a/b'), folders.makeFolder('/a/b'), folders.hasFolder('/a')]).toEqual([
    true,
    false,
    true,
  ])
  for (let n = 0; n < 2000; n += 1) folders.makeFolder(`/f${n}`)
  expect(folders.list('/').length).toBeLessThanOrEqual(1000)
  for (let n = 0; n < 6000; n += 1) folders.put(`/a/${n}.jpg`, { size: n, at: 0, sha256: null })
  expect([folders.file('/a/0.jpg'), folders.file('/a/5999.jpg')?.size]).toEqual([undefined, 5999])
  expect(folders.makeFolder('/a/5999.jpg')).toBe(false)
})

test('lines are cut whatever way they come, and in the alphabet that they are in', () => {
  const lines = createLines(() => 10)
  expect(lines.push(Buffer.from('NO'))).toEqual([])
  expect(lines.push(Buffer.from('OP\r\nPWD\n\r\nSTOR '))).toEqual(['NOOP', 'PWD', ''])
  expect(lines.push(Buffer.from('é\r\n'))).toEqual(['STOR é'])
  expect(lines.push(Buffer.from([0x53, 0xe9, 0x0a]))).toEqual(['Sé'])
  expect(lines.push(Buffer.from('x'.repeat(50)))).toEqual([])
  expect(lines.push(Buffer.from('x\r\nPWD\r\n'))).toEqual([null, 'PWD'])
  expect(lines.push(Buffer.from([0xff, 0xfb, 0x01, 0x41, 0xff, 0xf4, 0xff, 0xf2, 0x42, 0x0a]))).toEqual([
    'AB',
  ])
})

test('addresses and ports are read strictly', () => {
  expect(['::ffff:10.0.0.1', 'FE80::1%en0', undefined].map(plainAddress)).toEqual(['10.0.0.1', 'fe80::1', ''])
  const own = ['192.168.1.5', '127.0.0.1', '172.31.0.1', '::1', 'fe80::1', 'fd00::1']
  expect(own.filter((one) => !isPrivate(one))).toEqual([])
  expect(['8.8.8.8', '172.32.0.1', '2001:db8::1', '', 'x'].filter(isPrivate)).toEqual([])
  expect(readPort('10,0,0,1,200,10')).toEqual({ address: '10.0.0.1', port: 51_210 })
  expect(['1,2,3,4,5', '1,2,3,4,5,256', '1,2,3,4,5,-1', ''].map(readPort)).toEqual([null, null, null, null])
  expect(writePort('10.0.0.1', 51_210)).toBe('10,0,0,1,200,10')
  expect(readExtendedPort('|2|fe80::1|51210|')).toEqual({ address: 'fe80::1', port: 51_210 })
  expect(['|1|fe80::1|5|', '|3|10.0.0.1|5|', '10.0.0.1', '|1|10.0.0.1|5'].map(readExtendedPort)).toEqual([
    null, null, null, null,
  ]) // prettier-ignore
})

test.each([
  ['IMG_1.JPG.part', 'IMG_1.JPG'],
  ['.IMG_1.JPG.1f3a', 'IMG_1.JPG'],
  ['IMG_1.CR3_tmp', 'IMG_1.CR3'],
  ['IMG_1.TMP', 'IMG_1.jpg'],
  ['upload', 'upload.jpg'],
  ['.part', 'part.jpg'],
  ['a.b.tmp', 'a.b.jpg'],
])('%j is temporary, and %j the best that is in it', async (name, best) => {
  expect(isTemporary(name)).toBe(true)
  expect(refusedName(name)).toBe(null)
  expect(await bestName(name, async () => 'jpeg')).toBe(best)
})

test('what systems leave beside photos, and what is none by its name, is refused', () => {
  const names = ['._IMG_1.JPG', '.DS_Store', 'Thumbs.db', 'MVI_1.MOV', 'IMG_1.XMP']
  expect(names.filter((name) => refusedName(name) === null)).toEqual([])
  expect(refusedName('IMG_1.JPG')).toBe(null)
})

test('listings and times are as clients read them', () => {
  const at = Date.UTC(2026, 10, 3, 4, 5, 6)
  expect(listLine({ name: 'a b.jpg', file: { size: 7, at, sha256: null } }, at)).toBe(
    '-r--r--r-- 1 camera camera            7 Nov  3 04:05 a b.jpg',
  )
  expect(listLine({ name: 'old', file: { size: 7, at, sha256: null } }, at + 400 * 86_400_000)).toContain(
    'Nov  3  2026',
  )
  expect(readTime(writeTime(at))).toBe(at)
  expect(['2026', '20261399000000', 'x'].map(readTime)).toEqual([null, null, null])
})
