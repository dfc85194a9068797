import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { buildParts } from '../../scripts/parts.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ADMIN = join(ROOT, 'dist', 'admin')
/** What the app's own code may weigh on its way to an iPad at a venue, gzip bytes. */
const MOST = 200_000

beforeAll(() => buildParts(ROOT))

/** Every script and style that the page asks for before anybody touches it: what it names, and what those import. */
async function firstLoad(page: string): Promise<Map<string, Buffer>> {
  const loaded = new Map<string, Buffer>()
  async function take(path: string): Promise<void> {
    if (loaded.has(path)) return
    const bytes = await readFile(path)
    loaded.set(path, bytes)
    const statically = /(?:^|[;}\s])(?:import|export)\s*(?:[\w*${}\s,]+from\s*)?["'](\.[^"']+\.js)["']/g
    if (path.endsWith('.js'))
      for (const [, file] of bytes.toString().matchAll(statically)) await take(join(dirname(path), file!))
  }
  const html = await readFile(join(ADMIN, page), 'utf8')
  for (const [, url] of html.matchAll(/(?:src|href)="\/admin\/([^"]+\.(?:js|css))"/g))
    await take(join(ADMIN, url!))
  return loaded
}
const weigh = (files: Map<string, Buffer>) =>
  [...files.values()].reduce((sum, bytes) => sum + gzipSync(bytes).length, 0)

test('what is not on the first screen is a file of its own, and kept for the time without the daemon', async () => {
  const first = await firstLoad('index.html')
  const worker = await readFile(join(ADMIN, 'sw.js'), 'utf8')
  const all = (await readdir(join(ADMIN, 'assets'))).filter((name) => /\.(?:js|css)$/.test(name))
  const later = all.filter((name) => name.startsWith('parts-'))
  expect(later.map((name) => name.replace(/^.*\./, '')).sort()).toEqual(['css', 'js'])
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
