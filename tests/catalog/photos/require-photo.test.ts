import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { requirePhoto } from '../../../daemon/catalog/photos/require-photo.ts'
import { openHouse } from '../../fixtures/catalog.ts'

test('a photo is found by its name, and else refused with the name that was asked for', async () => {
  const house = await openHouse()
  const { id } = house.addPhoto('IMG_1.JPG')
  expect(requirePhoto(house.catalog, 'IMG_1.JPG').id).toBe(id)
  expect(() => requirePhoto(house.catalog, 'IMG_2.JPG')).toThrow(
    expect.objectContaining({
      status: 404,
      code: 'unknown_photo',
      message: expect.stringContaining('"IMG_2.JPG"'),
    }),
  )
  await house.close()
})

test('this is the one place that refuses an unknown photo', async () => {
  const root = fileURLToPath(new URL('../../../daemon', import.meta.url))
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.ts'))
  const refusing: string[] = []
  for (const file of files)
    if (/Refusal\([^)]*'unknown_photo'/.test(await readFile(join(root, file), 'utf8'))) refusing.push(file)
  expect(refusing).toEqual([join('catalog', 'photos', 'require-photo.ts')])
})
