import { describe, expect, test } from 'vitest'
import type { SourceStatus, Status } from '../../../daemon/contract/status.ts'
import { cameraEn, cameraZhHant } from '../../../pwa-admin/locales/camera.ts'
import storeSource from '../../../daemon/sync/store.ts?raw'
import { cloudEn, cloudZhHant } from '../../../pwa-admin/locales/cloud.ts'
import { en } from '../../../pwa-admin/locales/en.ts'
import { outputEn, outputZhHant } from '../../../pwa-admin/locales/finish.ts'
import { handEn, handZhHant } from '../../../pwa-admin/locales/hand.ts'
import { preferredLanguage } from '../../../pwa-admin/locales/index.ts'
import { accessEn, accessZhHant } from '../../../pwa-admin/locales/access.ts'
import { connectEn, connectZhHant } from '../../../pwa-admin/locales/connect.ts'
import { offlineEn, offlineZhHant } from '../../../pwa-admin/locales/offline.ts'
import { refusalsEn, refusalsZhHant } from '../../../pwa-admin/locales/refusals.ts'
import { settingsEn, settingsZhHant } from '../../../pwa-admin/locales/settings.ts'
import { messagesEn, messagesZhHant } from '../../../pwa-admin/locales/told.ts'
import { zhHant } from '../../../pwa-admin/locales/zh-Hant.ts'
import { undoEn, undoZhHant } from '../../../pwa-admin/locales/undo.ts'
import { layoutFor } from '../../../pwa-admin/shell/layout.ts'
import { digitsOf, grouped, keyIn } from '../../../pwa-admin/pairing/pair/code.ts'
import { refusal, wordsFor } from '../../../pwa-admin/pairing/pair/words.ts'
import { regionOf } from '../../../pwa-admin/locales/region.ts'
import { cellsOf } from '../../../pwa-admin/status/cells.ts'
import { hoursShown } from '../../../pwa-admin/settings/event/hours.ts'
import { sizeWords } from '../../../pwa-admin/ui/sizes.ts'
import { status } from '../fakes.ts'

const leaves = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    typeof child === 'string'
      ? [[`${path}${key}`, child] as [string, string]]
      : leaves(child as object, `${path}${key}.`),
  )
const blanks = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()

const ENGLISH = {
  ...en,
  ...outputEn,
  camera: cameraEn,
  cloud: cloudEn,
  refused: refusalsEn,
  settings: settingsEn,
  told: messagesEn,
  undo: undoEn,
  offline: offlineEn,
  hand: handEn,
  access: accessEn,
  connect: connectEn,
}
const CHINESE = {
  ...zhHant,
  ...outputZhHant,
  camera: cameraZhHant,
  cloud: cloudZhHant,
  refused: refusalsZhHant,
  settings: settingsZhHant,
  told: messagesZhHant,
  undo: undoZhHant,
  offline: offlineZhHant,
  hand: handZhHant,
  access: accessZhHant,
  connect: connectZhHant,
}

test('both languages fill in the same blanks everywhere and never shout', () => {
  const chinese = new Map(leaves(CHINESE))
  for (const [key, text] of leaves(ENGLISH)) {
    expect(`${key} ${blanks(chinese.get(key) ?? '')}`).toBe(`${key} ${blanks(text)}`)
    expect(`${text}${chinese.get(key)}`).not.toMatch(/[!！]/)
  }
})

test('no sentence of the daemon is left as it is, but what names a field of a request', () => {
  const left = [...leaves({ refused: refusalsZhHant, told: messagesZhHant })].filter(([, text]) =>
    text.includes('{said}'),
  )
  expect(left.map(([key]) => key)).toEqual(['refused.invalid'])
})

test('every trouble of the bucket has words of ours', () => {
  const list = /STORE_FAULTS = \[([^\]]*)\]/.exec(storeSource)?.[1] ?? ''
  const codes = [...list.matchAll(/^ *'(\w+)',/gm)].map(([, code]) => code!)
  expect(codes.length).toBeGreaterThan(10)
  expect(codes.filter((code) => !(code in cloudEn.trouble))).toEqual([])
})

const SOURCES = Object.values(
  import.meta.glob<string>('../../../daemon/**/*.ts', { query: '?raw', import: 'default', eager: true }),
)
/** The codes of what the daemon says, as its source has them. */
const codesOf = (sources: readonly string[]) =>
  new Set(
    sources.flatMap((source) =>
      [
        ...source.matchAll(
          /(?:new Refusal\(\s*\d+,|\brefuse\(|errorBody\(|\bsaying\()\s*['`]([\w${}.]+)['`]/g,
        ),
      ].map(([, code]) => code!),
    ),
  )
/** A code that is put together says so: `camera_${trouble.code}` stands for each of these. */
const PUT_TOGETHER: Record<string, readonly string[]> = {
  'camera_${trouble.code}': [
    'camera_dropped',
    'camera_held',
    'camera_busy',
    'camera_no_answer',
    'camera_not_there',
    'camera_lost_process',
    'camera_unlisted',
    'camera_failed',
  ],
  'watermark_${state}': ['watermark_missing', 'watermark_broken'],
}

test('every sentence that the daemon says has words of ours in both languages', () => {
  const codes = codesOf(SOURCES)
  expect(codes.size).toBeGreaterThan(60)
  // These end the program before any page is served, or answer what no page of ours asks.
  for (const code of [
    'newer_catalog',
    'catalog_lost',
    'catalog_damaged',
    'data_folder_closed',
    'in_use',
    'too_many_folders',
    'no_demo_camera',
    'wrong_method',
  ])
    codes.delete(code)
  const all = [...codes].flatMap((code) => PUT_TOGETHER[code] ?? [code])
  // Answers a download of the setup page, which is not offered then; and causes in the Connect panel.
  const elsewhere = ['https_off', ...Object.keys(connectEn.cause)]
  const ours = all.filter((code) => !elsewhere.includes(code))
  expect(ours.filter((code) => !(code in refusalsEn) && !(code in messagesEn))).toEqual([])
  expect(ours.filter((code) => !(code in refusalsZhHant) && !(code in messagesZhHant))).toEqual([])
})

test('a sentence without words would be found', () => {
  const source =
    "throw new Refusal(409, 'quite_new', 'x'); saying('newer_still', 'x'); saying(\n  `a_${b}`, 'x')"
  expect([...codesOf([source])]).toEqual(['quite_new', 'newer_still', 'a_${b}'])
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

test('dates are written as in the reader’s country, in the language that is shown', () => {
  expect(regionOf('en', ['zh-TW', 'en-GB', 'en-US'])).toBe('en-GB')
  expect(regionOf('zh-Hant', ['zh-CN', 'zh-HK'])).toBe('zh-HK')
  expect(regionOf('en', ['zh-TW'])).toBe('en')
})

test('a phone on its side is a phone; tablets and desktops have two, then three columns', () => {
  expect([layoutFor(390, 844), layoutFor(844, 390)]).toEqual(['phone', 'phone'])
  expect([layoutFor(834, 1194), layoutFor(800, 600)]).toEqual(['strip', 'pair'])
  expect([layoutFor(1194, 834), layoutFor(1024, 768), layoutFor(1440, 900)]).toEqual([
    'desktop',
    'desktop',
    'desktop',
  ])
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

describe('the status bar', () => {
  const delivery = { internet: 'online', photos: 0, bytes: 0, failed: 0, last_live: null } as const
  const cell = (id: string, more: Partial<NonNullable<Status['delivery']>>, rest: Partial<Status> = {}) =>
    cellsOf(
      status({ delivery: { ...delivery, ...more }, ...rest }),
      'open',
      Date.parse('2026-01-20T20:00:06Z'),
    ).find((one) => one.id === id)

  test('says what is left to send, and what failed before that', () => {
    expect(cell('queue', {})).toMatchObject({ word: 'status.idle', tone: 'calm' })
    expect(cell('queue', { photos: 14, bytes: 38e6 })).toMatchObject({
      word: 'status.left',
      values: { n: 14, size: '38 MB' },
    })
    expect(cell('queue', { photos: 14, bytes: 38e6, failed: 2 })).toMatchObject({
      word: 'status.failed',
      tone: 'bad',
      values: { n: 2 },
    })
  })

  test('says whether the Mac has the internet, where something needs it', () => {
    expect(cell('network', { internet: 'unneeded' })).toMatchObject({
      word: 'status.localOnly',
      tone: 'calm',
    })
    expect(cell('network', {})).toMatchObject({ word: 'status.online', tone: 'good' })
    expect(cell('network', { internet: 'away' })).toMatchObject({ tone: 'bad' })
    expect(cellsOf(status(), 'away').find(({ id }) => id === 'network')).toMatchObject({
      word: 'status.offline',
    })
  })

  test('says how long ago the last photo went live', () => {
    const counts = { buffer: 3, archived: 0, trashed: 0, live: 2 }
    const last_live = { filename: 'a.jpg', at: '2026-01-20T20:00:00Z' }
    expect(cell('live', { last_live }, { counts })).toMatchObject({
      word: 'status.liveSeconds',
      values: { n: 6 },
    })
    expect(cell('live', {}, { counts })).toMatchObject({ word: 'status.photos', values: { n: 2 } })
  })
})

test('quiet hours are shown, and only as many as fit', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 20, hour)).toISOString()
  const shown = hoursShown([
    { at: at(18), in: 4, published: 1 },
    { at: at(21), in: 2, published: 2 },
  ])
  expect(shown.map((hour) => hour.in)).toEqual([4, 0, 0, 2])
  const long = hoursShown([
    { at: at(-200), in: 1, published: 0 },
    { at: at(21), in: 2, published: 2 },
  ])
  expect([long.length, long.at(-1)!.in]).toEqual([36, 2])
  expect(hoursShown([])).toEqual([])
})
