import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../daemon/log.ts'
import { createOriginalFiles } from '../../daemon/originals/original-files.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
  const bytes = Buffer.from('its bytes')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  house.addPhoto('A.JPG', {}, { sha256, bytes: bytes.length })
  await writeFile(join(house.folders.path('buffer'), 'A.JPG'), bytes)
})
afterEach(() => house.close())

/** Moves whose files a watcher looks for after the catalog says where they go, and before they are there. */
function openWatched() {
  const { catalog, event, folders } = house
  const photos = {
    ...catalog.photos,
    setState(...args: Parameters<typeof catalog.photos.setState>) {
      const photo = catalog.photos.setState(...args)
      catalog.originals.lose(event.id, photo.main.sha256)
      return photo
    },
  }
  const announcer = { changed: () => undefined }
  return createOriginalFiles({ catalog: { ...catalog, photos }, folders, announcer, log: silentLog })
}

test('a file that was missed while it was on its way is not missed when it is there', async () => {
  const files = openWatched()
  for (const state of ['archived', 'trashed', 'buffer'] as const)
    expect((await files.move('A.JPG', state)).main.lost, state).toBe(false)
})

test('a file that was missed before it was moved still is: what comes back is judged in the buffer', async () => {
  const files = openWatched()
  const { main } = await files.move('A.JPG', 'archived')
  await writeFile(join(house.folders.path('archive'), 'A.JPG'), 'another program’s')
  house.catalog.originals.lose(house.event.id, main.sha256)
  expect((await files.move('A.JPG', 'buffer')).main.lost).toBe(true)
})

test('a move that was cut off after its file had the new name is finished; another file in the old place stays', async () => {
  const { catalog, event, folders } = house
  const [old, now] = (['buffer', 'archive'] as const).map((role) => join(folders.path(role), 'A.JPG'))
  const { id } = catalog.photos.named(event.id, 'A.JPG')!
  catalog.photos.setState(id, 'archived')
  const announcer = { changed: () => undefined }
  const files = createOriginalFiles({ catalog, folders, announcer, log: silentLog })
  await link(old!, now!)
  await files.recover()
  expect([existsSync(old!), await readFile(now!, 'utf8')]).toEqual([false, 'its bytes'])
  await writeFile(old!, 'its bytes')
  await files.recover()
  expect(existsSync(old!)).toBe(true)
})
