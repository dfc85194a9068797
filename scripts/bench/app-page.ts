import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { CHROMIUM } from '../prerequisites.mjs'
import { readMade, type Made } from './bare-page.ts'
import { quantile } from './statistics.ts'

export const SCREEN = { width: 1194, height: 834 }
/** How many times slower an old iPad is. */
export const SLOWER = 4
const IDLE_MS = 30_000
export const TAPS = 40
/** Between two taps: as quick as a person goes through a burst. */
const PACE_MS = 250

export async function openChromium(): Promise<Browser> {
  const executablePath = CHROMIUM.find((path) => existsSync(path))
  if (executablePath === undefined) throw new Error('Chromium is not installed: npm run verify installs it')
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
  ]
  return chromium.launch({ executablePath, args })
}

export interface AppFigures {
  /** From the start of the navigation to tiles and photo on the screen, milliseconds. */
  readonly firstScreen: number
  readonly elements: number
  readonly heapMB: number
  /** 95th percentiles, milliseconds. */
  readonly scroll: number
  readonly next: number
  readonly slider: number
  readonly idleKB: number
  /** What the first screen was made of. */
  readonly made: Made
}

/** Notes when the first screen can be used: tiles with their pictures, the photo, and a frame after them. */
const WATCH = `
  const look = () => {
    const tiles = document.querySelectorAll('[data-testid=tile] img.loaded').length
    if (tiles >= 12 && document.querySelector('[data-testid=stage] img.loaded'))
      requestAnimationFrame(() => (window.firstScreen = performance.now()))
    else requestAnimationFrame(look)
  }
  look()`

/** Scrolls the inbox by a good half screen a frame and gives the time of each frame. */
const SCROLL = `new Promise((resolve) => {
  const list = document.querySelector('.inbox [role=listbox]')
  const frames = []
  let before = performance.now()
  const step = (now) => {
    frames.push(now - before)
    before = now
    if (frames.length > 150) resolve(frames.slice(1))
    else {
      list.scrollTop += frames.length < 75 ? 400 : -400
      requestAnimationFrame(step)
    }
  }
  requestAnimationFrame(step)
})`

/** From a tap on "next" to the frame after the whole photo was decoded. */
const NEXT = `new Promise((resolve) => {
  const stage = document.querySelector('[data-testid=stage]')
  const from = stage.dataset.filename
  const start = performance.now()
  document.querySelector('[data-testid=next]').click()
  const look = () => {
    if (stage.dataset.filename !== from && stage.querySelector('.photo img.loaded'))
      requestAnimationFrame(() => resolve(performance.now() - start))
    else requestAnimationFrame(look)
  }
  look()
})`

/** From a step of the exposure dial to the frame after the picture was drawn with it. */
const SLIDE = (value: number) => `new Promise((resolve) => {
  const dial = document.querySelector('[data-dial=exposure]')
  const drawn = () => document.querySelector('[data-testid=stage] [data-testid=developed]')?.dataset.edit
  const before = drawn()
  const start = performance.now()
  dial.value = '${value}'
  dial.dispatchEvent(new Event('input', { bubbles: true }))
  const look = () => {
    if (drawn() !== before) requestAnimationFrame(() => resolve(performance.now() - start))
    else requestAnimationFrame(look)
  }
  look()
})`

async function idleBytes(cdp: CDPSession): Promise<number> {
  let bytes = 0
  const finished = ({ encodedDataLength }: { encodedDataLength: number }) => (bytes += encodedDataLength)
  const framed = ({ response }: { response: { payloadData: string } }) =>
    (bytes += response.payloadData.length)
  await cdp.send('Network.enable')
  cdp.on('Network.loadingFinished', finished)
  cdp.on('Network.webSocketFrameReceived', framed)
  await wait(IDLE_MS)
  cdp.off('Network.loadingFinished', finished)
  cdp.off('Network.webSocketFrameReceived', framed)
  return bytes
}

const elementsOf = (page: Page) => page.evaluate<number>(`document.querySelectorAll('*').length`)
const p95 = (samples: readonly number[]) => quantile(samples, 0.95)

/** Opens the app on a new page and uses it. The first screen is measured with the processor slowed down four times,
 * as an old iPad is; the rest at the machine's own speed.
 * @param inbox how many photos the inbox holds: figures of a list that is still coming would mean little */
export async function measureApp(browser: Browser, url: string, inbox: number): Promise<AppFigures> {
  // The page's policy forbids what asks it from outside.
  const context = await browser.newContext({ viewport: SCREEN, bypassCSP: true })
  try {
    context.setDefaultTimeout(180_000)
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    await page.addInitScript(WATCH)
    await page.goto(`${url}/admin/`)
    await page.waitForFunction('window.firstScreen', undefined, { timeout: 60_000 })
    const firstScreen = await page.evaluate<number>('window.firstScreen')
    const made = await readMade(page)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    await page.waitForFunction(
      `document.querySelector('[data-testid=filter-inbox] .count').textContent === '${inbox}'`,
    )
    await wait(1_000)
    const idleKB = (await idleBytes(cdp)) / 1000

    const scroll = p95(await page.evaluate<number[]>(SCROLL))
    const elements = await elementsOf(page)
    const next: number[] = []
    for (let n = 0; n < TAPS; n++) {
      await wait(PACE_MS)
      next.push(await page.evaluate<number>(NEXT))
    }
    const slider: number[] = []
    for (let n = 0; n < TAPS; n++) slider.push(await page.evaluate<number>(SLIDE(0.05 * (n + 1))))
    await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    return {
      firstScreen,
      elements: Math.max(elements, await elementsOf(page)),
      heapMB: usedSize / 1e6,
      scroll,
      next: p95(next),
      slider: p95(slider),
      idleKB,
      made,
    }
  } finally {
    await context.close()
  }
}
