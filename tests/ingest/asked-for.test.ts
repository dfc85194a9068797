import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { looksRaw, notAPhoto } from '../../daemon/originals/names.ts'

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const endingsIn = (text: string) => [...text.matchAll(/\.[a-z0-9]{2,4}\b/g)].map(([ending]) => ending)

test('the app’s picker asks for every RAW that an inbox takes, and for nothing that it refuses', async () => {
  const [, list] = /const PHOTOS = \[([^\]]+)\]/.exec(await read('pwa-admin/ui/PhotoPicker.vue'))!
  const requested = endingsIn(list!)
  const [, raws] = /const RAW = words\(\s*'([^']+)'/.exec(await read('daemon/originals/names.ts'))!
  const wanted = raws!.split(' ')
  expect(wanted.length).toBeGreaterThan(20)
  expect(requested.filter((ending) => looksRaw(`a${ending}`)).sort()).toEqual(wanted.sort())
  expect(requested.filter((ending) => notAPhoto(`a${ending}`) !== null)).toEqual([])
})
