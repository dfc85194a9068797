import { expect, test } from 'vitest'
import type { MachineChange } from '../../daemon/contract/machine.ts'
import { createSteadyClock } from '../../daemon/util/clock.ts'
import type { Clocks } from '../../daemon/util/machine/clocks.ts'
import { createMachineWatch } from '../../daemon/util/machine/machine-watch.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const START = new Date(2026, 4, 2, 21, 3).getTime()

/** A computer whose clocks the test moves; `sees` is what became known. */
function computer(system: 'linux' | 'mac' = 'linux') {
  let clocks: Clocks = { wall: START, elapsed: 5000, awake: system === 'linux' ? 90_000 : null }
  let addresses: readonly string[] = ['192.168.1.20']
  const sees: MachineChange[] = []
  const steady = createSteadyClock(
    () => clocks.wall,
    () => clocks.elapsed,
  )
  let set = 0
  const watch = createMachineWatch({
    clocks: () => clocks,
    addresses: () => addresses,
    skipped: steady.skip,
    set: (ms) => (set += ms),
    changed: (change) => void sees.push(change),
  })
  /** @param by milliseconds by which each clock goes on */
  function pass(by: { wall?: number; elapsed?: number; awake?: number }): void {
    clocks = {
      wall: clocks.wall + (by.wall ?? 0),
      elapsed: clocks.elapsed + (by.elapsed ?? 0),
      awake: clocks.awake === null ? null : clocks.awake + (by.awake ?? 0),
    }
    watch.look()
  }
  const all = (ms: number) => ({ wall: ms, elapsed: ms, awake: ms })
  return {
    watch,
    sees,
    steady,
    pass,
    all,
    set: () => set,
    silence: () => void (clocks = { ...clocks, awake: null }),
    codes: () => watch.warnings().map(({ code }) => code),
    move(...to: string[]) {
      addresses = to
      watch.look()
    },
  }
}

test('an evening on which nothing happens is told nothing, also where a look comes late', () => {
  const { pass, all, sees, codes, steady, set } = computer()
  for (const ms of [SECOND, 3 * SECOND, 14 * SECOND]) pass(all(ms))
  // The network puts the clock right by a second, and clocks are read one after another.
  pass({ wall: 1900, elapsed: SECOND, awake: 990 })
  expect([sees, codes(), set()]).toEqual([[], [], 0])
  expect(steady() - START).toBe(19 * SECOND)
})

test.each([
  ['held, or a Mac asleep: every clock went on', 'mac' as const, 10 * MINUTE],
  ['held, on Linux', 'linux' as const, 10 * MINUTE],
  ['Linux asleep: the rising clock stood', 'linux' as const, 0],
])(
  'ten minutes of sleep (%s) are told by the clock on the wall, and count as waited',
  (_, system, elapsed) => {
    const { pass, sees, steady, watch, set } = computer(system)
    pass({ wall: 10 * MINUTE, elapsed, awake: 10 * MINUTE })
    expect(sees).toEqual([{ kind: 'slept', from: START, to: START + 10 * MINUTE }])
    expect(watch.warnings()).toEqual([
      {
        code: 'slept',
        params: { from: '21:03', to: '21:13' },
        message: 'This computer slept from 21:03 to 21:13. Everything was looked through again.',
      },
    ])
    expect([steady() - START, set()]).toEqual([10 * MINUTE, 0])
  },
)

test.each([
  ['clock_forward', 3 * HOUR],
  ['clock_back', -3 * HOUR],
])('a clock that is set (%s) is told, and nothing waits for longer or less', (code, by) => {
  const { pass, sees, steady, watch, set } = computer()
  pass({ wall: by + SECOND, elapsed: SECOND, awake: SECOND })
  expect(sees).toEqual([{ kind: 'clock_set', by }])
  expect(watch.warnings()).toMatchObject([{ code, params: { hours: 3, minutes: 0 } }])
  expect([steady() - START, set()]).toEqual([SECOND, by])
})

test('a look at which one of the clocks does not answer tells nothing', () => {
  const { pass, sees, steady, silence } = computer()
  silence()
  pass({ wall: SECOND, elapsed: SECOND })
  expect([sees, steady() - START]).toEqual([[], SECOND])
})

test('a clock that was set while the computer slept is both', () => {
  const { pass, sees } = computer()
  pass({ wall: 10 * MINUTE - HOUR, elapsed: 0, awake: 10 * MINUTE })
  expect(sees).toMatchObject([{ kind: 'slept' }, { kind: 'clock_set', by: -HOUR }])
})

test('a clock that is put right by some seconds is noted and not told', () => {
  const { pass, sees, set } = computer()
  pass({ wall: 31 * SECOND, elapsed: SECOND, awake: SECOND })
  expect([sees, set()]).toEqual([[], 30 * SECOND])
})

test('other addresses are told, in whatever order the system has them, and so is none at all', () => {
  const { move, sees, codes } = computer()
  move('192.168.1.20', '10.0.0.5')
  move('10.0.0.5', '192.168.1.20')
  expect(sees).toEqual([{ kind: 'addresses', before: ['192.168.1.20'], now: ['192.168.1.20', '10.0.0.5'] }])
  expect(codes()).toEqual(['address_changed'])
  move()
  expect(codes()).toEqual(['network_lost'])
})

test('what happened is told for a quarter of an hour', () => {
  const { pass, all, codes } = computer()
  pass(all(10 * MINUTE))
  for (let n = 0; n < 14 * 6; n += 1) pass(all(10 * SECOND))
  expect(codes()).toEqual(['slept'])
  for (let n = 0; n < 7; n += 1) pass(all(10 * SECOND))
  expect(codes()).toEqual([])
})

test('the clock for waiting goes on, over a restart, where the one before was', () => {
  let wall = START
  let elapsed = 0
  const clocks = [() => wall, () => elapsed] as const
  const before = createSteadyClock(...clocks)
  wall += 3 * HOUR
  elapsed += SECOND
  const due = before() + 20 * SECOND
  const behind = wall - before()
  expect(createSteadyClock(...clocks, behind)()).toBe(due - 20 * SECOND)
  // The control: without it everything is due that the jump passed over.
  expect(createSteadyClock(...clocks)()).toBeGreaterThan(due)
})
