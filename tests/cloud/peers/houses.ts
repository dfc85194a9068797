import { afterEach, beforeEach } from 'vitest'
import type { ManifestEntry, ManifestHead } from '../../../daemon/contract/manifest.ts'
import { headersOf } from '../../../daemon/cloud/store/headers.ts'
import { createFakeStore, type FakeStore } from '../../fakes/store.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'
import { readJson } from '../../fixtures/cloud/cloud.ts'
import { openLists } from '../../fixtures/cloud/lists.ts'
import { standingFor } from '../../fixtures/standing-for.ts'

export const LIVE: AbortSignal = new AbortController().signal

export const many = (lead: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${lead}${n}.jpg`)

export const entry = (name: string, more: Partial<ManifestEntry> = {}): ManifestEntry => ({
  filename: name,
  id: `id-of-${name}`,
  w: 6,
  h: 4,
  takenAt: '2026-01-20T10:00:00.000Z',
  publishedAt: '2026-01-20T10:00:00.000Z',
  thumbhash: '',
  bytes: 9,
  has: { web: true, full: false },
  ...more,
})

/** Leaves the catalog as an unpublish does; the queue that was to take it off the bucket is lost. */
export function lose(house: House, name: string): void {
  const { publications } = house.catalog
  publications.goGone(publications.byName(house.event.id, name)!.id)
}

/** What each test of a file gets for itself: a bucket in memory, and catalogs that are closed with the test. A Mac that
 * was given another mark is here one catalog that is opened under two. */
export function useHouses() {
  let store: FakeStore
  const houses: House[] = []
  const another = () => void (store = createFakeStore())
  beforeEach(another)
  afterEach(async () => {
    for (const house of houses.splice(0)) await house.close()
  })
  async function newHouse(): Promise<House> {
    const house = await openHouse()
    houses.push(house)
    return house
  }
  return {
    store: standingFor(() => store),
    /** Puts an empty bucket in the place of the test's. */
    anotherStore: another,
    newHouse,
    open: (house: House, mac: string) => openLists(store, house, mac),
    headOf: async (prefix: string) => (await readJson<ManifestHead>(store, `${prefix}/manifest.json`))!,
    put: (key: string, value: unknown) =>
      store.put(key, { bytes: Buffer.from(JSON.stringify(value)) }, headersOf(key), LIVE),
  }
}
