import { expect, test } from 'vitest'
import type { Camera } from '../../daemon/ingest/camera/port.ts'
import { createFetching } from '../../daemon/ingest/camera/fetching.ts'
import { Refusal } from '../../daemon/errors.ts'
import { SourceLost, type Take } from '../../daemon/ingest/source.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { never, until, useWorld } from './world.ts'

const { world } = useWorld()

/** A clock that goes back with every look: a wait by it never ends. */
function backwards() {
  const start = Date.now()
  let asked = 0
  const now = () => start - 1000 * (asked += 1)
  return { now, asked: () => asked }
}

const PLACES = [
  ['a card', 'cards/A/DCIM/100/A.JPG'],
  ['a watched folder', 'watched/A.JPG'],
] as const
const places = () => ({ cardRoots: [world.path('cards')], watchedFolders: [world.path('watched')] })

test.each(PLACES)('what lies on %s is taken whatever the machine’s clock does meanwhile', async (_, path) => {
  await world.put(path, await makeJpeg({ takenAt: new Date(), width: 300, height: 200 }))
  await world.sources({ ...places(), now: backwards().now }).start()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
})

test.each(PLACES)('the control: by such a clock nothing of %s would be taken', async (_, path) => {
  await world.put(path, await makeJpeg({ takenAt: new Date(), width: 300, height: 200 }))
  const clock = backwards()
  await world.sources({ ...places(), clock: clock.now }).start()
  await until(() => expect(clock.asked()).toBeGreaterThan(12))
  expect(world.names()).toEqual([])
})

const HOUR = 3600_000

test.each([
  ['everything had to wait', new Refusal(503, 'folder_away', 'Away.')],
  ['its transfers broke', new SourceLost('Broken.')],
])('a frame of a camera is asked for again after %s, though the clock was set back', async (_, fault) => {
  let set = 0
  let steady = 0
  let tries = 0
  const take: Take = async () => {
    tries += 1
    await Promise.resolve()
    throw fault
  }
  const fetching = createFetching({
    ...world.sourceNeeds(take),
    now: () => Date.now() + set,
    clock: () => steady,
    from: { id: 'camera:7', label: 'Camera' },
    jpegFirst: () => false,
    isOpen: () => true,
    taken: () => undefined,
    onEventChanged: () => undefined,
    changed: () => undefined,
    signal: never(),
  })
  fetching.use({} as Camera)
  const file = { folder: '/DCIM/100', name: 'A.JPG', bytes: 10, modifiedAt: 0, isProtected: false }
  fetching.add(file, false)
  for (let n = 1; n <= 4; n += 1) {
    fetching.pump()
    await fetching.settled()
    await until(() => expect(fetching.has('/DCIM/100/A.JPG|10|0')).toBe(true))
    expect(tries).toBe(n)
    set -= HOUR
    steady += 60_000
  }
})
