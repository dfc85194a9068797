// @vitest-environment node
import { expect, test } from 'vitest'
import storeSource from '../../../daemon/cloud/store/store.ts?raw'
import { LANGUAGES } from '../../../daemon/contract/language.ts'
import { MESSAGES } from '../../../pwa-admin/locales/index.ts'

const leaves = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    typeof child === 'string'
      ? [[`${path}${key}`, child] as [string, string]]
      : leaves(child as object, `${path}${key}.`),
  )
const blanks = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()

/** The domains of each language, each a file, by what they export. */
const DOMAINS = Object.entries(
  import.meta.glob<Record<string, object>>('../../../pwa-admin/locales/*/*.ts', { eager: true }),
).filter(([path]) => !path.endsWith('/index.ts'))
const domainsOf = (language: string) => DOMAINS.filter(([path]) => path.includes(`/${language}/`))
const sentencesOf = (language: string) => new Map(domainsOf(language).flatMap(([, words]) => leaves(words)))
const { en } = MESSAGES
const OTHERS = LANGUAGES.map(([tag]) => tag).filter((tag) => tag !== 'en')

test.each(OTHERS)('%s has the same files with the same keys as English', (other) => {
  const files = (language: string) => domainsOf(language).map(([path]) => path.replace(/^.*\//, ''))
  expect(files('en').length).toBeGreaterThan(15)
  expect(files(other)).toEqual(files('en'))
  const keys = (language: string) => [...sentencesOf(language).keys()].sort()
  expect(keys('en').length).toBeGreaterThan(900)
  expect(keys(other)).toEqual(keys('en'))
})

test('there are no words of a language that nobody can choose', () => {
  const folders = new Set(DOMAINS.map(([path]) => path.split('/').at(-2)))
  expect([...folders].sort()).toEqual(['en', ...OTHERS].sort())
})

test.each(LANGUAGES)(
  'each domain is part of the app’s dictionary, but the pages that stand alone: %s',
  (tag) => {
    const said = new Set(leaves(MESSAGES[tag]).map(([key]) => key))
    for (const [path, words] of domainsOf(tag))
      for (const [name, domain] of Object.entries(words))
        if (!['pair', 'setup', 'print', 'report'].includes(name))
          expect(
            leaves(domain).filter(([key]) => !said.has(key)),
            path,
          ).toEqual([])
  },
)

test.each(OTHERS)('%s fills in the same blanks as English everywhere and never shouts', (other) => {
  const sentences = sentencesOf(other)
  for (const [key, text] of sentencesOf('en')) {
    expect(`${key} ${blanks(sentences.get(key) ?? '')}`).toBe(`${key} ${blanks(text)}`)
    expect(`${text}${sentences.get(key)}`).not.toMatch(/[!！]/)
  }
})

test.each(OTHERS)(
  'no sentence of the daemon is left as it is in %s, but what names a field of a request',
  (tag) => {
    const { refused, messages } = MESSAGES[tag]
    const left = leaves({ refused, messages }).filter(([, text]) => text.includes('{said}'))
    expect(left.map(([key]) => key)).toEqual(['refused.invalid'])
  },
)

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

test('every sentence that the daemon says has words of ours in each language', () => {
  const codes = codesOf(SOURCES)
  expect(codes.size).toBeGreaterThan(60)
  // These end the program before any page is served, or answer what no page of ours asks.
  for (const code of [
    'newer_catalog',
    'catalog_lost',
    'catalog_damaged',
    'catalog_foreign',
    'catalog_older',
    'nothing_to_rebuild',
    'no_good_copy',
    ...[...codes].filter((code) => code.startsWith('rebuild_')),
    'no_room_for_copy',
    'copy_failed',
    'restore_unfinished',
    // Of the programs at the terminal.
    ...[...codes].filter((code) => /^(backup|restore|import)_/.test(code)),
    'deliver_no_catalog',
    'deliver_no_event',
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
  for (const { refused, messages } of Object.values(MESSAGES))
    expect(ours.filter((code) => !(code in refused) && !(code in messages))).toEqual([])
})

test('a sentence without words would be found', () => {
  const source =
    "throw new Refusal(409, 'quite_new', 'x'); newMessage('newer_still', 'x'); newMessage(\n  `a_${b}`, 'x')"
  expect([...codesOf([source])]).toEqual(['quite_new', 'newer_still', 'a_${b}'])
})
