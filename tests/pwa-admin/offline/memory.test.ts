// @vitest-environment node
import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createMemory } from '../../../pwa-admin/offline/memory.ts'
import { openStorage } from '../../../pwa-admin/offline/storage.ts'
import { photo, publication, status } from '../fakes.ts'

describe('the last known lists', () => {
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory()
  })
  const open = () => openStorage(() => undefined)

  test('come back on the next visit, without what is gone meanwhile', async () => {
    const first = createMemory(open())
    const [a, b] = [photo('a', 1), photo('b', 2)]
    const rows = [publication(a, 'a.jpg', 3)]
    await first.keep({ status: status(), photos: [a, b], publications: rows, whole: ['buffer'] })
    const second = createMemory(open())
    // The second page has heard of another list before it ever looked at what is kept.
    await second.keep({ status: status(), photos: [b], publications: [], whole: ['buffer', 'trashed'] })
    const picture = await createMemory(open()).recall()
    expect(picture).toMatchObject({ photos: [{ id: 'b' }], publications: [], whole: ['buffer', 'trashed'] })
    expect(picture?.status?.event.slug).toBe('a')
  })

  test('only rows that changed are written again', async () => {
    const db = (await open())!
    let written = 0
    const transaction = db.transaction.bind(db)
    db.transaction = ((...args: Parameters<typeof transaction>) => {
      if ((args[0] as unknown) === 'photos' && args[1] === 'readwrite') written++
      return transaction(...args)
    }) as typeof db.transaction
    const memory = createMemory(Promise.resolve(db))
    const photos = Array.from({ length: 1_000 }, (_, n) => photo(`p${n}`, n))
    const picture = { status: null, publications: [], whole: [] }
    await memory.keep({ ...picture, photos })
    expect(written).toBe(5)
    await memory.keep({ ...picture, photos: [...photos.slice(1), photo('p0', 0, { rating: 3 })] })
    expect(written).toBe(6)
  })

  test('are forgotten when the device is sent away; decisions stay', async () => {
    const db = (await open())!
    const memory = createMemory(Promise.resolve(db))
    await memory.keep({ status: status(), photos: [photo('a', 1)], publications: [], whole: [] })
    await memory.forget()
    expect(await memory.recall()).toBe(null)
    expect(await db.count('photos')).toBe(0)
  })

  test('are simply not there where nothing can be kept', async () => {
    const memory = createMemory(Promise.resolve(null))
    await memory.keep({ status: null, photos: [], publications: [], whole: [] })
    expect(await memory.recall()).toBe(null)
  })
})
