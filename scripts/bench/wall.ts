import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, CDPSession } from 'playwright-core'
import { openChromium } from './app-page.ts'
import type { Bench, Contender } from './harness.ts'
import { hurry } from '../hurry.mjs'
import { ORIGIN, pictures, PHOTOS, serve } from './wall-page.ts'

/** An hour of the wall on a clock that runs faster, without a daemon. `WALL_MINUTES=10` makes it shorter. */

const MINUTES = Number(process.env['WALL_MINUTES'] ?? 60)
/** How many times faster its clock runs. Fades and drift take their own time. */
const FASTER = 8
/** Of the wall's minutes: until the heap has what it needs. */
const SETTLES = Math.min(10, MINUTES / 3)
const LOOKS = 7
/** Milliseconds, not of the wall's clock. */
const LOOK_EVERY = 400
const SIZES = { '1920x1080': { width: 1920, height: 1080 }, '3840x2160': { width: 3840, height: 2160 } }

/** @returns bytes that stay: the least of several looks, for a picture on its way is not what grows */
async function heapOf(session: CDPSession): Promise<number> {
  const looks: number[] = []
  for (let n = 0; n < LOOKS; n += 1) {
    await session.send('HeapProfiler.collectGarbage')
    looks.push((await session.send('Runtime.getHeapUsage')).usedSize)
    await wait(LOOK_EVERY)
  }
  return Math.min(...looks)
}

interface Figures {
  readonly growth: number
  readonly decodes: number
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
    return { growth, decodes: mostDecoding }
  } finally {
    await context.close()
  }
}

const named = (size: string, what: string) => `${size}: ${what}`

export const wall: Bench = {
  name: 'wall',
  title: `${MINUTES} minutes of a wall with ${PHOTOS} photos, on a clock ${FASTER} times as fast`,
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
      ]
    })
    return { contenders, close: () => browser.close() }
  },
}
