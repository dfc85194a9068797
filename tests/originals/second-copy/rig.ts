import { createHash } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { createBus, type Bus } from '../../../daemon/bus.ts'
import { silentLog } from '../../../daemon/log.ts'
import { createPlace, type Place } from '../../../daemon/originals/second-copy/place.ts'
import { createSecondCopy, type SecondCopy } from '../../../daemon/originals/second-copy/second-copy.ts'
import { openHouse, tempFolder, type House } from '../../fixtures/catalog.ts'

export const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 10 })

/** A house and an empty folder for its second copy, before each test of a file. */
export function useSecondCopy() {
  let house: House
  let target: string
  let place: Place
  let copies: SecondCopy | null = null
  let bus: Bus
  let time = 0
  beforeEach(async () => {
    house = await openHouse()
    target = await tempFolder()
    time = 0
    bus = createBus({ now: Date.now, onError: () => undefined })
    place = createPlace({ catalog: house.catalog, data: house.data, watched: () => [] })
  })
  afterEach(async () => {
    await copies?.stop()
    copies = null
    await house.close()
    await rm(target, { recursive: true, force: true })
  })

  const there = (...names: string[]) => join(target, house.event.slug, 'photos_buffer', ...names)
  return {
    get house() {
      return house
    },
    get target() {
      return target
    },
    set target(folder: string) {
      target = folder
    },
    get place() {
      return place
    },
    get copies() {
      return copies!
    },
    /** Milliseconds of the clock that only a test moves. */
    get time() {
      return time
    },
    set time(ms: number) {
      time = ms
    },
    there,
    /** None where their folder was not made yet. */
    names: async () =>
      (await readdir(there()).catch(() => [])).filter((name) => !name.startsWith('.')).sort(),
    /** An Original with its file. */
    async shoot(name: string, content = `bytes of ${name}`, origin = 'card:A:DCIM/100') {
      const bytes = Buffer.from(content)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      await writeFile(join(house.folders.path('buffer'), name), bytes)
      const photo = house.addPhoto(name, {}, { sha256, bytes: bytes.length, origin })
      house.catalog.importHistory.note(house.event.id, 'card:A', [name], 'taken', sha256)
      bus.emit({ type: 'photo.added', photo: {} as never })
      return { ...photo, sha256 }
    },
    /** Opens it with a clock that moves on at each look, so that nothing is a burst unless the test says so. */
    open(change: Partial<Parameters<typeof createSecondCopy>[0]> = {}): SecondCopy {
      copies = createSecondCopy({
        catalog: house.catalog,
        place,
        bus,
        changed: () => undefined,
        log: silentLog,
        clock: () => (time += 1000),
        every: 20,
        ...change,
      })
      copies.start()
      return copies
    },
    state: () => copies!.status(),
    done: () => until(() => expect(copies!.status()).toMatchObject({ state: 'done', waiting: 0 })),
  }
}
