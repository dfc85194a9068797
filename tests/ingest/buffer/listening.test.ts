import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { QUICK } from '../world-parts.ts'
import { until, useWorld } from '../world.ts'

/** A watcher that hears nothing before it says that it listens, which takes as long as the test wants. */
const watcher = vi.hoisted(() => ({ current: null as EventEmitter | null }))
vi.mock('chokidar', () => ({
  watch: () => (watcher.current = Object.assign(new EventEmitter(), { close: () => Promise.resolve() })),
}))

const { world } = useWorld()

test('what comes between the first look and the begin of watching is found when that begins', async () => {
  await world.put('photos_buffer/A.JPG', await makeJpeg({ seed: 1 }))
  await world.sources({ patience: { ...QUICK, rescan: 600_000 } }).start()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await world.put('photos_buffer/B.JPG', await makeJpeg({ seed: 2 }))
  watcher.current!.emit('ready')
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.JPG']))
})
