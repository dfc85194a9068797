import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'

/** A phone on a crowded mobile network, as Lighthouse pretends one. */
const SCREEN = { width: 412, height: 823 }
const DENSITY = 2.625
const SLOWER = 4
const LATENCY_MS = 150
const BYTES_PER_SECOND = 1_600_000 / 8
/** Nothing was fetched for this long: the page is done. Longer than a question and its answer take. */
const QUIET_MS = 2_000

export interface GuestFigures {
  readonly kB: number
  readonly requests: number
  /** Largest Contentful Paint, ms after the start of the navigation. */
  readonly lcp: number
  /** Cumulative Layout Shift, whole visit. */
  readonly shift: number
  readonly elements: number
  readonly heapMB: number
}

export interface NewPhotoFigures {
  /** What a new photo costs a guest at the top of the page, and one who has scrolled. */
  readonly top: number
  readonly scrolled: number
  readonly shift: number
}

const WATCH = `
  window.seen = { lcp: 0, shift: 0 }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.seen.lcp = entry.startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })`

interface Visit {
  readonly page: Page
  readonly cdp: CDPSession
  /** Bytes and requests since the last time that it was asked. */
  taken(): { bytes: number; requests: number }
  /** Resolves when nothing is under way, and nothing has begun for a while. */
  quiet(): Promise<void>
  close(): Promise<void>
}

async function open(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({
    viewport: SCREEN,
    deviceScaleFactor: DENSITY,
    isMobile: true,
    hasTouch: true,
  })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  let bytes = 0
  let requests = 0
  let lastAt = 0
  const underWay = new Set<string>()
  cdp.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!/^https?:/.test(request.url)) return
    underWay.add(requestId)
    requests += 1
    lastAt = performance.now()
  })
  const ended = ({ requestId }: { requestId: string }) => {
    underWay.delete(requestId)
    lastAt = performance.now()
  }
  cdp.on('Network.loadingFinished', (event) => {
    bytes += event.encodedDataLength
    ended(event)
  })
  cdp.on('Network.loadingFailed', ended)
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: LATENCY_MS,
    downloadThroughput: BYTES_PER_SECOND,
    uploadThroughput: BYTES_PER_SECOND,
  })
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await page.addInitScript(WATCH)
  await page.goto(url)
  return {
    page,
    cdp,
    taken() {
      const now = { bytes, requests }
      bytes = requests = 0
      return now
    },
    async quiet() {
      lastAt = performance.now()
      while (underWay.size > 0 || performance.now() - lastAt < QUIET_MS) await wait(50)
    },
    close: () => context.close(),
  }
}

const seen = (page: Page) => page.evaluate<{ lcp: number; shift: number }>('window.seen')
const FIRST = '[data-testid=latest] img.in'

/** The first view of the gallery, from an empty cache until nothing more is fetched. */
export async function firstView(browser: Browser, url: string): Promise<GuestFigures> {
  const visit = await open(browser, url)
  const { page, cdp } = visit
  try {
    await page.waitForSelector(FIRST)
    await visit.quiet()
    const { bytes, requests } = visit.taken()
    const { lcp, shift } = await seen(page)
    await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    const elements = await page.evaluate<number>(`document.querySelectorAll('*').length`)
    return { kB: bytes / 1000, requests, lcp, shift, elements, heapMB: usedSize / 1_000_000 }
  } finally {
    await visit.close()
  }
}

/** Publishes two photos under a guest's eyes.
 * @param publish publishes the next one; resolves with its public name */
export async function newPhotos(
  browser: Browser,
  url: string,
  publish: () => Promise<string>,
): Promise<NewPhotoFigures> {
  const visit = await open(browser, url)
  const { page } = visit
  try {
    await page.waitForSelector(FIRST)
    await visit.quiet()
    visit.taken()
    const name = await publish()
    await page.waitForSelector(`[data-testid=latest] [data-filename="${name}"] img.in`)
    await visit.quiet()
    const top = visit.taken().bytes / 1000
    const { shift } = await seen(page)
    await page.evaluate(`scrollTo(0, innerHeight * 3)`)
    await visit.quiet()
    visit.taken()
    await publish()
    await page.waitForSelector('[data-testid=new-pill]:not([hidden])')
    await visit.quiet()
    return { top, scrolled: visit.taken().bytes / 1000, shift }
  } finally {
    await visit.close()
  }
}
