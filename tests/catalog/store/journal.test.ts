import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { folderIds } from '../../../daemon/catalog/catalog.ts'
import { JOURNAL } from '../../../daemon/catalog/store/journal.ts'
import { openFolders, type FolderPaths } from '../../../daemon/folders.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const linesOf = async (folder: string) =>
  (await readFile(join(folder, JOURNAL), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { n: number; fact: string; photo?: string })

/** Opens a second event, whose folders are made. */
async function openSecond(): Promise<FolderPaths> {
  const paths = Object.fromEntries(
    ['buffer', 'web', 'trash', 'archive'].map((role) => [role, join(house.data, 'second', role)]),
  ) as unknown as FolderPaths
  await openFolders({ paths, ids: folderIds(house.catalog.settings), isOurs: () => true })
  house.catalog.events.open('Second', () => paths)
  return paths
}

test('an event whose disk is away keeps its own lines waiting and nobody else’s', async () => {
  const { journal } = house.catalog
  const old = house.event.folders.buffer
  await journal.drain()
  const before = await linesOf(old)
  // More than are read at once, and older than everything that follows.
  for (let n = 0; n < 1100; n += 1)
    journal.note(house.event.id, { fact: 'event.changed', state: n % 2 ? 'open' : 'paused' })
  await rename(old, `${old} in a drawer`)
  const second = await openSecond()
  expect(await journal.drain()).toBe(false)
  expect((await linesOf(second.buffer)).map(({ fact }) => fact)).toContain('event.opened')
  expect(journal.late(60_000)).toEqual([])
  expect(journal.late(0)).toEqual([{ eventId: house.event.id, lines: 1101 }])

  await rename(`${old} in a drawer`, old)
  expect(await journal.drain()).toBe(true)
  expect(await linesOf(old)).toHaveLength(before.length + 1101)
  expect(journal.late(0)).toEqual([])
})

test('a folder that stands where another disk was gets none of its lines', async () => {
  const { journal } = house.catalog
  const old = house.event.folders.buffer
  await rename(old, `${old} in a drawer`)
  await mkdir(old)
  journal.note(house.event.id, { fact: 'event.changed', state: 'paused' })
  expect(await journal.drain()).toBe(false)
  await expect(readFile(join(old, JOURNAL))).rejects.toThrow()
})

test('a catalog that is older than the journal goes on counting after it', async () => {
  const { journal } = house.catalog
  await journal.drain()
  const { buffer } = house.event.folders
  await appendFile(
    join(buffer, JOURNAL),
    '{"v":1,"n":4711,"at":"2026-01-01T00:00:00Z","fact":"event.changed"}\n',
  )
  // A torn line at the end is no line.
  await appendFile(join(buffer, JOURNAL), '{"v":1,"n":9999,"at":"2026')
  await journal.resume()
  journal.note(house.event.id, { fact: 'event.changed', state: 'paused' })
  await journal.drain()
  const whole = (await readFile(join(buffer, JOURNAL), 'utf8')).trim().split('\n').at(-1)!
  expect((JSON.parse(whole) as { n: number }).n).toBe(4712)
})

test('without that, a number would be given twice', async () => {
  const { journal } = house.catalog
  const { buffer } = house.event.folders
  await writeFile(
    join(buffer, JOURNAL),
    '{"v":1,"n":4711,"at":"2026-01-01T00:00:00Z","fact":"event.changed"}\n',
  )
  journal.note(house.event.id, { fact: 'event.changed', state: 'paused' })
  await journal.drain()
  expect((await linesOf(buffer)).at(-1)!.n).toBeLessThan(4711)
})
