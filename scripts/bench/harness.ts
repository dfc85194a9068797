import { median, quantile, table } from './statistics.ts'

/** One way of doing the thing that is measured. */
export interface Contender {
  readonly name: string
  /** One measured round. `round` counts from 0, warm-up rounds included, so that each can have its own input.
   * @returns what was measured, where that is not the time it took */
  run(round: number): Promise<number | void>
  /** The unit of what `run` returns, where it is not the bench's. */
  readonly unit?: string
  /** Before each round, unmeasured. */
  before?(round: number): Promise<void>
}

/** What has to hold. A time is held against a reference in the same run: machines differ by more than what a limit should
 * notice. By itself it is a limit only where people were promised seconds. */
export type Limit =
  /** The median, or the worst of all rounds, in the contender's own unit. */
  | {
      readonly kind: 'most'
      readonly of: string
      readonly most: number
      readonly unit:
        'MB' | 'kB' | 'elements' | 'publishes' | 'requests' | 'shift' | 'percent' | 'decodes' | 'ms'
      readonly at?: 'worst'
    }
  /** The median of `of`, or its slowest twentieth, over the median of `to`. */
  | {
      readonly kind: 'ratio'
      readonly of: string
      readonly to: string
      readonly most: number
      readonly at?: 'p95'
    }

export interface Bench {
  readonly name: string
  readonly title: string
  /** The unit of what the rounds return; without it they are timed. */
  readonly unit?: string
  readonly warmUp: number
  readonly rounds: number
  readonly limits: readonly Limit[]
  /** Prepares the contenders; `close` ends what they need, also after a failure. */
  open(): Promise<{ contenders: readonly Contender[]; close: () => Promise<void> }>
}

export interface Timing {
  readonly name: string
  readonly unit?: string
  /** Milliseconds, or `unit`. */
  readonly median: number
  readonly p95: number
  /** The median over the first contender's. */
  readonly ratio: number
  readonly samples: readonly number[]
}

export interface Verdict {
  readonly limit: Limit
  readonly value: number
  readonly held: boolean
}

export interface Result {
  readonly name: string
  readonly title: string
  readonly unit?: string
  readonly timings: readonly Timing[]
  readonly verdicts: readonly Verdict[]
}

/** Runs the contenders in turn, A B A B, so that whatever else the machine does affects all of them equally. The order
 * turns round each time: none is always the one that comes after another.
 * @param clock milliseconds, rising */
export async function measure(bench: Bench, clock: () => number = () => performance.now()): Promise<Result> {
  const { contenders, close } = await bench.open()
  try {
    const samples = contenders.map((): number[] => [])
    for (let round = 0; round < bench.warmUp + bench.rounds; round += 1) {
      const order = contenders.map((_, index) => index)
      if (round % 2 === 1) order.reverse()
      for (const index of order) {
        const contender = contenders[index]!
        await contender.before?.(round)
        const start = clock()
        const measured = await contender.run(round)
        const took = typeof measured === 'number' ? measured : clock() - start
        if (round >= bench.warmUp) samples[index]!.push(took)
      }
    }
    const first = median(samples[0]!)
    const timings = contenders.map(({ name, unit }, index): Timing => {
      const own = samples[index]!
      return {
        name,
        ...(unit !== undefined && { unit }),
        median: median(own),
        p95: quantile(own, 0.95),
        ratio: median(own) / first,
        samples: own,
      }
    })
    return {
      name: bench.name,
      title: bench.title,
      ...(bench.unit !== undefined && { unit: bench.unit }),
      timings,
      verdicts: bench.limits.map((limit) => judge(limit, timings)),
    }
  } finally {
    await close()
  }
}

/** @throws Error when the limit names a contender that did not run */
export function judge(limit: Limit, timings: readonly Timing[]): Verdict {
  const of = (name: string): Timing => {
    const timing = timings.find((one) => one.name === name)
    if (!timing) throw new Error(`The limit names "${name}", which is no contender`)
    return timing
  }
  const { median: middle, p95, samples } = of(limit.of)
  const most = limit.at === 'worst' ? Math.max(...samples) : middle
  const value = limit.kind === 'ratio' ? (limit.at === 'p95' ? p95 : middle) / of(limit.to).median : most
  return { limit, value, held: value <= limit.most }
}

/** True when no limit was missed. */
export function allHeld(results: readonly Result[]): boolean {
  return results.every(({ verdicts }) => verdicts.every(({ held }) => held))
}

export function report({ name, title, unit: of = 'ms', timings, verdicts }: Result): string {
  const ms = (value: number) => value.toFixed(2)
  const rows = [
    ['', `median ${of}`, `p95 ${of}`, 'ratio', 'rounds'],
    ...timings.map((one) => [
      one.unit === undefined ? one.name : `${one.name} (${one.unit})`,
      ms(one.median),
      ms(one.p95),
      one.ratio.toFixed(2),
      String(one.samples.length),
    ]),
  ]
  const lines = verdicts.map(({ limit, value, held }) => {
    const at = limit.at === undefined ? '' : `, ${limit.at}`
    const what = `${limit.of}${at}${limit.kind === 'ratio' ? ` / ${limit.to}` : ''}`
    const unit = limit.kind === 'ratio' ? '' : ` ${limit.unit}`
    return `${held ? 'held  ' : 'MISSED'}  ${what}: ${value.toFixed(2)}${unit}, at most ${Number(limit.most.toFixed(3))}${unit}`
  })
  return [`${name}: ${title}`, table(rows), ...lines].join('\n')
}
