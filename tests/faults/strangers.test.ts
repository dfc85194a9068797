import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { quantile } from '../../scripts/bench/statistics.ts'
import { createLan, lanTrouble, type Lan } from '../fixtures/network/lan.ts'
import { openStand, type Stand, type Taken } from '../fixtures/network/strangers.ts'

/** `LONG_TESTS=1 STRANGERS_SECONDS=300` measures for five minutes at each limit. */
const LONG = process.env['LONG_TESTS'] === '1'
const SECONDS = Number(process.env['STRANGERS_SECONDS'] ?? (LONG ? 30 : 2))
/** What it is compared with, where that is done. */
const IDLE_SECONDS = LONG ? Math.min(60, SECONDS) : 0

const trouble = lanTrouble()
// Where every test has to run, a machine that cannot run these fails them instead.
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/faults/strangers.test.ts does not run: ${trouble}.\n`)

const lost = (times: readonly number[]) => times.filter((time) => time === Infinity).length
const summary = ({ list, frames }: Taken) =>
  [
    ['list', list],
    ['frames', frames],
  ]
    .map(([what, times]) => {
      const all = times as number[]
      const [middle, late] = [quantile(all, 0.5), quantile(all, 0.95)].map((time) => time.toFixed(1))
      return `${what as string} ${all.length} (${lost(all)} lost) median ${middle} p95 ${late} ms`
    })
    .join(', ')

describe.skipIf(skip)('strangers with sockets that idle, dribble and do not read', () => {
  let lan: Lan
  let stand: Stand | null
  beforeEach(async () => {
    lan = await createLan()
    stand = null
  })
  afterEach(async () => {
    await stand?.end()
    await lan.remove()
  })

  const cases = LONG
    ? [1024, 20_000].flatMap((files) => [1, 50].map((addresses) => [files, addresses] as const))
    : ([[256, 3]] as const)
  test.for(cases)(
    'at a limit of %i files, from %i addresses, keep neither the owner nor the camera waiting',
    { timeout: (SECONDS + IDLE_SECONDS) * 1000 + 120_000 },
    async ([files, addresses]) => {
      stand = await openStand(lan, { files, limited: true, https: true })
      const idle = await stand.measure(IDLE_SECONDS)
      const sockets = Math.min(8000, files * 3)
      const enough = Math.min(files / 2, 2000)
      const flood = await stand.flood({ sockets, addresses, opened: enough + 1 })
      const under = await stand.measure(SECONDS)
      const open = await stand.open()
      const count = await flood.end()
      if (LONG)
        process.stderr.write(
          `${files} files, ${addresses} addresses, ${SECONDS} s: ${JSON.stringify(count)}, daemon has ${open} files open\n  idle:  ${summary(idle)}\n  under: ${summary(under)}\n`,
        )
      expect(stand.alive()).toBe(true)
      expect(open).toBeLessThan(files)
      expect(count.opened, 'sockets that were opened').toBeGreaterThan(enough)
      expect([lost(under.list), lost(under.frames)]).toEqual([0, 0])
      // How quick it is depends on the machine: measured where it has time.
      if (!LONG) return
      expect(quantile([...under.frames], 0.5)).toBeLessThan(2 * quantile([...idle.frames], 0.5))
      expect(quantile([...under.list], 0.95)).toBeLessThan(3 * quantile([...idle.list], 0.95))
    },
  )

  test('would be noticed: without limits the owner is lost', { timeout: 120_000 }, async () => {
    stand = await openStand(lan, { files: 256, limited: false, https: false, lostAfter: 5000, width: 600 })
    const flood = await stand.flood({ sockets: LONG ? 1000 : 400, addresses: 1 })
    await expect
      .poll(async () => !stand!.alive() || lost((await stand!.measure(0.2)).list) > 0, { timeout: 60_000 })
      .toBe(true)
    await flood.end()
  })
})
