import { createHash } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../daemon/log.ts'
import { createOriginalFiles } from '../../daemon/originals/original-files.ts'
import { createOwnFiles } from '../../daemon/originals/own-files.ts'
import { createKeyedMutex, type KeyedMutex } from '../../daemon/util/keyed-mutex.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

const BYTES = 'a picture'
const SHA256 = createHash('sha256').update(BYTES).digest('hex')
const announcer = { changed: () => undefined }

let house: House
let path: string
beforeEach(async () => {
  house = await openHouse()
  path = join(house.folders.path('buffer'), 'A.JPG')
  await writeFile(path, BYTES)
  house.addPhoto('A.JPG', {}, { sha256: SHA256, bytes: BYTES.length })
})
afterEach(() => house.close())

/** Rejects a photo while something finds its file in the buffer and would bring it to its place.
 * @returns what happened, in order, and what lies in the trash then */
async function healWhileMoving(moves: KeyedMutex, others: KeyedMutex) {
  const { catalog, folders } = house
  const happened: string[] = []
  const own = createOwnFiles({
    catalog,
    announcer,
    moves: others,
    folders: () => ({
      ...folders,
      check(role) {
        happened.push('looks')
        return folders.check(role)
      },
    }),
  })
  let healed: Promise<boolean> | undefined
  const originalFiles = createOriginalFiles({
    // The moment in which the catalog says "trash" and the file still lies in the buffer.
    catalog: {
      ...catalog,
      photos: {
        ...catalog.photos,
        setState(id, state) {
          const photo = catalog.photos.setState(id, state)
          healed ??= own.heal(catalog.originals.bySha(house.event.id, SHA256)!, path)
          return photo
        },
      },
    },
    folders,
    announcer: { changed: () => void happened.push('moved') },
    moves,
    log: silentLog,
  })
  await originalFiles.move('A.JPG', 'trashed')
  await healed?.catch(() => undefined)
  const lies = (await readdir(folders.path('trash'))).filter((name) => !name.startsWith('.'))
  return { happened, lies }
}

test('a file that is being moved is looked at only where it ends up, and keeps its name', async () => {
  const moves = createKeyedMutex()
  expect(await healWhileMoving(moves, moves)).toEqual({ happened: ['moved', 'looks'], lies: ['A.JPG'] })
})

test('control: who does not wait for a move looks in the middle of it', async () => {
  const { happened } = await healWhileMoving(createKeyedMutex(), createKeyedMutex())
  expect(happened[0]).toBe('looks')
})
