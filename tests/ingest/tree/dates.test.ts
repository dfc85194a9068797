import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTakenAt } from '../../../daemon/ingest/tree/dates.ts'
import { makeJpeg, makePng, makeRaw } from '../../fixtures/photos/photos.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lep-dates-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function read(bytes: Uint8Array): Promise<number | null> {
  const path = join(dir, 'frame')
  await writeFile(path, bytes)
  return readTakenAt(path)
}

test('a date with an offset is that moment, to the millisecond', async () => {
  const takenAt = new Date('2026-05-01T10:20:30.450Z')
  expect(await read(await makeJpeg({ takenAt }))).toBe(takenAt.getTime())
  expect(await read(makeRaw(await makeJpeg(), { takenAt }))).toBe(takenAt.getTime())
})

test("a clock without an offset is read in this computer's zone", async () => {
  const bytes = await makeJpeg({ takenAt: '2026:05:01 10:20:30' })
  expect(await read(bytes)).toBe(new Date(2026, 4, 1, 10, 20, 30).getTime())
})

test.each([
  '0000:00:00 00:00:00',
  '1980:01:01 00:00:00',
  '2026:13:41 99:00:00',
  'soon',
  '    :  :     :  :  ',
])('the date %j is no date', async (takenAt) => expect(await read(await makeJpeg({ takenAt }))).toBe(null))

test('a file that says nothing, or is no picture, has no date', async () => {
  expect(await read(await makeJpeg())).toBe(null)
  expect(await read(await makePng())).toBe(null)
  expect(await read(Buffer.alloc(0))).toBe(null)
  expect(await read(Buffer.from('\xff\xd8\xff\xe1\xff\xffExif\0\0MM', 'latin1'))).toBe(null)
})

test('the beginning of a large file is enough', async () => {
  const takenAt = new Date('2026-05-01T10:20:30Z')
  const jpeg = await makeJpeg({ takenAt })
  expect(await read(Buffer.concat([jpeg, Buffer.alloc(30e6)]))).toBe(takenAt.getTime())
})
