import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { headersOf } from '../../../daemon/cloud/store/headers.ts'
import { createFolderStore } from '../../../daemon/cloud/store/store-folder.ts'
import { createFakeStore } from '../../fakes/store.ts'
import { storeSuite } from '../../suites/store.ts'

storeSuite('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lep-bucket-'))
  return {
    store: createFolderStore(join(folder, 'not yet', 'bucket')),
    end: () => rm(folder, { recursive: true }),
  }
})

storeSuite('the fake of the tests', async () => ({ store: createFakeStore() }))

const HEADERS = headersOf('a.jpg')
const LIVE = new AbortController().signal
const bytes = Buffer.from('bytes')

describe('the folder', () => {
  let folder: string
  let root: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lep-bucket-'))
    root = join(folder, 'bucket')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const collect = async (prefix = '') => {
    const keys: string[] = []
    for await (const { key } of createFolderStore(root).list(prefix)) keys.push(key)
    return keys.sort()
  }

  test('does nothing before it is used', async () => {
    createFolderStore(root)
    expect(await readdir(folder)).toEqual([])
  })

  test('is never led out of itself by a link to a folder', async () => {
    const outside = join(folder, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'secret.jpg'), 'secret')
    const store = createFolderStore(root)
    await store.put('e/a.jpg', { bytes }, HEADERS, LIVE)
    await symlink(outside, join(root, 'e', 'out'))
    const final = { name: 'StoreFault', retry: false }
    await expect(store.put('e/out/a.jpg', { bytes }, HEADERS, LIVE)).rejects.toMatchObject(final)
    await expect(store.put('e/out/new/a.jpg', { bytes }, HEADERS, LIVE)).rejects.toMatchObject(final)
    await expect(store.get('e/out/secret.jpg')).rejects.toMatchObject(final)
    await expect(store.head('e/out/secret.jpg')).rejects.toMatchObject(final)
    await expect(store.remove('e/out/secret.jpg')).rejects.toMatchObject(final)
    expect(await collect()).toEqual(['e/a.jpg'])
    expect(await readdir(outside)).toEqual(['secret.jpg'])
    // The control: by its path, the file beyond the link is there to be read.
    expect(await readFile(join(root, 'e', 'out', 'secret.jpg'), 'utf8')).toBe('secret')
  })

  test('is never led out of itself by a link to a file', async () => {
    const secret = join(folder, 'secret.jpg')
    await writeFile(secret, 'secret')
    const store = createFolderStore(root)
    await store.put('e/a.jpg', { bytes }, HEADERS, LIVE)
    await symlink(secret, join(root, 'e', 'b.jpg'))
    await expect(store.get('e/b.jpg')).rejects.toMatchObject({ retry: false })
    await expect(store.head('e/b.jpg')).rejects.toMatchObject({ retry: false })
    await store.put('e/b.jpg', { bytes }, HEADERS, LIVE)
    expect(await readFile(secret, 'utf8')).toBe('secret')
    expect(Buffer.from((await store.get('e/b.jpg'))!).toString()).toBe('bytes')
  })

  test('may itself be behind a link', async () => {
    await mkdir(join(folder, 'disk'))
    await symlink(join(folder, 'disk'), root)
    const store = createFolderStore(root)
    await store.put('e/a.jpg', { bytes }, HEADERS, LIVE)
    expect(await readFile(join(folder, 'disk', 'e', 'a.jpg'), 'utf8')).toBe('bytes')
  })

  test('lists no unfinished or hidden file, and clears away what an earlier run left', async () => {
    await mkdir(join(root, '.parts'), { recursive: true })
    await mkdir(join(root, 'e'))
    await writeFile(join(root, '.parts', 'x.part'), 'half')
    await writeFile(join(root, 'e', 'a.jpg.part'), 'half')
    await writeFile(join(root, 'e', '.DS_Store'), 'x')
    await writeFile(join(root, 'e', 'a.jpg'), 'whole')
    expect(await collect()).toEqual(['e/a.jpg'])
    expect(await readdir(root)).toEqual(['e'])
  })

  test('leaves no unfinished file behind a put that was given up or failed', async () => {
    const store = createFolderStore(root)
    await store.put('e/a.jpg', { bytes }, HEADERS, LIVE)
    await store.put('e/a.jpg', { bytes }, HEADERS, AbortSignal.abort()).catch(() => undefined)
    await store.put('e/b.jpg', { path: join(folder, 'no') }, HEADERS, LIVE).catch(() => undefined)
    expect(await readdir(join(root, '.parts'))).toEqual([])
  })

  test('is not made again, nor called empty, when its disk has gone away', async () => {
    const store = createFolderStore(root)
    await store.put('e/a.jpg', { bytes }, HEADERS, LIVE)
    await rename(root, join(folder, 'unplugged'))
    const away = { retry: true, message: `The bucket folder cannot be written: it is away (${root}).` }
    await expect(store.put('e/b.jpg', { bytes }, HEADERS, LIVE)).rejects.toMatchObject(away)
    await expect(store.remove('e/a.jpg')).rejects.toMatchObject(away)
    await expect(store.head('e/a.jpg')).rejects.toMatchObject({ retry: true })
    await expect(store.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ retry: true })
    expect(await readdir(folder)).toEqual(['unplugged'])
    await rename(join(folder, 'unplugged'), root)
    await store.put('e/b.jpg', { bytes }, HEADERS, LIVE)
    expect(await collect()).toEqual(['e/a.jpg', 'e/b.jpg'])
  })

  test('says so for good when a folder is in the way of a file, or a file of a folder', async () => {
    const store = createFolderStore(root)
    await store.put('e/a.jpg', { bytes }, HEADERS, LIVE)
    await expect(store.put('e', { bytes }, HEADERS, LIVE)).rejects.toMatchObject({ retry: false })
    await expect(store.put('e/a.jpg/b.jpg', { bytes }, HEADERS, LIVE)).rejects.toMatchObject({ retry: false })
    await expect(store.remove('e')).rejects.toMatchObject({ retry: false })
    expect(await collect()).toEqual(['e/a.jpg'])
  })

  test('names the reason when its disk takes no such file', async () => {
    const put = createFolderStore(root).put(`e/${'a'.repeat(300)}.jpg`, { bytes }, HEADERS, LIVE)
    await expect(put).rejects.toMatchObject({
      retry: false,
      message: `The bucket folder cannot be written: a name is too long for its disk (${root}).`,
    })
    expect(await readdir(join(root, '.parts'))).toEqual([])
  })
})

test.each([
  ['IMG_1.jpg', 'image/jpeg', 'public, max-age=31536000, immutable'],
  ['2026-01-20/thumb/IMG_1.webp', 'image/webp', 'public, max-age=31536000, immutable'],
  ['pages/0123.json', 'application/json; charset=utf-8', 'public, max-age=31536000, immutable'],
  ['2026-01-20/manifest.json', 'application/json; charset=utf-8', 'public, max-age=5'],
  ['events.json', 'application/json; charset=utf-8', 'public, max-age=5'],
  ['assets/hero.PNG', 'image/png', 'public, max-age=300'],
])('%s is served as %s, %s', (key, contentType, cacheControl) => {
  expect(headersOf(key)).toEqual({ contentType, cacheControl })
})
