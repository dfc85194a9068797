import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ManifestHead } from '../../../daemon/contract/manifest.ts'
import { createLeftCovers } from '../../../daemon/cloud/cdn/left-covers.ts'
import { useBucket } from '../../fixtures/cloud/bucket.ts'
import type { Mac } from '../../fixtures/cloud/cloud.ts'

/** Covers on their way into the bucket, off it again, and out of the caches before it. */
const { server, start, stop, skip } = useBucket()
afterEach(() => void vi.unstubAllGlobals())

/** What the daemon does when a cover is chosen, except for the bucket. */
async function choose({ house }: Mac, hero: string | null): Promise<void> {
  const web = join(house.folders.path('web'), 'assets')
  await mkdir(web, { recursive: true })
  if (hero !== null) await writeFile(join(web, hero), hero)
  house.catalog.events.change(house.event.id, { hero })
}
async function show(mac: Mac, hero: string | null): Promise<void> {
  await choose(mac, hero)
  mac.cloud.files.changed()
  mac.cloud.wake()
}
const covers = () =>
  [...server.objects.keys()]
    .filter((key) => key.includes('/assets/'))
    .map((key) => key.split('/').at(-1))
    .sort()
    .join()
const shown = ({ house }: Mac) =>
  (JSON.parse(server.objects.get(`${house.event.prefix}/manifest.json`)!.toString()) as ManifestHead).event
    .hero

/** A Mac that shows this cover. */
async function showing(hero: string): Promise<Mac> {
  const mac = await start()
  await show(mac, hero)
  await mac.until('it is there', () => covers().includes(hero))
  await mac.drained()
  return mac
}

test('one that was replaced or removed leaves the bucket, and comes back when it is chosen again', async () => {
  const mac = await showing('hero-a.jpg')
  await show(mac, 'hero-b.jpg')
  await mac.until('the new one is there', () => covers().includes('hero-b.jpg'))
  skip(mac)
  await mac.until('the old one is gone', () => covers() === 'hero-b.jpg')
  await show(mac, 'hero-a.jpg')
  await mac.until('it is back', () => covers().includes('hero-a.jpg'))
  await show(mac, null)
  await mac.until('none is left', () => {
    skip(mac)
    return covers() === ''
  })
  await mac.drained()
  expect(mac.cloud.status()).toMatchObject({ trouble: null, code: null })
})

describe('at the start', () => {
  test('one that was replaced while nothing reached the bucket leaves it once the new one is there', async () => {
    const before = await showing('hero-a.jpg')
    server.fault = () => 'reset'
    await show(before, 'hero-b.jpg')
    await before.until('it cannot be sent', () => before.cloud.status().trouble !== null)
    const house = await stop(before)
    server.fault = () => undefined
    const mac = await start(house)
    await mac.until('the new one is shown', () => shown(mac) === 'assets/hero-b.jpg')
    await mac.until('the old one is gone', () => {
      skip(mac)
      return covers() === 'hero-b.jpg'
    })
  })

  test.each([['hero-b.jpg'], [null]])(
    'one that a version of before left there leaves the bucket (now %s)',
    async (hero) => {
      const before = await showing('hero-a.jpg')
      const { id } = before.house.event
      const { uploads } = before.house.catalog
      // That version sent the new one, and nothing more.
      if (hero !== null) {
        await show(before, hero)
        await before.until('it is there', () => covers().includes(hero))
      }
      await choose(before, hero)
      uploads.drop(id, 'assets/hero-a.jpg')
      await before.drained()
      const house = await stop(before)
      expect(covers()).toContain('hero-a.jpg')
      expect(uploads.unsent(id)).toEqual({ files: 0, removals: 0 })
      const mac = await start(house)
      await mac.until('it is gone', () => {
        skip(mac)
        return covers() === (hero ?? '')
      })
      await mac.drained()
    },
  )

  test('the cover of every event stays, the current one’s or not', async () => {
    const before = await showing('hero-a.jpg')
    const { events } = before.house.catalog
    events.open('Next', () => before.house.event.folders, { slug: 'next' })
    before.cloud.files.changed()
    before.cloud.wake()
    await before.drained()
    const mac = await start(await stop(before))
    skip(mac)
    await mac.drained()
    expect(covers()).toBe('hero-a.jpg')
    expect(shown(mac)).toBe('assets/hero-a.jpg')
  })

  test('one of which the queue knows nothing any more leaves the bucket: the list there named it', async () => {
    const before = await showing('hero-a.jpg')
    await choose(before, 'hero-b.jpg')
    const house = await stop(before)
    const db = new DatabaseSync(join(house.data, 'catalog.db'))
    db.exec(`DELETE FROM uploads; DELETE FROM settings WHERE key IN ('store', 'told_as')`)
    db.close()
    // Nor does the disk.
    await rm(join(house.folders.path('web'), 'assets', 'hero-a.jpg'))
    const mac = await start(house)
    await mac.until('the old one is gone', () => {
      skip(mac)
      return covers() === 'hero-b.jpg'
    })
    expect(shown(mac)).toBe('assets/hero-b.jpg')
  })
})

test('one that another Mac shows too stays; once nobody does it goes', async () => {
  const other = await showing('hero-a.jpg')
  await other.publish('B.JPG')
  await other.drained()
  const mac = await start()
  await mac.publish('A.JPG')
  await show(mac, 'hero-a.jpg')
  await mac.drained()
  await show(mac, 'hero-b.jpg')
  await mac.until('the new one is shown', () => shown(mac) === 'assets/hero-b.jpg')
  skip(mac)
  await mac.drained()
  expect(covers()).toBe('hero-a.jpg,hero-b.jpg')
  await show(other, null)
  await other.until('nobody shows it', () => {
    skip(other)
    return covers() === 'hero-b.jpg'
  })
})

test('one of a Mac that has published nothing itself, and repeats our photos, stays', async () => {
  const mac = await start()
  await mac.publish('A.JPG')
  await mac.drained()
  const other = await showing('hero-c.jpg')
  expect(shown(other)).toBe('assets/hero-c.jpg')
  await mac.publish('B.JPG')
  await mac.drained()
  skip(mac)
  mac.cloud.files.changed()
  mac.cloud.wake()
  await mac.drained()
  expect(covers()).toBe('hero-c.jpg')
  expect(mac.house.catalog.uploads.unsent(mac.house.event.id).removals).toBe(0)
})

describe('caches', () => {
  /** Stands in for Cloudflare and for the public addresses. */
  function stand() {
    const cached = new Set<string>()
    const purged: string[][] = []
    vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
      if (!url.startsWith('https://api.cloudflare.com/'))
        return new Response(null, { status: cached.has(url) ? 200 : 404 })
      const { files } = JSON.parse(init!.body as string) as { files: string[] }
      purged.push(files)
      for (const file of files) cached.delete(file)
      return new Response('{}')
    })
    return { cached, purged }
  }
  const ACCOUNT = {
    public_url: 'https://gallery.example',
    photo_base_url: 'https://pictures.example',
    purge_zone: 'zone',
    purge_token: 'token',
  }

  test('are emptied of a cover that left, under every public address, until none answers', async () => {
    const { cached, purged } = stand()
    const mac = await showing('hero-a.jpg')
    await mac.cloud.save(ACCOUNT)
    const at = (hero: string) =>
      ['https://pictures.example', 'https://gallery.example/photo'].map(
        (root) => `${root}/${mac.house.event.prefix}/assets/${hero}`,
      )
    for (const url of [...at('hero-a.jpg'), ...at('hero-b.jpg')]) cached.add(url)
    await show(mac, 'hero-b.jpg')
    await mac.until('the old one is gone', () => {
      skip(mac)
      return covers() === 'hero-b.jpg'
    })
    await mac.until('the caches are empty of it', () => at('hero-a.jpg').every((url) => !cached.has(url)))
    expect(purged).toEqual([at('hero-a.jpg')])
    // The control: the one that is shown stays where it is.
    expect(at('hero-b.jpg').every((url) => cached.has(url))).toBe(true)
    const left = () => mac.house.catalog.settings.get('left_covers')
    await mac.until('it is seen to be gone', () => left() === '[]')
  })

  test('are emptied after a new start of what left before it, and not of what is shown again', async () => {
    const { cached, purged } = stand()
    const mac = await showing('hero-a.jpg')
    await show(mac, null)
    await mac.until('it is gone', () => {
      skip(mac)
      return covers() === ''
    })
    await mac.drained()
    const url = `https://gallery.example/photo/${mac.house.event.prefix}/assets/hero-a.jpg`
    cached.add(url)
    const again = await start(await stop(mac))
    await again.cloud.save({ ...ACCOUNT, photo_base_url: '' })
    await again.until('the cache is empty of it', () => !cached.has(url))
    await again.until('it is seen to be gone', () => house().settings.get('left_covers') === '[]')
    function house() {
      return again.house.catalog
    }
    await show(again, 'hero-a.jpg')
    await again.until('it is back', () => covers() === 'hero-a.jpg')
    expect(purged).toEqual([[url]])
  })

  test('what came back is left alone, and what leaves once more is asked for once more', () => {
    const stored = new Map<string, string>()
    const back = new Set<string>()
    let now = 1
    const left = createLeftCovers({
      settings: { get: (key) => stored.get(key), set: (key, value) => void stored.set(key, value) },
      isBack: (_event, key) => back.has(key),
      now: () => now,
    })
    left.add(1, 'assets/a.jpg')
    left.add(2, 'assets/a.jpg')
    const [, first] = left.list()
    expect(left.list().map(({ eventId, name }) => `${eventId} ${name}`)).toEqual([
      '2 assets/a.jpg',
      '1 assets/a.jpg',
    ])
    back.add('assets/a.jpg')
    expect(left.list()).toEqual([])
    back.clear()
    now = 2
    left.add(1, 'assets/a.jpg')
    expect(left.list()).toHaveLength(2)
    expect(left.list()[0]!.id).not.toBe(first!.id)
    expect(left.verified(first!.id)).toBe(false)
    expect(left.verified(left.list()[0]!.id)).toBe(true)
    expect(left.list().map(({ eventId }) => eventId)).toEqual([2])
    // Where nobody ever looks it does not grow forever.
    for (let n = 0; n < 200; n += 1) left.add(3, `assets/${n}.jpg`)
    expect(left.list().length).toBe(50)
    expect(left.list()[0]!.name).toBe('assets/199.jpg')
  })
})
