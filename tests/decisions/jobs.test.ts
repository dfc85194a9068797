import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createJobRunner } from '../../daemon/decisions/jobs.ts'
import { silentLog } from '../../daemon/log.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  house = await openHouse()
})
afterEach(async () => {
  vi.useRealTimers()
  await house.close()
})

test('what is being done when the daemon stops ends, and nothing is told after that', async () => {
  const names = ['A.JPG', 'B.JPG']
  for (const name of names) house.addPhoto(name)
  const requested: string[] = []
  const emitted: string[] = []
  const under = Promise.withResolvers<void>()
  const jobs = createJobRunner({
    catalog: house.catalog,
    async perform({ filename }) {
      requested.push(filename)
      await under.promise
      return { filename }
    },
    bus: { emit: ({ type }) => void emitted.push(type) },
    log: silentLog,
    now: Date.now,
  })
  jobs.start()
  const actor = { id: 'ann', name: 'Ann', role: 'owner' } as const
  const { id } = jobs.add(
    actor,
    'archive',
    names.map((filename) => ({ kind: 'archive', filename })),
  )
  await vi.waitFor(() => expect(requested).toEqual(['A.JPG']))
  const stopped = jobs.stop()
  under.resolve()
  await stopped
  const before = emitted.length
  expect(vi.getTimerCount()).toBe(0)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(emitted).toHaveLength(before)
  expect(requested).toEqual(['A.JPG'])
  expect(jobs.view(id)).toMatchObject({ state: 'running', done: 1, total: 2 })
})
