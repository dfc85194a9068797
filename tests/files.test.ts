import { watch } from 'node:fs'
import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { EventRecord } from '../daemon/catalog/events.ts'
import { createHeroes } from '../daemon/events/heroes.ts'
import {
  discard,
  isPart,
  makeFolder,
  moveFile,
  newPartName,
  removeOldParts,
  removeOwed,
  writeAtomic,
} from '../daemon/files.ts'
import { SENTINEL } from '../daemon/folders.ts'
import { tempFolder } from './fixtures/catalog.ts'

async function mountPoint(): Promise<string> {
  const folder = await tempFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('nothing is made in an empty mount point, where a disk’s folder was a moment ago', async () => {
  const disk = await mountPoint()
  const elsewhere = join(await mountPoint(), 'a.jpg')
  await writeFile(elsewhere, 'a')
  await expect(makeFolder(join(disk, 'web', 'pages'))).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(moveFile(elsewhere, join(disk, 'web', 'a.jpg'))).rejects.toMatchObject({ code: 'ENOENT' })
  const heroes = createHeroes({
    darkroom: { inspect: async () => expect.unreachable(), print: async () => expect.unreachable() },
    fetchPicture: async () => expect.unreachable(),
  })
  const event = { folders: { web: join(disk, 'web') } } as unknown as EventRecord
  await expect(heroes.make(event, async () => undefined)).rejects.toMatchObject({ code: 'folder_away' })
  expect(await readdir(disk)).toEqual([])
})

test('a folder is made in one that is there, and one that is there is as well', async () => {
  const disk = await mountPoint()
  await writeFile(join(disk, SENTINEL), 'x')
  for (let n = 0; n < 2; n += 1) await makeFolder(join(disk, 'pages'))
  expect((await readdir(disk)).sort()).toEqual([SENTINEL, 'pages'])
})

test('what a crash left beside a file that is replaced as a whole is removed by a later run, and nothing else is', async () => {
  const folder = await mountPoint()
  const uuid = '01234567-89ab-cdef-0123-456789abcdef'
  const mine = newPartName()
  const others = ['manifest.json', 'notes.part', `IMG_${uuid}.JPG`, mine]
  for (const name of [`.4242-1700000000000-${uuid}.part`, `manifest.json.${uuid}.part`, ...others])
    await writeFile(join(folder, name), 'x')
  await removeOldParts(folder)
  expect((await readdir(folder)).sort()).toEqual(others.sort())
  await removeOldParts(join(folder, 'not there'))

  // Whatever is written so is called so, or nothing would find it.
  await discard(join(folder, mine))
  const names: string[] = []
  const watching = watch(folder, (_, name) => void names.push(String(name)))
  await writeAtomic(join(folder, 'manifest.json'), 'y')
  await vi.waitFor(() => expect(names).toContain('manifest.json'))
  watching.close()
  expect(names.filter((name) => isPart(name)).length).toBeGreaterThan(0)
  expect(names.filter((name) => name.endsWith('.part') && !isPart(name))).toEqual([])
})

test('a copy that a disk refuses to remove is removed once it can be, and nothing fails for it', async () => {
  const folder = await mountPoint()
  const part = join(folder, newPartName())
  // What is no file cannot be removed as one.
  await mkdir(part)
  await discard(part)
  await removeOwed()
  expect(await readdir(folder)).toHaveLength(1)
  await rmdir(part)
  await writeFile(part, 'x')
  await removeOwed()
  expect(await readdir(folder)).toEqual([])
})
