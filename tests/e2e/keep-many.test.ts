import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'

/** An archive of photos of 1 MB, a dozen or with LONG_TESTS=1 500: the tab never holds it. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COUNT = process.env['LONG_TESTS'] === '1' ? 500 : 12
const MB = 1_000_000
const MOST = 300 * MB
/** What one archive holds where it is put together in memory (`gallery/keep/zip.ts`). */
const MOST_IN_MEMORY = 150 * MB
const NAMES = Array.from({ length: COUNT }, (_, n) => `IMG_${n + 1}.jpg`)
const TIME = '2026-01-20T18:00:00.000Z'
const FONT = { family: 'system', size: 40 }
const EVENT = {
  slug: 'night',
  title: 'Night',
  subtitle: '',
  date: '2026-01-20',
  hero: null,
  titleFont: FONT,
  subtitleFont: FONT,
}
const HEAD: ManifestHead = {
  v: 2,
  revision: 1,
  updatedAt: TIME,
  event: EVENT,
  total: COUNT,
  recent: NAMES.map((filename) => ({
    filename,
    id: filename,
    w: 3,
    h: 2,
    takenAt: TIME,
    publishedAt: TIME,
    thumbhash: '',
    bytes: MB,
    has: { web: true, full: false },
  })),
  pages: [],
}
let server: Server
let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
  const documents: Record<string, unknown> = {
    '/photo/events.json': { v: 1, current: 'night', events: { night: { prefix: 'night', title: 'Night' } } },
    '/photo/night/manifest.json': HEAD,
  }
  const picture = Buffer.alloc(MB, 7)
  server = createServer((request, reply) => {
    const path = new URL(request.url ?? '', 'http://x').pathname
    if (path in documents)
      return reply.setHeader('content-type', 'application/json').end(JSON.stringify(documents[path]))
    if (path.startsWith('/photo/')) return reply.setHeader('content-type', 'image/jpeg').end(picture)
    const file = path === '/gallery/' ? 'index.html' : path.replace('/gallery/', '')
    const type =
      { js: 'text/javascript', css: 'text/css', html: 'text/html' }[file.split('.').pop() ?? ''] ??
      'text/plain'
    void readFile(join(ROOT, 'dist', 'gallery', file)).then(
      (bytes) => reply.setHeader('content-type', type).end(bytes),
      () => reply.writeHead(404).end(),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  await leaveBrowser(browser)
  server.close()
})

test.each(['a disk', 'no disk'])(
  'an archive of many photos, with %s to write it to, fits into a tab',
  async (how) => {
    const { port } = server.address() as AddressInfo
    const { page } = await visit(browser, `http://127.0.0.1:${port}/gallery/#favourites=${NAMES.join(',')}`)
    await page
      .locator('.keep-tile')
      .nth(COUNT - 1)
      .waitFor({ state: 'attached', timeout: 60_000 })
    await page.evaluate((isDisk) => {
      const state = { written: 0 }
      Object.assign(window, { state })
      const createWritable = async () =>
        new WritableStream<Uint8Array>({ write: (chunk) => void (state.written += chunk.length) })
      if (isDisk) Object.assign(window, { showSaveFilePicker: async () => ({ createWritable }) })
      else Reflect.deleteProperty(window, 'showSaveFilePicker')
    }, how === 'a disk')
    const session = await browser.newBrowserCDPSession()
    let most = 0
    const look = async () => {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo')
      for (const { type, id } of processInfo) {
        if (type !== 'renderer') continue
        const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '')
        most = Math.max(most, Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024)
      }
    }
    let downloads = 0
    page.on('download', (download) => {
      downloads += 1
      void download.cancel()
    })
    await page.click('[data-testid=favourites] [data-testid=zip]')
    await expect
      .poll(
        async () => {
          await look()
          return page.isHidden('[data-testid=keep-bar]')
        },
        { timeout: 180_000, interval: 100 },
      )
      .toBe(true)
    if (how === 'a disk') expect(await page.evaluate('window.state.written')).toBeGreaterThan(COUNT * MB)
    else expect(downloads).toBe(Math.ceil((COUNT * MB) / MOST_IN_MEMORY))
    // The control: the figure is a tab's.
    expect(most).toBeGreaterThan(10 * MB)
    expect(most).toBeLessThan(MOST)
  },
  240_000,
)
