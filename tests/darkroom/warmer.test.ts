import { expect, test } from 'vitest'
import { Refusal } from '../../daemon/errors.ts'
import { createWarmer } from '../../daemon/darkroom/warmer.ts'
import { silentLog } from '../../daemon/log.ts'

test('all tiles come before any preview, one at a time, and a failure stops nothing', async () => {
  const made: string[] = []
  const broken: string[] = []
  let atOnce = 0
  const done = Promise.withResolvers<void>()
  const warmer = createWarmer({
    async make(id, name) {
      expect((atOnce += 1)).toBe(1)
      await Promise.resolve()
      atOnce -= 1
      if (id === 'b' && name === 'tile') throw new Error('moved away')
      if (id === 'c' && name === 'preview') throw new Refusal(422, 'undecodable', 'the picture is damaged')
    },
    ready(id, name) {
      made.push(`${id} ${name}`)
    },
    broken(id, reason) {
      broken.push(`${id}: ${reason.message}`)
      done.resolve()
    },
    log: silentLog,
  })
  for (const id of ['a', 'b', 'c']) warmer.add({ id, filename: id })
  await done.promise
  expect(made).toEqual(['a tile', 'c tile', 'a preview', 'b preview'])
  // What was moved away is not broken.
  expect(broken).toEqual(['c: the picture is damaged'])
})

test('a stop leaves what waits unmade', async () => {
  const made: string[] = []
  const first = Promise.withResolvers<void>()
  const warmer = createWarmer({
    async make(id, name) {
      made.push(`${id} ${name}`)
      await first.promise
    },
    ready: () => undefined,
    broken: () => undefined,
    log: silentLog,
  })
  warmer.add({ id: 'a', filename: 'a' })
  warmer.stop()
  first.resolve()
  await new Promise(setImmediate)
  expect(made).toEqual(['a tile'])
})

test('while it is held nothing is made, and what waits goes on afterwards', async () => {
  const made: string[] = []
  const done = Promise.withResolvers<void>()
  const warmer = createWarmer({
    make: async (id, name) => void made.push(`${id} ${name}`),
    ready: (_, name) => name === 'preview' && done.resolve(),
    broken: () => undefined,
    log: silentLog,
  })
  warmer.hold(true)
  warmer.add({ id: 'a', filename: 'a' })
  await new Promise(setImmediate)
  expect(made).toEqual([])
  warmer.hold(false)
  await done.promise
  expect(made).toEqual(['a tile', 'a preview'])
})
