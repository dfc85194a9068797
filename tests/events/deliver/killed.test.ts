import { spawn } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openPulledDisk, pulledDiskTrouble } from '../../fixtures/disk/pulled-disk.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'
import { openDeliverHouse, sha, type DeliverHouse } from './house.ts'

const LONG = process.env['LONG_TESTS'] === '1'
const PHOTOS = LONG ? 1000 : 40
const BYTES = LONG ? 10_000_000 : 500_000
const KILLS = LONG ? 5 : 1
const SCRIPT = fileURLToPath(new URL('../../../scripts/deliver.ts', import.meta.url))

let house: DeliverHouse
beforeEach(async () => {
  pids = []
  house = await openDeliverHouse()
  // After what a test mounted in it.
  onTestFinished(() => house.close())
})

let pids: number[] = []
function start(...args: string[]) {
  const child = spawn(process.execPath, [SCRIPT, house.to, '--data', house.data, '--what', 'all', ...args])
  pids.push(child.pid ?? 0)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }))
  return { child, ended }
}

/** @returns the hashes of what was shot, by name */
async function shoot(count: number, size: number, prefix = 'IMG'): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  const bytes = randomFillSync(Buffer.alloc(size))
  for (let n = 0; n < count; n += 1) {
    bytes.writeUInt32BE(n)
    const name = `${prefix}_${String(n).padStart(4, '0')}.JPG`
    all[name] = sha(bytes)
    await house.shoot(name, bytes)
  }
  return all
}

async function delivered(): Promise<Record<string, string>> {
  const { 'delivery.json': _, 'summary.txt': __, ...files } = await hashes(house.to)
  return files
}

const count = async () =>
  (await readdir(house.to).catch(() => [])).filter((name) => name.startsWith('IMG_')).length

test('killed again and again, on a disk that was full once, it is whole in the end and nothing is there twice', async (context) => {
  const disk = await mountSmallDisk(context, house.to, `${Math.ceil((PHOTOS * BYTES * 0.7) / 1e6)}m`)
  const all = await shoot(PHOTOS, BYTES)
  let killed = 0
  for (let n = 1; n <= KILLS; n += 1) {
    const { child, ended } = start()
    const at = Math.floor((PHOTOS * 0.6 * n) / (KILLS + 1))
    while (child.exitCode === null && (await count()) < at) await new Promise(setImmediate)
    child.kill('SIGKILL')
    const { code } = await ended
    if (code === null && (await count()) < PHOTOS) killed += 1
  }
  expect(killed).toBe(KILLS)
  await expect(stat(join(house.to, 'delivery.json'))).rejects.toThrow('ENOENT')
  const full = await start().ended
  expect(full).toMatchObject({ code: 1, said: expect.stringContaining('is full. Make room there') })
  await expect(stat(join(house.to, 'delivery.json'))).rejects.toThrow('ENOENT')
  expect(await count()).toBeGreaterThan(PHOTOS / 2)
  expect((await readdir(house.to)).filter((name) => name.endsWith('.part'))).toEqual([])
  await disk.resize(`${Math.ceil((PHOTOS * BYTES * 2) / 1e6)}m`)
  const kept = (await stat(join(house.to, 'IMG_0000.JPG'))).ino
  expect(await start().ended).toEqual({ code: 0, said: '' })
  expect((await stat(join(house.to, 'IMG_0000.JPG'))).ino).toBe(kept)
  expect(await delivered()).toEqual(all)
  const { files } = await house.receipt()
  expect(Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]))).toEqual(all)
  expect((await readdir(house.to)).filter((name) => name.startsWith('.'))).toEqual([])
  // Of the runs that were killed no copy of the catalog stays behind.
  const left = (await readdir(tmpdir())).filter((name) =>
    pids.some((pid) => name.startsWith(`lep-deliver-${pid}-`)),
  )
  expect([pids.length, left]).toEqual([KILLS + 2, []])
}, 1_200_000)

test('pulled out, its disk is named, nothing is put in its place, and the delivery goes on when it is back', async (context) => {
  if (pulledDiskTrouble() !== null) context.skip(`NOT TESTED: a pulled disk (${pulledDiskTrouble()})`)
  const disk = await openPulledDisk(house.root)
  try {
    const to = join(disk.path, 'out')
    await shoot(20, 100_000)
    const { targets, failed } = await house.deliver({}, {
      folders: [to],
      progress: (done) => void (done === 8 && disk.pull()),
    }) // prettier-ignore
    expect(failed).toEqual([])
    expect(targets[0]!.fault).toMatchObject({ code: 'deliver_unwritable' })
    expect(await readdir(disk.path)).toEqual([])
    disk.put()
    expect(await house.deliver({}, { folders: [to] })).toMatchObject({ targets: [{ fault: null }] })
    expect((await house.receipt(to)).count).toBe(20)
    expect(await readFile(join(to, 'summary.txt'), 'utf8')).toContain('Nothing is missing.')
  } finally {
    await disk.remove()
  }
}, 120_000)
