import { afterEach, describe, expect, test } from 'vitest'
import { FAULTS, watchDisk, type DiskCalls, type FaultCode, type What } from '../fixtures/faults/calls.ts'
import { OPERATIONS } from '../fixtures/faults/operations.ts'
import type { Sender } from '../fixtures/faults/senders.ts'
import { openStage, type Stage } from '../fixtures/faults/stage.ts'

const LONG = process.env.LONG_TESTS === '1'
const CODES = Object.keys(FAULTS) as FaultCode[]
/** Every nth point in a long run; all of them by default. */
const LONG_STEP = Number(process.env.FAULT_STEP ?? 1)
/** Within so many milliseconds whatever tries again by itself has done so: on a disk that goes on failing, more of them
 * meet the same again. */
const TWO_TRIES = 3000
/** No work makes so many calls: one that does goes in a circle. */
const MOST = 400

let stage: Stage
let disk: DiskCalls
async function open(by?: Sender): Promise<void> {
  stage = await openStage(by)
  disk = await watchDisk(() => stage.roots())
}
afterEach(async () => {
  disk.close()
  await stage.end()
})

/** What a point is met by. */
interface Fault {
  readonly with: string
  /** @param nth which point */
  code(what: What, nth: number): FaultCode | undefined
  /** All that follows fails too, as on a disk that is full. */
  readonly lasts: boolean
}
const meets = (code: FaultCode, what: What) => FAULTS[code].meets.includes(what)
/** Every point once, by one fault after the other of those that can meet it. */
const IN_TURN: Fault = {
  with: 'one fault after the other',
  code(what, nth) {
    const codes = CODES.filter((one) => meets(one, what))
    return codes[nth % codes.length]
  },
  lasts: false,
}
const EACH: readonly Fault[] = CODES.flatMap((one) =>
  [false, true].map((lasts) => ({
    with: lasts ? `${one} from then on` : one,
    code: (what: What) => (meets(one, what) ? one : undefined),
    lasts,
  })),
)

/** Lets the nth call that a fault can meet fail.
 * @returns what failed first; null when the work makes fewer calls */
async function tryAt(nth: number, fault: Fault, work: () => Promise<boolean>) {
  let met: string | null = null
  let n = 0
  disk.begin({
    meet({ what, about }) {
      const code = fault.code(what, nth)
      if (!code) return undefined
      n += 1
      if (n < nth || (n > nth && !fault.lasts)) return undefined
      met ??= `${code} ${what} ${about.replace(stage.daemon.data, '').slice(0, 90)}`
      return code
    },
  })
  stage.hurry(fault.lasts ? TWO_TRIES : Infinity)
  const done = await work()
  disk.end()
  stage.hurry(Infinity)
  return { done, met }
}

describe.each(OPERATIONS.filter(({ step }) => LONG || step > 0))('$name', ({ name, prepare, step, by }) => {
  test.each(LONG ? EACH : [IN_TURN])(
    'loses nothing whichever of its calls fails with $with, and can be asked again',
    async (fault) => {
      await open(by)
      let points = 0
      for (let nth = 1; nth < MOST; nth += LONG ? LONG_STEP : step) {
        const work = await prepare(stage, `${name.replaceAll(/\W+/g, '-')}-${nth}`.slice(-60))
        const { done, met } = await tryAt(nth, fault, work)
        const at = `${nth} ${met}`
        expect([at, await stage.wrong()]).toEqual([at, []])
        if (!done) expect([at, await work()]).toEqual([at, true])
        if (met === null) break
        points += 1
      }
      // The control: a fault that meets nothing would be seen.
      expect(points).toBeGreaterThan(0)
      expect(points).toBeLessThan(MOST - 1)
      expect(await stage.settled()).toEqual([])
    },
    3_600_000,
  )
})
