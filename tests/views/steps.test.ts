import { describe, expect, test } from 'vitest'
import type { TimelineRecord } from '../../daemon/catalog/photos/timelines.ts'
import type { Step } from '../../daemon/contract/figures.ts'
import { cell, csvHead, csvLine } from '../../daemon/views/figures/csv.ts'
import { createStepCounter, EDGES, histogram, measure, percentile } from '../../daemon/views/figures/steps.ts'
import { timelineView } from '../../daemon/views/figures/timeline.ts'

const NINE = Date.UTC(2026, 0, 20, 21)
const HOUR = 3600_000

/** A photo that took a second for each step, but for what is said. */
function made(more: Partial<TimelineRecord> = {}): TimelineRecord {
  return {
    id: 'a1',
    filename: 'IMG_1.JPG',
    state: 'buffer',
    camera: 'Canon EOS R5',
    cameraKey: 'camera:1',
    cameraId: 'camera:1',
    serial: null,
    published: { photographer: '', isLive: true },
    isCorrected: false,
    isTethered: true,
    bytes: 1000,
    shotAt: NINE - 1000,
    onDiskAt: NINE,
    tileAt: NINE + 1000,
    decidedAt: NINE + 1000,
    publishedAt: NINE + 2000,
    uploadedAt: NINE + 3000,
    seenAt: NINE + 3000,
    seenWhere: 'network',
    ...more,
  }
}
function figures(timelines: readonly TimelineRecord[]) {
  const counter = createStepCounter()
  for (const timeline of timelines) counter.add(timeline)
  const all = counter.figures()
  return (step: Step) => all.find((one) => one.step === step)!
}

test('a percentile is the smallest that so many do not exceed', () => {
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  expect([0.5, 0.95, 1, 0].map((share) => percentile(ten, share))).toEqual([5, 10, 10, 1])
  expect(percentile([7], 0.95)).toBe(7)
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1)
  expect([percentile(hundred, 0.5), percentile(hundred, 0.95)]).toEqual([50, 95])
})

test('a histogram holds every value once: what is an edge begins the next bar, and the last has no end', () => {
  expect(histogram([0, 499, 500, 9_999_999_999])).toEqual([2, 1, ...Array<number>(8).fill(0), 1])
  expect(histogram([]).every((count) => count === 0)).toBe(true)
  expect(histogram([])).toHaveLength(EDGES.length + 1)
})

test('each step is measured between its own two times, of those photos that have both', () => {
  const waiting = made({ tileAt: null, decidedAt: null, publishedAt: null, uploadedAt: null, seenAt: null })
  const of = figures([made(), made({ decidedAt: NINE + 500 }), waiting])
  expect(of('shutter_to_disk')).toMatchObject({ count: 3, p50_ms: 1000, p95_ms: 1000, left_out: 0 })
  expect(of('disk_to_decided')).toMatchObject({ count: 2, p50_ms: 500, p95_ms: 1000 })
  expect(of('decided_to_published')).toMatchObject({ count: 2, p50_ms: 1000, p95_ms: 1500 })
  expect(figures([waiting])('published_to_uploaded')).toMatchObject({ count: 0, p50_ms: null, p95_ms: null })
  expect(of('disk_to_tile').bins.reduce((sum, count) => sum + count, 0)).toBe(2)
})

describe('clocks that are off', () => {
  test.each([
    ['ahead of ours', { shotAt: NINE + 1 }, 'ahead'],
    ['of another year', { shotAt: NINE - 9000 * HOUR }, 'late'],
    ['12 hours are an evening', { shotAt: NINE - 12 * HOUR }, 12 * HOUR],
    ['and a millisecond more is not', { shotAt: NINE - 12 * HOUR - 1 }, 'late'],
    ['a file that says no time', { shotAt: null }, null],
  ] as const)('%s', (_, more, expected) => {
    expect(measure('shutter_to_disk', made(more))).toBe(expected)
  })

  test('what is left out is counted, and moves no figure', () => {
    const odd = [made({ shotAt: NINE + HOUR }), made({ shotAt: NINE - 13 * HOUR })]
    const of = figures([made(), ...odd])
    expect(of('shutter_to_disk')).toMatchObject({ count: 1, p95_ms: 1000, left_out: 2 })
    // The control: the steps by our own clock are measured of all three.
    expect(of('disk_to_tile')).toMatchObject({ count: 3, left_out: 0 })
  })

  test('our own clock that was set back is left out of the step that it tore', () => {
    const of = figures([made({ decidedAt: NINE - HOUR })])
    expect(of('disk_to_decided')).toMatchObject({ count: 0, left_out: 1 })
    expect(of('decided_to_published')).toMatchObject({ count: 1 })
  })

  test('a tethered camera whose fastest frame took an hour has a slow clock; one frame in time clears it', () => {
    const slow = [1, 2, 3].map((n) => made({ shotAt: NINE - HOUR - n * 1000 }))
    expect(figures(slow)('shutter_to_disk')).toMatchObject({ count: 0, left_out: 3 })
    expect(figures([...slow, made()])('shutter_to_disk')).toMatchObject({ count: 4, left_out: 0 })
    // Another camera is another clock, and a card may be read an hour later.
    const other = made({ cameraKey: 'camera:2' })
    expect(figures([...slow, other])('shutter_to_disk')).toMatchObject({ count: 1, left_out: 3 })
    const card = slow.map((one) => ({ ...one, isTethered: false }))
    expect(figures(card)('shutter_to_disk')).toMatchObject({ count: 3, left_out: 0 })
  })
})

test('what the internet counted says that a photo was seen, not how soon', () => {
  const of = figures([made({ seenWhere: 'internet' }), made()])
  expect(of('published_to_seen').count).toBe(1)
})

test('a timeline tells what its clock is worth', () => {
  expect(timelineView(made())).toMatchObject({ clock: 'as_set', doubt: null, seen_where: 'network' })
  expect(timelineView(made({ isCorrected: true, shotAt: NINE + 1 }))).toMatchObject({
    clock: 'corrected',
    doubt: 'ahead',
  })
  const bare = timelineView(made({ shotAt: null, tileAt: null, seenAt: null, seenWhere: null }))
  expect(bare).toMatchObject({ shot_at: null, clock: 'none', tile_at: null, seen_at: null, doubt: null })
  // No calendar has such a time.
  expect(timelineView(made({ shotAt: 9e15 })).shot_at).toBeNull()
})

describe('the table', () => {
  test.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1.jpg', "'-1.jpg"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['\t=1', `'\t=1`],
    [' =1', `' =1`],
    ['\r=1', `"'\r=1"`],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['婚禮.jpg', '婚禮.jpg'],
    [-5, '-5'],
    [0, '0'],
    [null, ''],
  ])('%j', (value, expected) => {
    expect(cell(value)).toBe(expected)
  })

  test('begins with a mark for Excel and the names of its columns; a line has as many cells', () => {
    const head = csvHead()
    expect([head.charCodeAt(0), head.endsWith('\r\n')]).toEqual([0xfeff, true])
    const [names, cells] = [head.slice(1), csvLine(made())].map((line) => line.trimEnd().split(','))
    expect(cells).toHaveLength(names!.length)
    const row = Object.fromEntries(names!.map((name, at) => [name, cells![at]]))
    expect(row).toMatchObject({
      filename: 'IMG_1.JPG',
      on_disk_at: '2026-01-20T21:00:00.000Z',
      shutter_to_disk_ms: '1000',
      published_to_seen_ms: '1000',
    })
  })

  test('a time that cannot be believed has no milliseconds, and one that is not known is empty', () => {
    const line = csvLine(made({ shotAt: NINE + 1, seenAt: null, seenWhere: null }))
    expect(line).toMatch(/,,1000,1000,1000,1000,\r\n$/)
  })
})
