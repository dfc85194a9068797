import { expect, test } from 'vitest'
import type { SourceStatus } from '../../daemon/contract/status.ts'
import { cameraEn, cameraZhHant } from '../../pwa-admin/i18n/camera.ts'
import storeSource from '../../daemon/sync/store.ts?raw'
import { cloudEn, cloudZhHant } from '../../pwa-admin/i18n/cloud.ts'
import { en } from '../../pwa-admin/i18n/en.ts'
import { finishEn, finishZhHant } from '../../pwa-admin/i18n/finish.ts'
import { preferredLanguage } from '../../pwa-admin/i18n/index.ts'
import { connectEn } from '../../pwa-admin/i18n/connect.ts'
import { refusalsEn, refusalsZhHant } from '../../pwa-admin/i18n/refusals.ts'
import { zhHant } from '../../pwa-admin/i18n/zh-Hant.ts'
import { layoutFor } from '../../pwa-admin/layout.ts'
import { digitsOf, grouped, keyIn } from '../../pwa-admin/pair/code.ts'
import { refusal, wordsFor } from '../../pwa-admin/pair/words.ts'
import { cellsOf, sizeWords } from '../../pwa-admin/parts/cells.ts'
import { status } from './fakes.ts'

const leaves = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    typeof child === 'string'
      ? [[`${path}${key}`, child] as [string, string]]
      : leaves(child as object, `${path}${key}.`),
  )
const blanks = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()

test('both languages fill in the same blanks everywhere and never shout', () => {
  const chinese = new Map(
    leaves({ ...zhHant, ...finishZhHant, camera: cameraZhHant, cloud: cloudZhHant, refused: refusalsZhHant }),
  )
  const english = { ...en, ...finishEn, camera: cameraEn, cloud: cloudEn, refused: refusalsEn }
  for (const [key, text] of leaves(english)) {
    expect(`${key} ${blanks(chinese.get(key) ?? '')}`).toBe(`${key} ${blanks(text)}`)
    expect(`${text}${chinese.get(key)}`).not.toMatch(/[!！]/)
  }
})

test('every trouble of the bucket has words of ours', () => {
  const list = /STORE_FAULTS = \[([^\]]*)\]/.exec(storeSource)?.[1] ?? ''
  const codes = [...list.matchAll(/^ *'(\w+)',/gm)].map(([, code]) => code!)
  expect(codes.length).toBeGreaterThan(10)
  expect(codes.filter((code) => !(code in cloudEn.trouble))).toEqual([])
})

test('every refusal that the daemon can answer a page with has words of ours', () => {
  const sources = Object.values(
    import.meta.glob<string>('../../daemon/**/*.ts', { query: '?raw', import: 'default', eager: true }),
  )
  const codes = new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/(?:new Refusal\(\s*\d+,|\brefuse\(|errorBody\()\s*'(\w+)'/g)].map(
        ([, code]) => code!,
      ),
    ),
  )
  expect(codes.size).toBeGreaterThan(25)
  // These end the program before any page is served, or answer what no page of ours asks.
  for (const code of ['newer_catalog', 'in_use', 'too_many_folders', 'no_demo_camera', 'wrong_method'])
    codes.delete(code)
  // Answers a download of the setup page, which is not offered then.
  codes.delete('https_off')
  // These are causes in the Connect panel.
  for (const code of Object.keys(connectEn.cause)) codes.delete(code)
  expect([...codes].filter((code) => !(code in refusalsEn))).toEqual([])
})

test('the page for a code says a refusal in the words of its language, else in those of the daemon', () => {
  const { words } = wordsFor(['zh-TW'])
  expect(refusal(words, { code: 'wrong_code', message: 'no' })).toContain('配對碼')
  expect(refusal(words, { code: 'new_one', message: 'Something new.' })).toBe('Something new.')
  expect(refusal(words, undefined)).toContain('Wi-Fi')
})

test('the language is the one chosen here, else the first that the browser asks for and we have', () => {
  expect(preferredLanguage(null, ['zh-TW', 'en'])).toBe('zh-Hant')
  expect(preferredLanguage(null, ['fr', 'en-GB', 'zh'])).toBe('en')
  expect(preferredLanguage('en', ['zh-TW'])).toBe('en')
  expect(wordsFor(['zh-HK']).lang).toBe('zh-Hant')
})

test('a phone on its side is a phone; tablets and desks have two, then three columns', () => {
  expect([layoutFor(390, 844), layoutFor(844, 390)]).toEqual(['phone', 'phone'])
  expect([layoutFor(834, 1194), layoutFor(800, 600)]).toEqual(['strip', 'pair'])
  expect([layoutFor(1194, 834), layoutFor(1024, 768), layoutFor(1440, 900)]).toEqual(['desk', 'desk', 'desk'])
})

test('a code is eight digits in two groups, however it was typed', () => {
  expect(digitsOf(' 1234-5678 9')).toBe('12345678')
  expect(digitsOf('１２３４５６７８')).toBe('12345678')
  expect([grouped('1234'), grouped('12345')]).toEqual(['1234', '1234 5'])
  expect(keyIn(`#pair=${'0a'.repeat(16)}`)).toBe('0a'.repeat(16))
  expect(keyIn('#pair=short')).toBeNull()
})

test('a card says how far it is and when it may go', () => {
  const source: SourceStatus = {
    id: 'x',
    kind: 'card',
    label: 'EOS',
    state: 'copying',
    total: 120,
    done: 12,
    bytes_total: 1,
    bytes_done: 0,
    safe_to_eject: false,
    offer: null,
    message: null,
  }
  const card = (more: Partial<SourceStatus>) =>
    cellsOf(status({ sources: [{ ...source, ...more }] }), 'open').find(({ id }) => id === 'card')
  expect(card({})).toMatchObject({ word: 'status.copying', values: { n: 12, m: 120 } })
  expect(card({ state: 'done', safe_to_eject: true })).toMatchObject({ word: 'status.safe', tone: 'good' })
  expect(card({ state: 'away' })).toMatchObject({ word: 'status.away', tone: 'bad' })
})

test('sizes are said in the units on the box', () => {
  expect([sizeWords(1), sizeWords(82e9), sizeWords(1.4e12), sizeWords(999.9e6)]).toEqual([
    '0 kB',
    '82 GB',
    '1.4 TB',
    '1.0 GB',
  ])
})
