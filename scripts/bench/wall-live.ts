import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { EventsIndex } from '../../daemon/contract/manifest.ts'
import { openChromium } from './app-page.ts'
import { startDaemon, type BenchDaemon } from './daemon.ts'
import { freshName } from './event.ts'
import { openPush } from './guest-sockets.ts'
import type { Bench, Contender } from './harness.ts'
import { quantile } from './statistics.ts'

/** How long a wall on the venue's network takes to show what is live and to let go of what is not, while guests wait for the
 * same news. Both are promises in seconds, so both are held to seconds. */

const GUESTS = 500
const SCREEN = { width: 1920, height: 1080 }
/** Photos that are published while the wall shows others. */
const LIVE = 20
/** Photos that are published while the wall shows one that is new itself. */
const FOLLOWING = 10
const TAKEN_OUT = 10
const FILLING = {
  photos: 60,
  published: 40,
  fresh: LIVE + FOLLOWING + 2,
  freshSize: { width: 1600, height: 1067 },
}
/** A fade is in its middle, and is over, ms after it began. */
const MIDDLE = 800
const OVER = 2_600
const PATIENCE = 20_000

/** Notes when a photo comes on the wall, and when its last picture has left it: a frame after it did. */
const WATCH = `
  globalThis.came = {}
  globalThis.left = {}
  const named = (nodes) => [...nodes].flatMap((node) => node.nodeType !== 1 ? [] :
    [...(node.matches('.place') ? [node] : []), ...node.querySelectorAll('.place')].map((one) => one.dataset.filename))
  const note = (list, name) => requestAnimationFrame(() => (list[name] ??= Date.now()))
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const name of named(addedNodes)) note(came, name)
      for (const name of named(removedNodes))
        if (!document.querySelector('.place[data-filename="' + CSS.escape(name) + '"]')) note(left, name)
    }
  }).observe(document, { childList: true, subtree: true })`

interface Published {
  readonly published_as: string
}

interface Figures {
  readonly live: number[]
  readonly following: number[]
  readonly still: number[]
  readonly fading: number[]
  readonly mosaic: number[]
  readonly guests: number
}

/** Asks until it is true, as the page's own policy lets it be asked: from outside. */
async function until<T>(page: Page, expression: string): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await wait(20)) {
    const value = await page.evaluate<T | null>(expression)
    if (value) return value
  }
  throw new Error(`The wall did not come to this: ${expression}`)
}

/** @returns when it was, ms since 1970 */
const noted = (page: Page, what: 'came' | 'left', name: string): Promise<number> =>
  until(page, `${what}[${JSON.stringify(name)}]`)

async function takeOut(daemon: BenchDaemon, page: Page, filename: string): Promise<number> {
  await page.evaluate(`delete left[${JSON.stringify(filename)}]`)
  const pressed = Date.now()
  await daemon.call('POST', '/api/unpublish', { filename })
  return (await noted(page, 'left', filename)) - pressed
}

async function publish(daemon: BenchDaemon, page: Page, nth: number): Promise<{ name: string; ms: number }> {
  const filename = freshName(nth)
  const { published_as: name } = JSON.parse(
    await daemon.call('POST', '/api/publish', { filename }),
  ) as Published
  const answered = Date.now()
  // It may be there before the person's own answer.
  return { name, ms: Math.max(0, (await noted(page, 'came', name)) - answered) }
}

async function measureAll(daemon: BenchDaemon, page: Page): Promise<Omit<Figures, 'guests'>> {
  const live: number[] = []
  const still: number[] = []
  const fading: number[] = []
  for (let n = 0; n < LIVE; n += 1) {
    const { name, ms } = await publish(daemon, page, n)
    live.push(ms)
    await wait(n % 2 === 0 ? MIDDLE : OVER)
    ;(n % 2 === 0 ? fading : still).push(await takeOut(daemon, page, name))
    await wait(OVER)
  }
  const following: number[] = []
  await publish(daemon, page, LIVE)
  for (let n = 1; n <= FOLLOWING; n += 1) following.push((await publish(daemon, page, LIVE + n)).ms)
  const mosaic: number[] = []
  await daemon.call('POST', '/api/walls', { action: 'change', wall: null, settings: { layout: 'mosaic' } })
  await page.locator('.wall[data-layout=mosaic]').waitFor()
  await until(page, `document.querySelectorAll('.cell .place').length >= 20`)
  for (let n = 0; n < TAKEN_OUT; n += 1) {
    await wait(700)
    const shown = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.cell .place')].map((one) => one.dataset.filename)`,
    )
    mosaic.push(await takeOut(daemon, page, shown[(n * 7) % shown.length]!))
  }
  return { live, following, still, fading, mosaic }
}

const p95 = (read: (figures: Figures) => number[]) => (figures: Figures) => quantile(read(figures), 0.95)
const FIGURES: readonly (readonly [name: string, read: (figures: Figures) => number, unit?: string])[] = [
  ['live to the wall, p50', ({ live }) => quantile(live, 0.5)],
  ['live to the wall, p95', p95(({ live }) => live)],
  ['live to the wall, right after another, p95', p95(({ following }) => following)],
  ['unpublish to gone, p95', p95(({ still }) => still)],
  ['unpublish to gone in mid fade, p95', p95(({ fading }) => fading)],
  ['unpublish to gone in the mosaic, p95', p95(({ mosaic }) => mosaic)],
  ['guests who wait for news too', ({ guests }) => guests, 'guests'],
]

export const wallLive: Bench = {
  name: 'wall',
  title: `From a person's press to a wall at ${SCREEN.width}x${SCREEN.height}, with ${GUESTS} guests' sockets`,
  unit: 'ms',
  warmUp: 0,
  rounds: 1,
  limits: [
    ...FIGURES.slice(1, 3).map(([of]) => ({ kind: 'most' as const, of, most: 2_000, unit: 'ms' as const })),
    ...FIGURES.slice(3, 6).map(([of]) => ({ kind: 'most' as const, of, most: 1_000, unit: 'ms' as const })),
  ],
  async open() {
    const browser = await openChromium()
    const daemon = await startDaemon(FILLING).catch(async (error: unknown) => {
      await browser.close()
      throw error
    })
    let figures: Promise<Figures> | null = null
    const measured = async (): Promise<Figures> => {
      const { current } = JSON.parse(await daemon.call('GET', '/photo/events.json')) as EventsIndex
      const guests = await openPush(daemon.url, current ?? '', GUESTS, () => undefined)
      const context = await browser.newContext({ viewport: SCREEN, serviceWorkers: 'block' })
      const page = await context.newPage()
      await page.addInitScript(WATCH)
      await page.goto(`${daemon.url}/wall/`)
      await page.locator('.slide').first().waitFor()
      await daemon.settled()
      const all = await measureAll(daemon, page)
      await guests.close()
      return { ...all, guests: guests.count }
    }
    const once = () => (figures ??= measured())
    const contenders = FIGURES.map(([name, read, unit]): Contender => ({
      name,
      ...(unit !== undefined && { unit }),
      run: async () => read(await once()),
    }))
    return {
      contenders,
      async close() {
        await browser.close()
        await daemon.stop()
      },
    }
  },
}
