import { execFile } from 'node:child_process'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse, tempFolder, type House } from '../fixtures/catalog.ts'
import { makePreviousSystem } from '../fixtures/previous-system/previous-system.ts'

let root: string
let house: House
beforeAll(async () => {
  root = await tempFolder()
  house = await openHouse()
  await makePreviousSystem(join(root, 'previous'))
})
afterAll(async () => {
  await house.close()
  await rm(root, { recursive: true, force: true })
})

/** @returns the exit code, and what was said */
function run(script: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const path = fileURLToPath(new URL(`../../scripts/${script}.ts`, import.meta.url))
  return new Promise((resolve) =>
    execFile(process.execPath, [path, ...args], (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    ),
  )
}

test('backup, its verification, restore and a dry import as programs: what they say and how they end', async () => {
  const [backup, data] = [join(root, 'backup'), join(root, 'restored')]
  const made = await run('backup', backup, '--data', house.data, '--photos', 'originals', '--json')
  expect(made).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(made.out)).toMatchObject({ ok: true, photos: 'originals', keys: false, missing: [] })
  const [verified, restored, told, wrong] = await Promise.all([
    run('backup', '--verify', backup, '--json'),
    run('restore', backup, '--data', data, '--json'),
    run('import', join(root, 'previous'), '--data', join(root, 'imported'), '--dry-run'),
    run('backup', backup, '--data', house.data, '--photos', 'some'),
  ])
  expect(JSON.parse(verified.out)).toMatchObject({ ok: true, faults: [] })
  expect(JSON.parse(restored.out)).toMatchObject({ ok: true, data })
  expect(told).toMatchObject({ code: 0, err: '' })
  expect(told.out).toMatch(/^Would import "2025 尾牙晚宴".*[^]*6 published/)
  expect(told.out).toMatch(/not taken over: .*EMPTY.JPG: the file is empty\n[^]*Nothing was changed/)
  await expect(stat(join(root, 'imported'))).rejects.toThrow('ENOENT')
  expect([verified.code, restored.code, wrong.code]).toEqual([0, 0, 2])

  await rm(join(backup, 'catalog.db'))
  const [damaged, refused, nowhere] = await Promise.all([
    run('backup', '--verify', backup),
    run('restore', backup, '--data', data),
    run('restore', backup),
  ])
  expect(damaged).toMatchObject({ code: 1, out: 'catalog.db is missing.\n' })
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/is not empty.*nothing was changed/) })
  expect(nowhere.code).toBe(2)
}, 60_000)
