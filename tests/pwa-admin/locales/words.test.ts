// @vitest-environment node
import { expect, test } from 'vitest'
import storeSource from '../../../daemon/cloud/store/store.ts?raw'
import { en } from '../../../pwa-admin/locales/en/index.ts'
import { pair as pairEn } from '../../../pwa-admin/locales/en/pair.ts'
import { print as printEn } from '../../../pwa-admin/locales/en/print.ts'
import { setup as setupEn } from '../../../pwa-admin/locales/en/setup.ts'
import { pair as pairZh } from '../../../pwa-admin/locales/zh-Hant/pair.ts'
import { print as printZh } from '../../../pwa-admin/locales/zh-Hant/print.ts'
import { setup as setupZh } from '../../../pwa-admin/locales/zh-Hant/setup.ts'
import { zhHant } from '../../../pwa-admin/locales/zh-Hant/index.ts'

const leaves = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    typeof child === 'string'
      ? [[`${path}${key}`, child] as [string, string]]
      : leaves(child as object, `${path}${key}.`),
  )
const blanks = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()

const ENGLISH = { ...en, pair: pairEn, setup: setupEn, print: printEn }
const CHINESE = { ...zhHant, pair: pairZh, setup: setupZh, print: printZh }

/** The domains of one language, each a file, by what they export. */
const DOMAINS = import.meta.glob<Record<string, object>>('../../../pwa-admin/locales/{en,zh-Hant}/*.ts', {
  eager: true,
})

test('both languages have the same files with the same keys', () => {
  const files = (language: string) =>
    Object.keys(DOMAINS)
      .filter((path) => path.includes(`/${language}/`) && !path.endsWith('/index.ts'))
      .map((path) => path.replace(/^.*\//, ''))
  expect(files('en').length).toBeGreaterThan(15)
  expect(files('zh-Hant')).toEqual(files('en'))
  const keys = (language: string) =>
    Object.entries(DOMAINS)
      .filter(([path]) => path.includes(`/${language}/`) && !path.endsWith('/index.ts'))
      .flatMap(([, words]) => leaves(words).map(([key]) => key))
      .sort()
  expect(keys('en').length).toBeGreaterThan(900)
  expect(keys('zh-Hant')).toEqual(keys('en'))
})

test('each domain is part of the app’s dictionary, but the pages that stand alone', () => {
  const english = new Set(leaves(ENGLISH).map(([key]) => key))
  for (const [path, words] of Object.entries(DOMAINS))
    if (path.includes('/en/') && !path.endsWith('/index.ts'))
      for (const [name, domain] of Object.entries(words)) {
        const alone = ['pair', 'setup', 'print'].includes(name)
        const missing = leaves(domain, alone ? `${name}.` : '').filter(([key]) => !english.has(key))
        expect(missing, path).toEqual([])
      }
})

test('both languages fill in the same blanks everywhere and never shout', () => {
  const chinese = new Map(leaves(CHINESE))
  for (const [key, text] of leaves(ENGLISH)) {
    expect(`${key} ${blanks(chinese.get(key) ?? '')}`).toBe(`${key} ${blanks(text)}`)
    expect(`${text}${chinese.get(key)}`).not.toMatch(/[!！]/)
  }
})

test('no sentence of the daemon is left as it is, but what names a field of a request', () => {
  const left = [...leaves({ refused: zhHant.refused, messages: zhHant.messages })].filter(([, text]) =>
    text.includes('{said}'),
  )
  expect(left.map(([key]) => key)).toEqual(['refused.invalid'])
})

test('every trouble of the bucket has words of ours', () => {
  const list = /STORE_FAULTS = \[([^\]]*)\]/.exec(storeSource)?.[1] ?? ''
  const codes = [...list.matchAll(/^ *'(\w+)',/gm)].map(([, code]) => code!)
  expect(codes.length).toBeGreaterThan(10)
  expect(codes.filter((code) => !(code in en.cloud.trouble))).toEqual([])
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
          /(?:new Refusal\(\s*\d+,|\brefuse\(|errorBody\(|\bnewMessage\()\s*['`]([\w${}.]+)['`]/g,
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
  const elsewhere = ['https_off', ...Object.keys(en.connect.cause)]
  const ours = all.filter((code) => !elsewhere.includes(code))
  expect(ours.filter((code) => !(code in en.refused) && !(code in en.messages))).toEqual([])
  expect(ours.filter((code) => !(code in zhHant.refused) && !(code in zhHant.messages))).toEqual([])
})

test('a sentence without words would be found', () => {
  const source =
    "throw new Refusal(409, 'quite_new', 'x'); newMessage('newer_still', 'x'); newMessage(\n  `a_${b}`, 'x')"
  expect([...codesOf([source])]).toEqual(['quite_new', 'newer_still', 'a_${b}'])
})
