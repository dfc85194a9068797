import { expect, test } from 'vitest'
import { startDaemon } from './fixtures/daemon.ts'
import { createSharedWorkers } from './fixtures/photos/shared-workers.ts'

test('a part that never stops keeps no other from its stop', async () => {
  const first = await startDaemon([], undefined, {
    stopWithin: 100,
    createWorkers: (needs) => ({ ...createSharedWorkers(needs), stop: () => new Promise(() => undefined) }),
  })
  await first.stop()
  // Its catalog is closed and its lock is given back: what comes last.
  const next = await startDaemon([], first.data)
  expect((await next.get('/api/status')).status).toBe(200)
  await next.end()
})
