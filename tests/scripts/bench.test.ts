import { describe, expect, it } from 'vitest'
import { allHeld, judge, measure, report, type Bench } from '../../scripts/bench/harness.ts'
import { median, quantile, table } from '../../scripts/bench/statistics.ts'

/** A clock that only the contenders move: `took[name]` milliseconds a round. */
function stage(took: Record<string, (round: number) => number>, limits: Bench['limits'] = []) {
  let now = 0
  const calls: string[] = []
  let closed = 0
  const bench: Bench = {
    name: 'test',
    title: 'a test',
    warmUp: 2,
    rounds: 4,
    limits,
    open: async () => ({
      contenders: Object.entries(took).map(([name, cost]) => ({
        name,
        async before(round) {
          calls.push(`before ${name} ${round}`)
          now += 1000
        },
        async run(round) {
          calls.push(`${name} ${round}`)
          now += cost(round)
        },
      })),
      close: async () => void (closed += 1),
    }),
  }
  return { bench, calls, clock: () => now, closed: () => closed }
}

describe('statistics', () => {
  it('finds medians and quantiles between samples, in any order', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(quantile([10, 0], 0.95)).toBeCloseTo(9.5)
    expect(quantile([7], 0.95)).toBe(7)
  })

  it('sorts numbers as numbers', () => {
    expect(median([100, 9, 20])).toBe(20)
  })

  it('refuses to summarise nothing', () => {
    expect(() => median([])).toThrow('at least one sample')
  })

  it('aligns columns', () => {
    expect(
      table([
        ['', 'ms'],
        ['long name', '1.00'],
        ['b', '10.00'],
      ]),
    ).toBe('              ms\nlong name   1.00\nb          10.00')
  })
})

describe('measure', () => {
  it('runs the contenders in turn and lets each go first as often as the other', async () => {
    const { bench, calls, clock } = stage({ a: () => 1, b: () => 1 })
    await measure(bench, clock)
    expect(calls.filter((call) => !call.startsWith('before'))).toEqual(
      ['a 0', 'b 0', 'b 1', 'a 1', 'a 2', 'b 2', 'b 3', 'a 3', 'a 4', 'b 4', 'b 5', 'a 5'], // prettier-ignore
    )
  })

  it('leaves warm-up rounds and preparation out of the figures', async () => {
    const { bench, clock } = stage({ a: (round) => (round < 2 ? 500 : 3), b: () => 6 })
    const { timings } = await measure(bench, clock)
    expect(timings.map(({ name, median, p95, ratio }) => ({ name, median, p95, ratio }))).toEqual([
      { name: 'a', median: 3, p95: 3, ratio: 1 },
      { name: 'b', median: 6, p95: 6, ratio: 2 },
    ])
    expect(timings.every(({ samples }) => samples.length === 4)).toBe(true)
  })

  it('closes what it opened when a contender fails', async () => {
    const { bench, clock, closed } = stage({
      a: () => {
        throw new Error('no daemon')
      },
    })
    await expect(measure(bench, clock)).rejects.toThrow('no daemon')
    expect(closed()).toBe(1)
  })
})

describe('limits', () => {
  const took = { small: () => 4, large: () => 6 }

  it('are held at exactly the limit', async () => {
    const { bench, clock } = stage(took, [
      { kind: 'ratio', of: 'large', to: 'small', most: 1.5 },
      { kind: 'most', of: 'large', most: 6, unit: 'kB' },
    ])
    const result = await measure(bench, clock)
    expect(allHeld([result])).toBe(true)
    expect(report(result)).not.toContain('MISSED')
  })

  it.each([
    { kind: 'ratio', of: 'large', to: 'small', most: 1.2 } as const,
    { kind: 'most', of: 'large', most: 5.9, unit: 'kB' } as const,
  ])('are missed beyond it, and the report says so: $kind', async (limit) => {
    const { bench, clock } = stage(took, [limit])
    const result = await measure(bench, clock)
    expect(allHeld([result])).toBe(false)
    expect(report(result)).toContain('MISSED')
  })

  it('of the slowest twentieth are held against the median of the reference', async () => {
    const { bench, clock } = stage({ steady: () => 2, jumpy: (round) => (round === 5 ? 40 : 2) }, [
      { kind: 'ratio', of: 'jumpy', to: 'steady', most: 3 },
      { kind: 'ratio', of: 'jumpy', at: 'p95', to: 'steady', most: 3 },
    ])
    const { verdicts } = await measure(bench, clock)
    expect(verdicts.map(({ held }) => held)).toEqual([true, false])
  })

  it('cannot name a contender that did not run', () => {
    expect(() => judge({ kind: 'most', of: 'nobody', most: 1, unit: 'kB' }, [])).toThrow('"nobody"')
  })
})
