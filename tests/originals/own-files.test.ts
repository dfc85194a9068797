import { createHash } from 'node:crypto'
import { renameSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PhotoRecord } from '../../daemon/catalog/photos/photos.ts'
import { createOwnFiles } from '../../daemon/originals/own-files.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

const BYTES = 'a picture'
const SHA256 = createHash('sha256').update(BYTES).digest('hex')

let house: House
let photo: PhotoRecord
let path: string
beforeEach(async () => {
  house = await openHouse()
  path = join(house.folders.path('buffer'), 'A.JPG')
  await writeFile(path, BYTES)
  photo = house.addPhoto('A.JPG', {}, { sha256: SHA256, bytes: BYTES.length })
})
afterEach(() => house.close())

/** Finds the photo's file in the buffer while it is being rejected: the catalog says "trash" already, and `arrives`
 * happens between the first look there and what follows from it.
 * @returns whether its bytes are where they belong, and what lies in the trash then */
async function healWhile(arrives: (to: string) => void) {
  const { catalog, folders } = house
  catalog.photos.setState(photo.id, 'trashed')
  const to = join(folders.path('trash'), 'A.JPG')
  let calls = 0
  const own = createOwnFiles({
    catalog,
    announcer: { changed: () => undefined },
    folders: () => ({
      ...folders,
      path(role) {
        calls += 1
        if (calls === 2) arrives(to)
        return folders.path(role)
      },
    }),
  })
  const healed = await own.heal(catalog.originals.bySha(house.event.id, SHA256)!, path)
  const names = (await readdir(folders.path('trash'))).filter((name) => !name.startsWith('.'))
  return { healed, trash: names.sort() }
}

test('a file that arrives by its own move meanwhile keeps its name', async () => {
  expect(await healWhile((to) => renameSync(path, to))).toEqual({ healed: true, trash: ['A.JPG'] })
})

test('control: what another program puts there meanwhile gets another name, and the bytes come to their place', async () => {
  const other = join(house.data, 'other')
  await writeFile(other, 'another picture')
  expect(await healWhile((to) => renameSync(other, to))).toEqual({
    healed: true,
    trash: ['A-2.JPG', 'A.JPG'],
  })
  expect(await readFile(join(house.folders.path('trash'), 'A.JPG'), 'utf8')).toBe(BYTES)
})
