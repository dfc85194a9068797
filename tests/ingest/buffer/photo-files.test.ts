import { rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPhotoFiles } from '../../../daemon/ingest/buffer/photo-files.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'

let house: House
let announced: unknown[]
beforeEach(async () => {
  house = await openHouse()
  announced = []
})
afterEach(() => house.close())

const open = () =>
  createPhotoFiles({
    catalog: house.catalog,
    announcer: { changed: (photo) => void announced.push(photo) },
    folders: () => house.folders,
  })

test('a file that came back from another folder since it was looked for is not missed; one that did not is', async () => {
  const { id } = house.addPhoto('A.JPG')
  const path = `${house.folders.path('buffer')}/A.JPG`
  await writeFile(path, 'its bytes')
  expect([await open().isMissed('A.JPG'), announced]).toEqual([false, []])
  await rm(path)
  expect([await open().isMissed('A.JPG'), announced]).toEqual([true, [id]])
})
