import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FAULTS, watchDisk, type DiskCalls, type FaultCode } from '../fixtures/faults/calls.ts'
import { OPERATIONS } from '../fixtures/faults/operations.ts'
import { openStage, type Stage } from '../fixtures/faults/stage.ts'

const LONG = process.env.LONG_TESTS === '1'
const CODES = Object.keys(FAULTS) as FaultCode[]

let stage: Stage
let disk: DiskCalls
beforeEach(async () => {
  stage = await openStage()
  disk = await watchDisk(() => stage.roots())
})
afterEach(async () => {
  disk.close()
  await stage.end()
})

describe.each(OPERATIONS)('$name', ({ name, prepare, step }) => {
  test.each(CODES)(
    `where its nth call fails with %s`,
    async (code) => {
      const tag = `${name.replaceAll(/\W+/g, '-')}-${code}`.slice(0, 40)
      const t = performance.now()
      let points = 0,
        failed = 0
      for (let nth = 1; ; nth += Number(process.env.STEP ?? (LONG ? 1 : step))) {
        const work = await prepare(stage, `${tag}-${nth}`)
        let met: string | null = null
        let n = 0
        disk.begin({
          meet({ what, about }) {
            if (!FAULTS[code].meets.includes(what)) return undefined
            n += 1
            if (process.env.LASTING ? n < nth : n !== nth) return undefined
            met ??= `${what} ${about.replace(stage.daemon.data, '').slice(0, 90)}`
            return code
          },
        })
        const first = await work().catch((error: unknown) => String(error))
        disk.end()
        points += 1
        if (first !== true) failed += 1
        const at = `${nth} ${met}`
        expect([at, await stage.wrong()]).toEqual([at, []])
        if (first !== true) expect([at, first, await work()]).toEqual([at, first, true])
        if (met === null || nth > 200) break
      }
      const run = performance.now() - t
      const wrong = await stage.settled(15_000)
      console.log(name, code, points, failed, Math.round(run), Math.round(performance.now() - t))
      expect(wrong).toEqual([])
    },
    600_000,
  )
})
