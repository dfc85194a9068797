import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, CDPSession, Page } from 'playwright-core'
import sharp from 'sharp'
import type { ManifestEntry, ManifestHead } from '../../daemon/contract/manifest.ts'
import { openChromium } from './app-page.ts'
import type { Bench, Contender } from './harness.ts'

/** An hour of the wall on a clock that runs faster, without a daemon: 2,000 photos in one list, a few pictures under all their
 * names. `WALL_MINUTES=10` makes it shorter. Frames are told and held to nothing: without a graphics chip none is in time. */

const PHOTOS = 2_000
const PICTURES = 24
const MINUTES = Number(process.env['WALL_MINUTES'] ?? 60)
/** How many times faster its clock runs. Fades and drift take their own time. */
const FASTER = 8
/** Of the wall's minutes: until the heap has what it needs. */
const SETTLES = Math.min(10, MINUTES / 3)
/** How many times slower a small computer behind a television is. */
const SLOWER = 4
const FRAMES_MS = 15_000
const DIST = fileURLToPath(new URL('../../dist/wall', import.meta.url))
const ORIGIN = 'http://wall.test'
const SIZES = { '1920x1080': { width: 1920, height: 1080 }, '3840x2160': { width: 3840, height: 2160 } }

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', html: 'text/html' }

async function pictures(side: number): Promise<Buffer[]> {
  const made: Buffer[] = []
  for (let n = 0; n < PICTURES; n++) {
    const create = {
      width: 320,
      height: n % 3 === 0 ? 480 : 214,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 60 + n * 5, sigma: 14 },
    } as const
    const grain = await sharp({ create }).png().toBuffer()
    made.push(await sharp(grain).resize({ width: side }).webp({ quality: 60 }).toBuffer())
  }
  return made
}

function headOf(): ManifestHead {
  const start = Date.parse('2026-11-28T17:00:00Z')
  const recent = Array.from({ length: PHOTOS }, (_, n): ManifestEntry => {
    const at = new Date(start - n * 10_000).toISOString()
    const isUpright = ((PHOTOS - n) % PICTURES) % 3 === 0
    return {
      filename: `IMG_${PHOTOS - n}.jpg`,
      id: `id-${n}`,
      w: isUpright ? 1365 : 2048,
      h: isUpright ? 2048 : 1365,
      takenAt: at,
      publishedAt: at,
      thumbhash: '3OcRJYB4d3h/iIeHeEh3eIhw+j2A',
      bytes: 400_000,
      has: { web: true, full: false, view: true },
    }
  })
  const font = { family: 'system', size: 72 }
  const event = {
    slug: 'night', title: 'The night', subtitle: '', date: '2026-11-28', hero: null, titleFont: font, subtitleFont: font,
  } // prettier-ignore
  return { v: 2, revision: 1, updatedAt: recent[0]!.publishedAt, event, total: PHOTOS, recent, pages: [] }
}

/** Answers what the wall asks for, from memory. */
async function serve(page: Page, views: readonly Buffer[], webs: readonly Buffer[]): Promise<void> {
  const head = JSON.stringify(headOf())
  const events = { night: { prefix: 'night', title: 'The night' } }
  const index = JSON.stringify({ v: 1, current: 'night', events })
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname === '/photo/events.json')
      return route.fulfill({ body: index, contentType: 'application/json' })
    if (pathname.endsWith('manifest.json'))
      return route.fulfill({ body: head, contentType: 'application/json' })
    if (pathname.startsWith('/photo/')) {
      const n = Number(/(\d+)\.\w+$/.exec(pathname)?.[1] ?? 0) % PICTURES
      return route.fulfill({
        body: (pathname.includes('/view/') ? views : webs)[n]!,
        contentType: 'image/webp',
      })
    }
    const file = pathname === '/wall/' ? 'index.html' : pathname.replace('/wall/', '')
    const body = await readFile(join(DIST, file)).catch(() => null)
    if (!body) return route.fulfill({ status: 404 })
    return route.fulfill({ body, contentType: TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain' })
  })
}

/** The page's clocks, so many times faster. */
const hurry = (times: number): void => {
  const begun = Date.now()
  const now = Date.now.bind(Date)
  const precise = performance.now.bind(performance)
  const timeout = globalThis.setTimeout.bind(globalThis)
  const interval = globalThis.setInterval.bind(globalThis)
  Date.now = () => begun + (now() - begun) * times
  performance.now = () => precise() * times
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms = 0) => timeout(run, ms / times),
    setInterval: (run: () => void, ms = 0) => interval(run, ms / times),
  })
}

async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}

interface Figures {
  readonly growth: number
  readonly decodes: number
  readonly dropped: number
}

async function measureWall(browser: Browser, size: { width: number; height: number }): Promise<Figures> {
  const [views, webs] = [await pictures(1280), await pictures(2048)]
  const context = await browser.newContext({ viewport: size, serviceWorkers: 'block' })
  try {
    const page = await context.newPage()
    await serve(page, views, webs)
    await page.addInitScript(hurry, FASTER)
    await page.goto(`${ORIGIN}/wall/`)
    await page.locator('.slide').first().waitFor()
    const session = await context.newCDPSession(page)
    const minute = 60_000 / FASTER
    await wait(SETTLES * minute)
    const before = await heapOf(session)
    await wait((MINUTES - SETTLES) * minute)
    const growth = ((await heapOf(session)) / before - 1) * 100
    const { mostDecoding } = await page.evaluate<{ mostDecoding: number }>('wallFigures()')
    await page.close()

    const other = await context.newPage()
    await serve(other, views, webs)
    await other.goto(`${ORIGIN}/wall/?pace=4`)
    await other.locator('.slide').first().waitFor()
    const slow = await context.newCDPSession(other)
    await slow.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    // As text: these are the page's own.
    const dropped = await other.evaluate<number>(`new Promise((done) => {
      const frames = []
      const begun = performance.now()
      const next = (at) => {
        frames.push(at)
        if (at - begun < ${FRAMES_MS}) return void requestAnimationFrame(next)
        const due = (at - frames[0]) / (1000 / 60)
        done((1 - Math.min(1, (frames.length - 1) / due)) * 100)
      }
      requestAnimationFrame(next)
    })`)
    return { growth, decodes: mostDecoding, dropped }
  } finally {
    await context.close()
  }
}

const named = (size: string, what: string) => `${size}: ${what}`

export const wall: Bench = {
  name: 'wall',
  title: `${MINUTES} minutes of a wall with ${PHOTOS} photos, on a clock ${FASTER} times as fast; frames with a ${SLOWER} times slower processor`,
  unit: 'percent',
  warmUp: 0,
  rounds: 1,
  limits: Object.keys(SIZES).flatMap((size) => [
    { kind: 'most' as const, of: named(size, 'growth of the heap'), most: 10, unit: 'percent' as const },
    { kind: 'most' as const, of: named(size, 'decodes at once'), most: 1, unit: 'decodes' as const },
  ]),
  async open() {
    const browser = await openChromium()
    const contenders = Object.entries(SIZES).flatMap(([name, size]): Contender[] => {
      let figures: Promise<Figures> | null = null
      const once = () => (figures ??= measureWall(browser, size))
      return [
        { name: named(name, 'growth of the heap'), run: async () => (await once()).growth },
        { name: named(name, 'decodes at once'), unit: 'decodes', run: async () => (await once()).decodes },
        { name: named(name, 'frames dropped'), run: async () => (await once()).dropped },
      ]
    })
    return { contenders, close: () => browser.close() }
  },
}
