import { afterEach, expect, test } from 'vitest'
import { STEPS, type EventReport } from '../../../daemon/contract/figures.ts'
import { makeSheet } from '../../../pwa-admin/settings/report/sheet.ts'
import { durationWords } from '../../../pwa-admin/ui/durations.ts'

const REPORT: EventReport = {
  slug: 'gala',
  title: 'Ann <b>&</b> Bob',
  state: 'closed',
  made_at: '2026-01-21T01:00:00.000Z',
  first_at: '2026-01-20T18:00:00.000Z',
  last_at: '2026-01-20T23:00:00.000Z',
  counts: { in: 2500, published: 812, unpublished: 3, rejected: 40, archived: 12, set_aside: 1 },
  photographers: [
    { name: '王小明', in: 2000, published: 800 },
    { name: '', in: 500, published: 12 },
  ],
  edges_ms: [500, 1000, 2000],
  steps: STEPS.map((step, at) => ({
    step,
    count: at === 5 ? 0 : 812,
    p50_ms: at === 5 ? null : 700,
    p95_ms: at === 5 ? null : 90_000,
    left_out: at === 0 ? 7 : 0,
    bins: at === 5 ? [0, 0, 0, 0] : [1, 400, 200, 0],
  })),
  guests: { peak: 212, opened: 9000, saved: 310 },
  bytes: { taken: 25_000_000_000, uploaded: 900_000_000 },
  faults: [
    { kind: 'internet', came: 3, healed: 3 },
    { kind: 'new_kind', came: 1, healed: 0 },
  ],
}
afterEach(() => document.body.replaceChildren())
function sheet(language: 'en' | 'zh-Hant', report = REPORT) {
  const main = document.createElement('main')
  main.append(...makeSheet(report, language))
  document.body.append(main)
  return main
}

test('the sheet tells the evening in figures, with a bar for each time that something took', () => {
  const main = sheet('en')
  expect(main.querySelector('h1')!.textContent).toBe('Ann <b>&</b> Bob')
  const row = (step: string) => main.querySelector(`[data-step=${step}]`)!
  expect([...row('disk_to_tile').querySelectorAll('td')].slice(0, 3).map((cell) => cell.textContent)).toEqual(
    ['812', '0.7 sec', '1.5 min'],
  )
  expect(row('shutter_to_disk').textContent).toContain('7 left out')
  expect(row('disk_to_tile').textContent).not.toContain('left out')
  expect(row('published_to_seen').textContent).toContain('–')
  const heights = [...row('disk_to_tile').querySelectorAll('rect')].map((bar) =>
    Number(bar.getAttribute('height')),
  )
  // Half as many, half as high; one of four hundred can be seen still; none is a line alone.
  expect(heights).toEqual([2, 28, 14, 1])
  const by = (name: string) =>
    [...main.querySelectorAll(`[data-photographer="${name}"] > *`)].map((cell) => cell.textContent)
  expect([by('王小明'), by('')]).toEqual([
    ['王小明', '2,000', '800'],
    ['Nobody said', '500', '12'],
  ])
  // Where nobody is known there is no table for it.
  expect(sheet('en', { ...REPORT, photographers: [] }).querySelector('[data-photographer]')).toBeNull()
  expect(main.textContent).toContain('3 times, 3 of them over again')
  expect(main.textContent).toContain('new_kind 1 times')
})

test('in Chinese nothing is left in English', () => {
  const main = sheet('zh-Hant')
  const text = main.textContent.replaceAll(/Ann.*Bob|new_kind|HTTPS|[kMGT]B/g, '')
  expect(text).toContain('快門到磁碟')
  expect(text).not.toMatch(/[a-z]{3,}/i)
})

test('an event without a photo is a sheet, too', () => {
  const none = { ...REPORT, title: '', first_at: null, last_at: null, faults: [] }
  expect(sheet('en', none).textContent).toContain('gala')
  expect(document.body.textContent).toContain('Nothing.')
})

test.each([
  [0, '0 sec'],
  [400, '0.4 sec'],
  [59_900, '60 sec'],
  [60_000, '1 min'],
  [5_400_000, '1.5 hr'],
])('%i ms are %s', (ms, words) => {
  expect(durationWords(ms, 'en')).toBe(words)
})
