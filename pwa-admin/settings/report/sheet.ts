import type { EventReport, StepFigures } from '../../../daemon/contract/figures.ts'
import type { Language } from '../../../daemon/contract/language.ts'
import { regionOf } from '../../locales/region.ts'
import { durationWords } from '../../ui/durations.ts'
import { sizeWords } from '../../ui/sizes.ts'
import { fill, WORDS } from './words.ts'

type Child = Node | string

function element(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: Child[]
): HTMLElement {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

const SVG = 'http://www.w3.org/2000/svg'
const WIDE = 8
const HIGH = 28

/** A bar for each bin, as high as its share of the highest; what is in there at all can be seen. */
function bars(bins: readonly number[], label: string): Element {
  const drawing = document.createElementNS(SVG, 'svg')
  drawing.setAttribute('viewBox', `0 0 ${bins.length * (WIDE + 2)} ${HIGH}`)
  drawing.setAttribute('role', 'img')
  drawing.setAttribute('aria-label', label)
  const most = Math.max(1, ...bins)
  bins.forEach((count, at) => {
    const height = count === 0 ? 1 : Math.max(2, (count / most) * HIGH)
    const bar = document.createElementNS(SVG, 'rect')
    const box = { x: at * (WIDE + 2), y: HIGH - height, width: WIDE, height }
    for (const [name, value] of Object.entries(box)) bar.setAttribute(name, String(value))
    if (count === 0) bar.setAttribute('class', 'none')
    drawing.append(bar)
  })
  return drawing
}

/** The report of an event as a sheet of paper. */
export function makeSheet(report: EventReport, language: Language): HTMLElement[] {
  const words = WORDS[language]
  const region = regionOf(language)
  const number = (value: number) => new Intl.NumberFormat(language).format(value)
  const when = (at: string) =>
    new Date(at).toLocaleString(region, { dateStyle: 'medium', timeStyle: 'short' })
  const took = (ms: number | null) => (ms === null ? '–' : durationWords(ms, language))
  const figures = (rows: readonly (readonly [string, string])[]) =>
    element(
      'dl',
      {},
      ...rows.map(([word, value]) => element('div', {}, element('dt', {}, word), element('dd', {}, value))),
    )

  function row({ step, count, p50_ms, p95_ms, left_out, bins }: StepFigures): HTMLElement {
    const name = words.steps[step]
    const out = left_out === 0 ? [] : [element('small', {}, fill(words.leftOut, { n: number(left_out) }))]
    return element(
      'tr',
      { 'data-step': step },
      element('th', { scope: 'row' }, name, ...out),
      element('td', {}, number(count)),
      element('td', {}, took(p50_ms)),
      element('td', {}, took(p95_ms)),
      element('td', { class: 'bars' }, bars(bins, `${name}: ${words.spread}`)),
    )
  }

  /** Nothing where no camera was said to be anybody's. */
  function photographers(): HTMLElement[] {
    if (report.photographers.length === 0) return []
    const heads = [words.photographer, words.counts.in, words.counts.published]
    const lines = report.photographers.map((one) =>
      element(
        'tr',
        { 'data-photographer': one.name },
        element('th', { scope: 'row' }, one.name || words.nobody),
        element('td', {}, number(one.in)),
        element('td', {}, number(one.published)),
      ),
    )
    return [
      element('h2', {}, words.photographers),
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element('tr', {}, ...heads.map((word) => element('th', { scope: 'col' }, word))),
        ),
        element('tbody', {}, ...lines),
      ),
    ]
  }

  const { counts, guests, bytes, faults, first_at, last_at } = report
  const period = first_at && last_at ? fill(words.period, { from: when(first_at), to: when(last_at) }) : ''
  const edges = report.edges_ms.map((edge) => durationWords(edge, language)).join(' · ')
  const kinds: Readonly<Record<string, string>> = words.kinds
  return [
    element('h1', {}, report.title || report.slug),
    element('p', { class: 'period' }, period),
    figures(
      Object.entries(words.counts).map(([key, word]) => [word, number(counts[key as keyof typeof counts])]),
    ),
    ...photographers(),
    element('h2', {}, words.howLong),
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...[words.step, words.photos, words.half, words.most, words.spread].map((word) =>
            element('th', { scope: 'col' }, word),
          ),
        ),
      ),
      element('tbody', {}, ...report.steps.map(row)),
    ),
    element('p', { class: 'note' }, `${fill(words.bars, { edges })} ${words.clocks} ${words.seen}`),
    element('h2', {}, `${words.guests} · ${words.bytes}`),
    figures([
      [words.peak, number(guests.peak)],
      [words.opened, number(guests.opened)],
      [words.saved, number(guests.saved)],
      [words.taken, sizeWords(bytes.taken)],
      [words.uploaded, sizeWords(bytes.uploaded)],
    ]),
    element('h2', {}, words.faults),
    faults.length === 0
      ? element('p', {}, words.none)
      : element(
          'ul',
          {},
          ...faults.map(({ kind, came, healed }) => {
            const times = fill(words.times, { came: number(came), healed: number(healed) })
            return element('li', {}, element('b', {}, kinds[kind] ?? kind), ` ${times}`)
          }),
        ),
    element('p', { class: 'note' }, fill(words.made, { when: when(report.made_at) })),
  ]
}
