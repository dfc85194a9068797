import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { EventRecord } from '../daemon/catalog/events.ts'
import { createHeroes } from '../daemon/events/heroes.ts'
import { makeFolder, moveFile } from '../daemon/files.ts'
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
