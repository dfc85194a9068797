import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDemoPhotos } from '../../daemon/demo/demo-photos.ts'
import { createDemo } from '../../daemon/demo/demo-source.ts'
import type { SourceNeeds } from '../../daemon/ingest/source.ts'
import { makeWorld, openDarkroom, until, type World } from '../ingest/world.ts'

let darkroom: Awaited<ReturnType<typeof openDarkroom>>
let world: World

beforeAll(async () => {
  darkroom = await openDarkroom()
})
afterAll(() => darkroom.stop())
beforeEach(async () => {
  world = await makeWorld(darkroom)
})
afterEach(() => world.close())

const demo = (each: SourceNeeds) => [
  createDemo({ ...each, photo: createDemoPhotos(darkroom), photos: world.catalog.photos }),
]

test('the demo shoots three photos at once, and goes on where it ended after a restart', async () => {
  const first = world.sources({ more: demo })
  await first.start()
  await until(() => expect(world.names()).toEqual(['DEMO_0001.JPG', 'DEMO_0002.JPG', 'DEMO_0003.JPG']))
  await first.stop()
  const second = world.sources({ more: demo })
  await second.start()
  await until(() => expect(world.names().length).toBeGreaterThanOrEqual(5))
  expect(world.names().slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((n) => `DEMO_000${n}.JPG`))
  expect(second.status()).toMatchObject([{ id: 'demo', kind: 'demo', message: null }])
})
