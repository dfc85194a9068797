import { expect, test } from 'vitest'
import { until, useWorld } from './world.ts'

const { world, darkroom } = useWorld()

test('the demo shoots three photos at once, and goes on where it ended after a restart', async () => {
  const first = world.sources({ demoPhoto: darkroom.demoPhoto })
  await first.start()
  await until(() => expect(world.names()).toEqual(['DEMO_0001.JPG', 'DEMO_0002.JPG', 'DEMO_0003.JPG']))
  await first.stop()
  const second = world.sources({ demoPhoto: darkroom.demoPhoto })
  await second.start()
  await until(() => expect(world.names().length).toBeGreaterThanOrEqual(5))
  expect(world.names().slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((n) => `DEMO_000${n}.JPG`))
  expect(second.status()).toMatchObject([{ id: 'demo', kind: 'demo', message: null }])
})
