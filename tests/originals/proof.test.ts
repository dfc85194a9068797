import { createHash } from 'node:crypto'
import { chmod, mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createProof, isSettled, statOf, type Proof } from '../../daemon/originals/proof.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
let proof: Proof
let path: string
const sha = (text: string) => createHash('sha256').update(text).digest('hex')
/** A time by which every tick of the disk's clock has passed. */
const LATER = () => Date.now() + 10_000

beforeEach(async () => {
  house = await openHouse()
  path = join(house.folders.path('buffer'), 'A.JPG')
  await writeFile(path, 'first')
  house.addPhoto('A.JPG', {}, { sha256: sha('first'), bytes: 5 })
  proof = createProof({ ...house.catalog, now: LATER })
})
afterEach(() => house.close())

const claim = () => ({ path, sha256: sha('first') })
const known = () => house.catalog.originals.bySha(house.event.id, sha('first'))

test('a file is what it was, however often one asks, and its bytes are read once', async () => {
  expect(await proof.of(claim())).toBe('same')
  expect(known()?.stat).toBe(await statOf(path))
  // What is written past the file's name cannot be seen by a look: that it is not noticed shows that none was read.
  house.catalog.originals.verified(house.event.id, sha('second'), (await statOf(path))!)
  expect(await proof.of(claim())).toBe('same')
})

test.each<[string, () => Promise<unknown>]>([
  ['another length', () => writeFile(path, 'longer than it was')],
  ['other bytes of the same length', () => writeFile(path, 'other')],
  [
    'other bytes with the time of before',
    async () => {
      const { atime, mtime } = await stat(path)
      await writeFile(path, 'other')
      await utimes(path, atime, mtime)
    },
  ],
  [
    'another file moved over it',
    async () => {
      const { atime, mtime } = await stat(path)
      await writeFile(`${path}.new`, 'other')
      await utimes(`${path}.new`, atime, mtime)
      await rename(`${path}.new`, path)
    },
  ],
])('%s is noticed', async (_, change) => {
  expect(await proof.of(claim())).toBe('same')
  await change()
  expect(await proof.of(claim())).toBe('other')
  await expect(proof.check(claim())).rejects.toMatchObject({ status: 409, code: 'original_changed' })
})

test('a file that was touched or is kept elsewhere is still what it was', async () => {
  expect(await proof.of(claim())).toBe('same')
  await utimes(path, new Date(0), new Date(0))
  await chmod(path, 0o600)
  expect(await proof.of(claim())).toBe('same')
})

test.each<[string, () => Promise<unknown>]>([
  ['nothing', () => Promise.resolve()],
  ['a folder', () => mkdir(path)],
  ['a link, to whatever', () => symlink(`${path}.kept`, path)],
])('%s in its place is no file of ours', async (_, put) => {
  await rename(path, `${path}.kept`)
  await put()
  expect(await proof.of(claim())).toBe('gone')
  await expect(proof.check(claim())).rejects.toMatchObject({ status: 409, code: 'original_missing' })
  await rm(path, { recursive: true, force: true })
})

test('a file that was written this very moment is read again: its disk could not tell another write', async () => {
  const hasty = createProof(house.catalog)
  await utimes(path, new Date(), new Date(Date.now() + 500))
  expect(await hasty.of(claim())).toBe('same')
  expect(known()?.stat).toBeNull()
})

test('a disk that counts in two seconds is trusted after two', () => {
  const at = 1_700_000_000_000
  const fine = `1|5|${at}123456|${at}123456`
  const coarse = `1|5|${at}000000|${at}000000`
  expect([60, 2200].map((later) => isSettled(fine, at + later))).toEqual([true, true])
  expect([60, 2200].map((later) => isSettled(coarse, at + later))).toEqual([false, true])
  expect(isSettled(fine, at - 1000)).toBe(false)
})

test('after a failed read a look is no proof', async () => {
  expect(await proof.of(claim())).toBe('same')
  await writeFile(path, 'other')
  house.catalog.originals.verified(house.event.id, sha('first'), (await statOf(path))!)
  // The control: by its looks it is what it was.
  await expect(proof.check(claim())).resolves.toBeUndefined()
  await expect(proof.recheck(claim())).rejects.toMatchObject({ code: 'original_changed' })
})
