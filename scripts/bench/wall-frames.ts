import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from './app-page.ts'
import type { Bench } from './harness.ts'
import { ORIGIN, pictures, serve } from './wall-page.ts'

/** What would cost the wall frames on a small computer. Without a graphics chip no page is in time, so frames are counted
 * beside those of a page that only fades and moves two pictures, on the same machine in the same minute; and while a photo
 * drifts, the page's own thread has nothing to lay out and nothing to paint. */

const SCREEN = { width: 1280, height: 720 }
/** How many times slower a small computer behind a television is. */
const SLOWER = 4
const FRAMES_MS = 16_000
/** Of a drift between two fades. */
const DRIFT_MS = 8_000
/** The longest pace leaves a drift alone for so long; fades take two seconds. */
const CALM = `${ORIGIN}/wall/?pace=30`
const BUSY = `${ORIGIN}/wall/?pace=4`

/** Two pictures that fade into each other every four seconds and drift, and nothing else. */
const REFERENCE = `<!doctype html><style>
  body { margin: 0; background: #0e0e0e; overflow: hidden }
  div { position: fixed; inset: 0; overflow: hidden; contain: strict }
  img { width: 100%; height: 100%; object-fit: cover }
</style><script type="module">
  let n = 1
  const next = async () => {
    const img = new Image()
    img.src = '/photo/night/view/IMG_' + (n += 1) + '.webp'
    await img.decode()
    const layer = document.createElement('div')
    layer.className = 'slide'
    layer.append(img)
    img.animate([{ transform: 'scale(1.017)' }, { transform: 'translate(.5%, .5%) scale(1.04)' }], { duration: 11600, fill: 'both' })
    document.body.append(layer)
    await layer.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 1800, fill: 'backwards' }).finished
    while (document.body.firstElementChild !== layer) document.body.firstElementChild.remove()
  }
  setInterval(next, 4000)
  await next()
</script>`

/** What a drift would cost that is none of the compositor's. */
const RESTLESS =
  '@keyframes shake { to { margin-left: 3px } } .place img { animation: shake 1s infinite alternate }'

/** @returns the mean time of a frame, ms */
const frameOf = (page: Page): Promise<number> =>
  // As text: these are the page's own.
  page.evaluate<number>(`new Promise((done) => {
    const frames = []
    const next = (at) => {
      frames.push(at)
      if (at - frames[0] < ${FRAMES_MS}) return void requestAnimationFrame(next)
      done((at - frames[0]) / (frames.length - 1))
    }
    requestAnimationFrame(next)
  })`)

export const wallFrames: Bench = {
  name: 'wall',
  title: `Frames of a wall at ${SCREEN.width}x${SCREEN.height} with a ${SLOWER} times slower processor, and what a drift lays out and paints`,
  unit: 'ms',
  warmUp: 0,
  rounds: 3,
  limits: [
    { kind: 'ratio', of: 'a frame of the wall', to: 'a frame of two pictures that fade', most: 1.4 },
    { kind: 'ratio', of: 'a drift', to: 'control: a drift by margin', most: 0.02 },
  ],
  async open() {
    const browser = await openChromium()
    const [views, webs] = [await pictures(1280), await pictures(2048)]
    async function onPage<T>(url: string, measured: (page: Page) => Promise<T>): Promise<T> {
      const context = await browser.newContext({ viewport: SCREEN, serviceWorkers: 'block' })
      try {
        const page = await context.newPage()
        await serve(page, views, webs, { '/reference': REFERENCE })
        await page.goto(url)
        await page.locator('.slide').first().waitFor()
        const session = await context.newCDPSession(page)
        await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
        return await measured(page)
      } finally {
        await context.close()
      }
    }
    const drift = (style?: string) =>
      onPage(CALM, async (page) => {
        if (style !== undefined) await page.addStyleTag({ content: style })
        // The first fade is over.
        await wait(4_000)
        return workOf(browser, page)
      })
    return {
      contenders: [
        { name: 'a frame of the wall', run: () => onPage(BUSY, frameOf) },
        { name: 'a frame of two pictures that fade', run: () => onPage(`${ORIGIN}/reference`, frameOf) },
        { name: 'a drift', unit: 'layouts and paints', run: () => drift() },
        { name: 'control: a drift by margin', unit: 'layouts and paints', run: () => drift(RESTLESS) },
      ],
      close: () => browser.close(),
    }
  },
}

/** @returns how often the page was laid out or painted within a drift */
async function workOf(browser: Browser, page: Page): Promise<number> {
  await browser.startTracing(page, {
    categories: ['disabled-by-default-devtools.timeline', 'devtools.timeline'],
  })
  await wait(DRIFT_MS)
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: { name: string }[]
  }
  return traceEvents.filter(({ name }) => name === 'Layout' || name === 'Paint').length
}
