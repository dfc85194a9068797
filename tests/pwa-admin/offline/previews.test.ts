// @vitest-environment node
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { createPreviews } from '../../../pwa-admin/offline/previews.ts'

describe('pictures that were seen', () => {
  /** The parts of the browser's caches that are used. */
  function fakeCaches(held: Record<string, string[]>): CacheStorage {
    const cache = (name: string) => ({
      keys: async () => held[name]!.map((url) => ({ url })),
      delete: async ({ url }: { url: string }) => {
        held[name] = held[name]!.filter((one) => one !== url)
      },
    })
    const all = {
      has: async (name: string) => name in held,
      keys: async () => Object.keys(held),
      open: async (name: string) => cache(name),
      delete: async (name: string) => delete held[name],
    }
    return all as unknown as CacheStorage
  }
  const url = (id: string) => `http://mac/media/${id}/preview-1.jpg`

  test('are kept up to a limit, the oldest going first', async () => {
    const held = { 'lep-previews': ['a', 'b', 'c'].map(url) }
    await createPreviews(fakeCaches(held)).trim({ 'lep-previews': 2, 'lep-tiles': 2 })
    expect(held['lep-previews']).toEqual([url('b'), url('c')])
  })

  test('go with their photo, and with everything else when the device is sent away', async () => {
    const held: Record<string, string[]> = { 'lep-previews': ['a', 'b'].map(url), 'app-files': ['x'] }
    const previews = createPreviews(fakeCaches(held))
    await previews.drop(new Set(['a']))
    expect(held['lep-previews']).toEqual([url('b')])
    await previews.clear()
    expect(held).toEqual({})
  })

  test('on plain http there are none, and nobody minds', async () => {
    const previews = createPreviews(undefined)
    await Promise.all([previews.trim(), previews.drop(new Set(['a'])), previews.clear()])
  })
})
