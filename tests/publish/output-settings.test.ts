import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../daemon/log.ts'
import { createOutputSettings } from '../../daemon/publish/output-settings.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const open = (stored: unknown) => {
  house.catalog.settings.set('finish', JSON.stringify(stored))
  return createOutputSettings({
    settings: house.catalog.settings,
    folder: house.data,
    convert: async () => undefined,
    tryOut: async () => undefined,
    changed: () => undefined,
    log: silentLog,
  })
}

test('what an earlier version stored with fewer fields is kept, with the usual in the place of the others', async () => {
  const settings = await open({
    watermark: { enabled: true, text: 'Ann', portrait: { type: 'text', text: 'Upright' } },
    pictures: { web: { size: 3000 } },
  })
  expect(settings.watermark()).toMatchObject({
    enabled: true,
    text: 'Ann',
    portrait: { text: 'Upright', margin: 50 },
  })
  expect(settings.pictures()).toMatchObject({ web: { size: 3000, quality: 85 } })
})

test('a field that is broken takes no other with it, and no mark of portraits stays none', async () => {
  const settings = await open({ watermark: { enabled: true, text: 'Ann', opacity: 'much', portrait: null } })
  expect(settings.watermark()).toMatchObject({ enabled: true, text: 'Ann', opacity: 0.8, portrait: null })
})

test('what was changed lies in the mirror once it is settled', async () => {
  const settings = await open({})
  settings.changePictures({ web: { size: 1234 } })
  await settings.settled()
  const mirror = JSON.parse(await readFile(join(house.data, 'finish.json'), 'utf8'))
  expect(mirror).toMatchObject({ pictures: { web: { size: 1234 } } })
})
