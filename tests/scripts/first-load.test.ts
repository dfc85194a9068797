import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { buildParts } from '../../scripts/parts.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ADMIN = join(ROOT, 'dist', 'admin')
const GALLERY = join(ROOT, 'dist', 'gallery')
/** What the app's own code may weigh on its way to an iPad at a venue, gzip bytes. */
const MOST = 200_000
/** What stands before a guest's first photo: the page, its script and its styles, gzip bytes. */
const MOST_FOR_A_GUEST = 23_000

beforeAll(() => buildParts(ROOT))

/** Every script and style that the page asks for before anybody touches it: what it names, and what those import. */
async function firstLoad(page: string, room = ADMIN): Promise<Map<string, Buffer>> {
  const loaded = new Map<string, Buffer>()
  async function take(path: string): Promise<void> {
    if (loaded.has(path)) return
    const bytes = await readFile(path)
    loaded.set(path, bytes)
    const statically = /(?:^|[;}\s])(?:import|export)\s*(?:[\w*${}\s,]+from\s*)?["'](\.[^"']+\.js)["']/g
    if (path.endsWith('.js'))
      for (const [, file] of bytes.toString().matchAll(statically)) await take(join(dirname(path), file!))
  }
  const html = await readFile(join(room, page), 'utf8')
  for (const [, url] of html.matchAll(/(?:src|href)="\/(?:admin|gallery)\/([^"]+\.(?:js|css))"/g))
    await take(join(room, url!))
  return loaded
}
const weigh = (files: Map<string, Buffer>) =>
  [...files.values()].reduce((sum, bytes) => sum + gzipSync(bytes).length, 0)

test('what is not on the first screen is a file of its own, and kept for the time without the daemon', async () => {
  const first = await firstLoad('index.html')
  const worker = await readFile(join(ADMIN, 'sw.js'), 'utf8')
  const all = (await readdir(join(ADMIN, 'assets'))).filter((name) => /\.(?:js|css)$/.test(name))
  const later = all.filter((name) => name.startsWith('components-'))
  expect(later.map((name) => name.replace(/^.*\./, '')).sort()).toEqual(['css', 'js'])
  // Where they are asked for again: the script, then the styles.
  const [, named] = /<html data-later="([^"]+)"/.exec(await readFile(join(ADMIN, 'index.html'), 'utf8'))!
  expect(named!.split(' ')).toEqual(
    ['js', 'css'].map((ending) => `/admin/assets/${later.find((name) => name.endsWith(ending))}`),
  )
  expect(later.filter((name) => first.has(join(ADMIN, 'assets', name)))).toEqual([])
  expect(all.filter((name) => !worker.includes(`/admin/assets/${name}`))).toEqual([])
})

test('the first load of the app weighs less than 200 KB', async () => {
  const files = await firstLoad('index.html')
  expect([...files.keys()].filter((path) => path.endsWith('.js')).length).toBeGreaterThan(0)
  expect([...files.keys()].filter((path) => path.endsWith('.css')).length).toBeGreaterThan(0)
  const weight = weigh(files)
  // The control: a measure that found nothing would pass whatever the app weighs.
  expect(weight).toBeGreaterThan(50_000)
  expect(weight).toBeLessThan(MOST)
})

test.each(['pair', 'setup'])('the page %s loads nothing but the files of its own folder', async (page) => {
  const files = [...(await firstLoad(`${page}.html`)).keys()].map((path) => path.slice(ADMIN.length + 1))
  // Of the pages' common files, the check of the browser's age alone is open to strangers.
  expect(files.filter((path) => !path.startsWith(`${page}/`) && path !== 'setup/oldest.js')).toEqual([])
  expect(files.filter((path) => path.endsWith('.js') && path !== 'setup/oldest.js')).toHaveLength(1)
})

test('a guest fetches one script and one style before the first photo, and they weigh no more than 23 KB', async () => {
  const files = await firstLoad('index.html', GALLERY)
  expect([...files.keys()].map((path) => path.replace(/^.*\./, '')).sort()).toEqual(['css', 'js'])
  const html = await readFile(join(GALLERY, 'index.html'))
  const weight = weigh(files) + gzipSync(html).length
  expect(weight).toBeGreaterThan(10_000)
  expect(weight).toBeLessThan(MOST_FOR_A_GUEST)
})

test('the viewer is fetched later, whole, from where the page says that it lies', async () => {
  const html = await readFile(join(GALLERY, 'index.html'), 'utf8')
  const [, address] = /<html data-viewer="\/gallery\/([^"]+\.js)"/.exec(html)!
  const script = await readFile(join(GALLERY, address!), 'utf8')
  expect(script).toContain('openViewer')
  // Whatever it shared with the page would be one more file before the first photo.
  expect(script).not.toMatch(/\bimport\s*["'{*]/)
  const [styles] = /assets\/viewer-[\w-]+\.css/.exec(script)!
  expect(await readFile(join(GALLERY, styles), 'utf8')).toContain('.pswp')
  expect((await firstLoad('index.html', GALLERY)).has(join(GALLERY, address!))).toBe(false)
})
