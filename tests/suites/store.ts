import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { md5, StoreFault, type ObjectStore } from '../../daemon/cloud/store/store.ts'

const HEADERS = { contentType: 'image/jpeg', cacheControl: 'public, max-age=5' }
const LIVE = new AbortController().signal
const text = (value: string) => ({ bytes: Buffer.from(value) })

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list(prefix)) keys.push(key)
  return keys.sort()
}

/** What every ObjectStore must do.
 * @param make an empty store, and what is to be done with it after the test */
export function storeSuite(
  name: string,
  make: () => Promise<{ store: ObjectStore; end?: () => Promise<void> }>,
): void {
  describe(`${name}, as an ObjectStore`, () => {
    let store: ObjectStore
    let end: (() => Promise<void>) | undefined
    let folder: string

    beforeEach(async () => {
      ;({ store, end } = await make())
      folder = await mkdtemp(join(tmpdir(), 'lep-store-'))
    })
    afterEach(async () => {
      await end?.()
      await rm(folder, { recursive: true, force: true })
    })

    test('keeps bytes and answers with their MD5', async () => {
      const bytes = randomBytes(3 * 1024 * 1024 + 7)
      expect(await store.put('2026-01-20/a.jpg', { bytes }, HEADERS, LIVE)).toEqual({ etag: md5(bytes) })
      expect(Buffer.from((await store.get('2026-01-20/a.jpg'))!).equals(bytes)).toBe(true)
      expect(await store.head('2026-01-20/a.jpg')).toEqual({ bytes: bytes.length, etag: md5(bytes) })
    })

    test('keeps a file and answers with its MD5', async () => {
      const bytes = randomBytes(2 * 1024 * 1024)
      const path = join(folder, 'a.jpg')
      await writeFile(path, bytes)
      expect(await store.put('e/a.jpg', { path }, HEADERS, LIVE)).toEqual({ etag: md5(bytes) })
      expect(Buffer.from((await store.get('e/a.jpg'))!).equals(bytes)).toBe(true)
    })

    test('keeps nothing as well', async () => {
      expect(await store.put('e/empty.json', text(''), HEADERS, LIVE)).toEqual({ etag: md5('') })
      expect(await store.head('e/empty.json')).toEqual({ bytes: 0, etag: md5('') })
    })

    test('replaces an object as a whole: every reader sees the old one or the new one', async () => {
      const versions = Array.from({ length: 8 }, (_, n) => Buffer.alloc(300_000, n))
      await store.put('e/a.jpg', { bytes: versions[0]! }, HEADERS, LIVE)
      const seen: (Uint8Array | null)[] = []
      let writing = true
      const reading = (async () => {
        while (writing) seen.push(await store.get('e/a.jpg'))
      })()
      for (const bytes of versions) await store.put('e/a.jpg', { bytes }, HEADERS, LIVE)
      writing = false
      await reading
      expect(seen.length).toBeGreaterThan(0)
      for (const bytes of seen) expect(versions.some((version) => version.equals(bytes!))).toBe(true)
      expect(Buffer.from((await store.get('e/a.jpg'))!).equals(versions.at(-1)!)).toBe(true)
    })

    test('says null for what is not there', async () => {
      await store.put('e/a.jpg', text('a'), HEADERS, LIVE)
      for (const key of ['e/b.jpg', 'other/a.jpg', 'e/deep/er/a.jpg']) {
        expect(await store.head(key)).toBeNull()
        expect(await store.get(key)).toBeNull()
      }
    })

    test('removes exactly what is named, and what is not there without a fault', async () => {
      for (const key of ['e/a.jpg', 'e/a.jpg2', 'e/thumb/a.webp'])
        await store.put(key, text(key), HEADERS, LIVE)
      await store.remove('e/a.jpg')
      await store.remove('e/a.jpg')
      await store.remove('nowhere/a.jpg')
      expect(await keysOf(store, '')).toEqual(['e/a.jpg2', 'e/thumb/a.webp'])
    })

    test('lists what starts with the prefix, with its size', async () => {
      for (const key of ['2026/a.jpg', '2026/thumb/a.webp', '2026-2/b.jpg', 'events.json'])
        await store.put(key, text(key), HEADERS, LIVE)
      expect(await keysOf(store, '')).toEqual([
        '2026-2/b.jpg',
        '2026/a.jpg',
        '2026/thumb/a.webp',
        'events.json',
      ])
      expect(await keysOf(store, '2026/')).toEqual(['2026/a.jpg', '2026/thumb/a.webp'])
      expect(await keysOf(store, '2026')).toEqual(['2026-2/b.jpg', '2026/a.jpg', '2026/thumb/a.webp'])
      expect(await keysOf(store, '2026/thumb/a')).toEqual(['2026/thumb/a.webp'])
      expect(await keysOf(store, '2027/')).toEqual([])
      for await (const { bytes } of store.list('events')) expect(bytes).toBe('events.json'.length)
    })

    test('takes names as people write them', async () => {
      const keys = ['e/婚禮 照片 (1)+100%.jpg', 'e/a&b=c?d#e.jpg', "e/it's.jpg", 'e/ä.jpg']
      for (const key of keys) await store.put(key, text(key), HEADERS, LIVE)
      expect(await keysOf(store, 'e/')).toEqual([...keys].sort())
      for (const key of keys) expect(Buffer.from((await store.get(key))!).toString()).toBe(key)
    })

    test.each([
      '',
      '/etc/passwd',
      '../a.jpg',
      'e/../../a.jpg',
      'e/..',
      'e/./a.jpg',
      'e//a.jpg',
      'e/',
      'e/.hidden',
      'e/a\0.jpg',
      'e/a.part',
      `e/${'長'.repeat(400)}.jpg`,
    ])('refuses the key %j for good, whatever is asked', async (key) => {
      const final = { name: 'StoreFault', retry: false }
      await expect(store.put(key, text('x'), HEADERS, LIVE)).rejects.toMatchObject(final)
      await expect(store.head(key)).rejects.toMatchObject(final)
      await expect(store.get(key)).rejects.toMatchObject(final)
      await expect(store.remove(key)).rejects.toMatchObject(final)
    })

    test.each(['/', '../', 'e/../', 'e//', '.'])('refuses to list below %j', async (prefix) => {
      await expect(keysOf(store, prefix)).rejects.toMatchObject({ name: 'StoreFault', retry: false })
    })

    test('leaves the old object when a put is given up', async () => {
      await store.put('e/a.jpg', text('old'), HEADERS, LIVE)
      const gone = AbortSignal.abort(new Error('given up'))
      await expect(store.put('e/a.jpg', text('new'), HEADERS, gone)).rejects.toThrow('given up')
      expect(Buffer.from((await store.get('e/a.jpg'))!).toString()).toBe('old')
      expect(await keysOf(store, '')).toEqual(['e/a.jpg'])
    })

    test('fails, and says that it may be tried again, when the file to be sent is not there', async () => {
      const put = store.put('e/a.jpg', { path: join(folder, 'gone.jpg') }, HEADERS, LIVE)
      await expect(put).rejects.toBeInstanceOf(StoreFault)
      await expect(put).rejects.toMatchObject({ retry: true })
      expect(await keysOf(store, '')).toEqual([])
    })
  })
}
