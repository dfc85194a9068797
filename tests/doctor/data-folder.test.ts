import { createHash } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig, type Config } from '../../daemon/config.ts'
import type { DoctorReply } from '../../daemon/contract/doctor.ts'
import { examineAlone } from '../../daemon/doctor/alone.ts'
import { seeData } from '../../daemon/doctor/data-folder.ts'
import { lockData } from '../../daemon/util/lock.ts'
import { openHouse, tempFolder } from '../fixtures/catalog.ts'

let data: string
beforeEach(async () => (data = await tempFolder()))
afterEach(() => rm(data, { recursive: true, force: true }))

function configOf(folder: string): Config {
  const parsed = parseConfig(
    [
      '--data',
      folder,
      '--port',
      '0',
      '--https-port',
      '0',
      '--no-camera',
      '--card-root',
      join(folder, 'cards'),
    ],
    {},
  )
  if ('help' in parsed) throw new Error('asked for help')
  return parsed.config
}
async function examine(config: Config, fault: string | null = null): Promise<DoctorReply> {
  const seen = await seeData(config, fault)
  try {
    return await examineAlone(config, seen)
  } finally {
    seen.close()
  }
}
const named = ({ checks }: DoctorReply) =>
  checks.filter(({ state }) => state === 'bad' || state === 'warn').map(({ code }) => code)
/** Of the machine that runs this test, nothing is asserted. */
const OF_DATA = /^doctor_(data|catalog|folder|keys|bucket)/
const ofData = (reply: DoctorReply) => named(reply).filter((code) => OF_DATA.test(code))

/** Every file with its bytes and its time. */
async function snapshot(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort()
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const found = await stat(path)
      const hash = found.isFile()
        ? createHash('md5')
            .update(await readFile(path))
            .digest('hex')
        : ''
      return `${name} ${found.mtimeMs} ${hash}`
    }),
  )
}

test('a data folder that lies still is looked at without changing anything, and nothing is named', async () => {
  const house = await openHouse()
  house.addPhoto('IMG_1.JPG')
  house.catalog.close()
  const before = await snapshot(house.data)
  const reply = await examine(configOf(house.data))
  expect(ofData(reply)).toEqual([])
  expect(reply.checks.find(({ name }) => name === 'catalog')?.state).toBe('ok')
  expect(await snapshot(house.data)).toEqual(before)
  await house.close()
})

test('what a crash left in the log beside the catalog is seen, and stays there', async () => {
  const house = await openHouse()
  house.addPhoto('IMG_1.JPG')
  // The log is not brought in as long as it is open, as after a crash.
  const before = await snapshot(house.data)
  expect(before.some((line) => /catalog\.db-wal/.test(line))).toBe(true)
  const seen = await seeData(configOf(house.data))
  expect(seen.catalog?.photos.count(house.event.id, 'buffer')).toBe(1)
  seen.close()
  expect(await snapshot(house.data)).toEqual(before)
  await house.close()
})

test('each state of a data folder is a finding and no crash', async () => {
  const at = async (folder: string) => (await seeData(configOf(folder))).state
  expect(await at(join(data, 'none'))).toBe('new')
  expect(await readdir(data)).toEqual([])
  expect(await at(data)).toBe('new')
  await writeFile(join(data, 'holiday.txt'), 'x')
  expect(await at(data)).toBe('strange')
  await writeFile(join(data, 'catalog.db'), 'x'.repeat(9000))
  expect(await at(data)).toBe('damaged')
  expect((await examine(configOf(data))).ok).toBe(false)
  expect(ofData(await examine(configOf(data), 'port: expected a port'))).toEqual(['doctor_data_damaged'])
  await rm(join(data, 'catalog.db'))
  await mkdir(join(data, 'photos_buffer'))
  await writeFile(join(data, 'photos_buffer', '.lep-journal.jsonl'), '{}\n')
  expect(await at(data)).toBe('lost')
})

test('a file in its place, a newer catalog, another daemon and a broken configuration are told apart', async () => {
  await writeFile(join(data, 'file'), 'x')
  const config = { ...configOf(join(data, 'none')), data: join(data, 'file') }
  expect((await seeData(config)).state).toBe('not_folder')

  const house = await openHouse()
  expect(ofData(await examine(configOf(house.data), 'daemon.json: port'))).toEqual(['doctor_data_config'])
  const unlock = lockData(house.data)
  expect((await seeData(configOf(house.data))).state).toBe('in_use')
  unlock()
  const free = await seeData(configOf(house.data))
  expect(free.state).toBe('ready')
  free.close()
  house.catalog.close()
  const db = new DatabaseSync(join(house.data, 'catalog.db'))
  db.exec('PRAGMA user_version = 9999')
  db.close()
  expect((await seeData(configOf(house.data))).state).toBe('newer')
  await house.close()
})

test('a folder on a disk that is away, or of another data folder, is named', async () => {
  const house = await openHouse()
  house.catalog.close()
  const buffer = join(house.data, 'photos_buffer', '.lep-folder')
  await writeFile(buffer, 'another\n')
  expect(ofData(await examine(configOf(house.data)))).toEqual(['doctor_folder_other'])
  await rm(buffer)
  expect(ofData(await examine(configOf(house.data)))).toEqual(['doctor_folder_away'])
  await house.close()
})

test.runIf(process.getuid?.() === 0)('a data folder of another user is named', async () => {
  await chown(data, 12345, 12345)
  expect((await seeData(configOf(data))).state).toBe('of_others')
  await chown(data, 0, 0)
})

test('a file with keys that others may read is named; no bucket is asked then', async () => {
  const house = await openHouse()
  house.catalog.close()
  await mkdir(join(house.data, 'config'))
  await writeFile(join(house.data, 'config', 'cloud.json'), '{}', { mode: 0o644 })
  expect(ofData(await examine(configOf(house.data)))).toEqual(['doctor_keys_open'])
  await house.close()
})
