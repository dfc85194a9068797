import type { Browser, Page } from 'playwright-core'
import { quantile } from './statistics.ts'

/** What the app's first screen is made of. */
export interface Made {
  /** Addresses of its scripts and styles. */
  readonly scripts: readonly string[]
  readonly styles: readonly string[]
  /** Its body as HTML, without scripts: the same elements, styles and pictures. */
  readonly body: string
}

/** Milliseconds. */
export interface BareFigures {
  readonly firstScreen: number
  /** A frame while it scrolls, 95th percentile. */
  readonly scroll: number
  /** From naming another picture, which was fetched ahead, to the frame after it was decoded, 95th percentile. */
  readonly next: number
  /** From making each byte of a picture brighter to the frame after it was drawn, 95th percentile. */
  readonly draw: number
}

/** Reads off an open app what its first screen is made of. */
export function readMade(page: Page): Promise<Made> {
  return page.evaluate<Made>(`(() => {
    const path = (url) => new URL(url, location.href).pathname
    const fetched = performance.getEntriesByType('resource').map(({ name }) => path(name))
    const body = document.body.cloneNode(true)
    for (const script of body.querySelectorAll('script')) script.remove()
    return {
      scripts: [...new Set(fetched.filter((name) => name.endsWith('.js')))],
      styles: [...new Set(fetched.filter((name) => name.endsWith('.css')))],
      body: body.outerHTML,
    }
  })()`)
}

/** Notes when everything is here: the scripts compiled, the pictures decoded, and a frame after them. */
const WATCH = `addEventListener('load', async () => {
  await Promise.all([...document.images].map((img) => img.decode().catch(() => undefined)))
  await compiled
  requestAnimationFrame(() => (window.firstScreen = performance.now()))
})`

/** Scripts are fetched and compiled, and not run. */
const compile = (scripts: readonly string[]) => `const compiled = Promise.all(${JSON.stringify(scripts)}.map(
  (href) => new Promise((resolve) => document.head.append(Object.assign(document.createElement('link'), {
    rel: 'modulepreload', href, onload: resolve, onerror: resolve,
  }))),
))`

function pageOf({ scripts, styles, body }: Made): string {
  const links = styles.map((href) => `<link rel="stylesheet" href="${href}">`)
  return `<!doctype html><html><head><title>Bare</title>${links.join('')}
    <script>${compile(scripts)}
    ${WATCH}</script></head>${body}</html>`
}

/** Scrolls by as much a frame as the app's list, past as many pictures. */
const SCROLL = `new Promise((resolve) => {
  const list = document.createElement('div')
  list.style.cssText = 'position: fixed; inset: 0; overflow: auto; background: #171717'
  const tiles = [...document.querySelectorAll('[data-testid=tile] img.loaded')].map((img) => img.src)
  for (let n = 0; n < 1200; n++) {
    const img = document.createElement('img')
    img.src = tiles[n % tiles.length]
    img.width = img.height = 150
    list.append(img)
  }
  document.body.append(list)
  const frames = []
  let before = performance.now()
  const step = (now) => {
    frames.push(now - before)
    before = now
    if (frames.length > 150) {
      list.remove()
      resolve(frames.slice(1))
    } else {
      list.scrollTop += frames.length < 75 ? 400 : -400
      requestAnimationFrame(step)
    }
  }
  requestAnimationFrame(step)
})`

const NEXT = (src: string) => `(async () => {
  await (await fetch(${JSON.stringify(src)})).arrayBuffer()
  const start = performance.now()
  const shown = document.createElement('img')
  shown.src = ${JSON.stringify(src)}
  await shown.decode()
  document.body.prepend(shown)
  await new Promise((go) => requestAnimationFrame(go))
  const took = performance.now() - start
  shown.remove()
  return took
})()`

const DRAW = (src: string, value: number) => `(async () => {
  const image = new Image()
  image.src = ${JSON.stringify(src)}
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth
  canvas.height = image.naturalHeight
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context.drawImage(image, 0, 0)
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height)
  document.body.prepend(canvas)
  const start = performance.now()
  const { data } = pixels
  for (let at = 0; at < data.length; at++) data[at] = data[at] * ${value}
  context.putImageData(pixels, 0, 0)
  await new Promise((go) => requestAnimationFrame(go))
  const took = performance.now() - start
  canvas.remove()
  return took
})()`

const p95 = (samples: readonly number[]) => quantile(samples, 0.95)

/** What the browser takes for a page with the same scripts, styles, pictures and elements that does nothing with them.
 * Time counts from the start of its navigation, as the app's does.
 * @param previews addresses of pictures to go through
 * @param screen CSS pixels; the first screen's processor is slowed down `slower` times */
export async function measureBare(
  browser: Browser,
  url: string,
  made: Made,
  previews: readonly string[],
  how: { screen: { width: number; height: number }; slower: number },
): Promise<BareFigures> {
  const context = await browser.newContext({ viewport: how.screen, bypassCSP: true })
  try {
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    // An address beside the app's own; what lies there does not matter.
    const address = `${url}/admin/bare`
    await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: pageOf(made) }))
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: how.slower })
    await page.goto(address)
    await page.waitForFunction('window.firstScreen')
    const firstScreen = await page.evaluate<number>('window.firstScreen')
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    const scroll = p95(await page.evaluate<number[]>(SCROLL))
    const next: number[] = []
    for (const src of previews) next.push(await page.evaluate<number>(NEXT(src)))
    const draw: number[] = []
    for (let n = 1; n <= previews.length; n++)
      draw.push(await page.evaluate<number>(DRAW(previews[0]!, 1 + n / 100)))
    return { firstScreen, scroll, next: p95(next), draw: p95(draw) }
  } finally {
    await context.close()
  }
}
