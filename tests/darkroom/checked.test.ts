import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { createDarkroom, type Darkroom, type Source } from '../../daemon/darkroom/darkroom.ts'
import { Refusal } from '../../daemon/errors.ts'
import { silentLog } from '../../daemon/log.ts'
import { plain } from '../fixtures/photos/photos.ts'
import { createSharedWorkers } from '../fixtures/photos/shared-workers.ts'

let folder: string
let darkroom: Darkroom
let source: Source
/** Called at each look at the file, with its number. */
let looking: (n: number) => Promise<void> = () => Promise.resolve()

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const changed = new Refusal(409, 'original_changed', 'Another program wrote over it.')

async function open(isChecked: boolean): Promise<void> {
  let looks = 0
  darkroom = createDarkroom({
    cacheFolder: join(folder, 'cache'),
    workers: 1,
    log: silentLog,
    createWorkers: createSharedWorkers,
    ...(isChecked && {
      async check({ path, sha256 }) {
        await looking(++looks)
        if (sha(await readFile(path)) !== sha256) throw changed
      },
    }),
  })
  await darkroom.start()
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lep-checked-'))
  const bytes = await plain([20, 20, 220])
  source = { path: join(folder, 'A.JPG'), sha256: sha(bytes) }
  await writeFile(source.path, bytes)
  looking = () => Promise.resolve()
})
afterEach(async () => {
  await darkroom.stop()
  await rm(folder, { recursive: true, force: true })
})

const cached = async () =>
  (await readdir(join(folder, 'cache'), { recursive: true })).filter((name) => name.endsWith('.jpg'))
const overwrite = async () => writeFile(source.path, await plain([220, 20, 20]))
const print = () => darkroom.print(source, NEUTRAL, [{ name: 'web', path: join(folder, 'out.jpg') }])

test('a rendition of bytes that the hash does not name is not made', async () => {
  await open(true)
  await overwrite()
  await expect(darkroom.rendition(source, 'tile', NEUTRAL)).rejects.toBe(changed)
  await expect(print()).rejects.toBe(changed)
  expect(await cached()).toEqual([])
})

test('one whose file was written over while it was read is not kept', async () => {
  await open(true)
  looking = async (n) => (n === 2 ? overwrite() : undefined)
  await expect(darkroom.rendition(source, 'tile', NEUTRAL)).rejects.toBe(changed)
  expect(await cached()).toEqual([])
})

test('nor printed', async () => {
  await open(true)
  looking = async (n) => (n === 2 ? overwrite() : undefined)
  await expect(print()).rejects.toBe(changed)
})

test('what cannot be read because it is being written over is no broken picture', async () => {
  await open(true)
  await writeFile(source.path, 'half')
  source = { ...source, sha256: sha(Buffer.from('half')) }
  looking = async (n) => (n === 2 ? overwrite() : undefined)
  await expect(darkroom.rendition(source, 'tile', NEUTRAL)).rejects.toBe(changed)
})

test('the control: without the check the other picture would be kept under the first one’s key', async () => {
  await open(false)
  await overwrite()
  await darkroom.rendition(source, 'tile', NEUTRAL)
  expect(await cached()).toHaveLength(1)
})

test('what was made before is found whatever became of the file', async () => {
  await open(true)
  const { path } = await darkroom.rendition(source, 'tile', NEUTRAL)
  await rm(source.path)
  expect(await darkroom.rendition(source, 'tile', NEUTRAL)).toMatchObject({ path })
})

test('what could not be decoded is read again before it is called broken, unless there is no time for it', async () => {
  const unread = new Refusal(409, 'original_unread', 'The disk does not give it.')
  darkroom = createDarkroom({
    cacheFolder: join(folder, 'cache'),
    workers: 1,
    log: silentLog,
    createWorkers: createSharedWorkers,
    // It looks as it did when it was read last.
    check: () => Promise.resolve(),
    recheck: () => Promise.reject(unread),
  })
  await darkroom.start()
  await writeFile(source.path, 'no picture')
  await expect(darkroom.rendition(source, 'tile', NEUTRAL)).rejects.toBe(unread)
  await darkroom.stop()
  await expect(darkroom.rendition(source, 'tile', NEUTRAL)).rejects.toMatchObject({ status: 503 })
})
