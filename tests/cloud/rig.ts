import { rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import type { Lane } from '../../daemon/catalog/publications/uploads.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { silentLog } from '../../daemon/log.ts'
import { headersOf } from '../../daemon/cloud/store/headers.ts'
import type { ObjectStore } from '../../daemon/cloud/store/store.ts'
import { createUploader, type Uploader, type UploaderNeeds } from '../../daemon/cloud/queue/uploader.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

/** An uploader over a real catalog and real files, with time in the test's hands. */
export interface Rig {
  readonly house: House
  readonly uploader: Uploader
  readonly eventId: number
  /** The keys of `prefix/...` without the prefix. */
  short(keys: string[]): string[]
  /** Makes a publication and its two files, and queues them as publishing does. @returns its id */
  publish(name: string): Promise<string>
  /** What unpublishing does to the queue and to the files, in one step. */
  unpublish(name: string): void
  add(lane: Lane, key: string): void
  count(): number
  /** A new uploader over the reopened catalog; the one before is not stopped but cut off. */
  restart(): Uploader
  /** Lets time go by, and real work be done, until `done` holds. */
  until(done: () => boolean): Promise<void>
  drain(): Promise<void>
  /** Real work only; the clock stands still. */
  breathe(): Promise<void>
  close(): Promise<void>
}

export const thumbOf = (name: string): string => `thumb/${name.replace(/\.jpg$/, '.webp')}`

export async function openRig(store: ObjectStore, needs: Partial<UploaderNeeds> = {}): Promise<Rig> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const house = await openHouse()
  const eventId = house.event.id
  const { prefix, slug } = house.event
  const web = house.folders.path('web')
  const make = () => {
    const { uploads, transaction } = house.catalog
    return createUploader({
      uploads,
      transaction,
      store,
      now: Date.now,
      log: silentLog,
      fileOf: (_event, key) => join(web, key),
      prefixOf: () => prefix,
      manifestOf: async () => [
        {
          key: `${prefix}/manifest.json`,
          body: JSON.stringify({ at: Date.now() }),
          ...headersOf('manifest.json'),
        },
        { key: 'events.json', body: JSON.stringify({ current: slug }), ...headersOf('events.json') },
      ],
      onChange: () => undefined,
      random: () => 0,
      ...needs,
    })
  }
  let uploader = make()

  const breathe = async () => {
    for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  async function until(done: () => boolean): Promise<void> {
    const limit = performance.now() + 20_000
    while (!done()) {
      if (performance.now() > limit) throw new Error('It does not come to pass')
      await breathe()
      await vi.advanceTimersByTimeAsync(20)
    }
  }

  const rig: Rig = {
    house,
    get uploader() {
      return uploader
    },
    eventId,
    short: (keys) => keys.map((key) => key.replace(`${prefix}/`, '')),
    async publish(name) {
      const photo = house.addPhoto(name.toUpperCase())
      const { publications, uploads, transaction } = house.catalog
      for (const key of [name, thumbOf(name)]) {
        await mkdir(dirname(join(web, key)), { recursive: true })
        await writeFile(join(web, key), `bytes of ${key}`)
      }
      return transaction(() => {
        const row = { photoId: photo.id, edit: NEUTRAL, width: 6, height: 4, bytes: 9, thumbhash: '' }
        const { id } = publications.reserve(eventId, name, row)
        publications.goLive(id, null)
        uploads.add(eventId, 'thumb', thumbOf(name), 5, id)
        uploads.add(eventId, 'web', name, 9, id)
        return id
      })
    },
    unpublish(name) {
      const { uploads, transaction } = house.catalog
      transaction(() => {
        for (const key of [name, thumbOf(name)]) {
          uploads.drop(eventId, key)
          uploads.add(eventId, 'removal', key, 0, null)
        }
        uploads.add(eventId, 'manifest', 'manifest.json', 0, null)
      })
      for (const key of [name, thumbOf(name)]) rmSync(join(web, key))
      uploader.wake()
    },
    add: (lane, key) => house.catalog.uploads.add(eventId, lane, key, 0, null),
    count: () => house.catalog.uploads.waiting().count,
    restart() {
      house.reopen()
      return (uploader = make())
    },
    until,
    drain: () => until(() => rig.count() === 0),
    breathe,
    async close() {
      await uploader.stop()
      vi.useRealTimers()
      await house.close()
    },
  }
  return rig
}
