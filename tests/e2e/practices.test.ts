import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { dropScenes } from '../fixtures/photos/scenes.ts'
import { faults } from './looks.ts'

/** What Lighthouse looks at under "best practices" and "accessibility" on a page's first load, with the same means
 * (the browser's own Log and Audits domains, axe), for each page that a person opens:
 *
 * - nothing in the console, no failed request, no issue in the Issues panel (deprecated APIs, policy, mixed content,
 *   cookies, quirks mode, form fields without a name);
 * - a doctype, a charset in the first kilobyte, a viewport that may be zoomed, a title and a language;
 * - a policy that holds: an inline script does not run;
 * - pictures in their own proportions, and with the pixels that they are shown with;
 * - text can be pasted into every field, and nobody is asked for a permission;
 * - axe finds no fault, however little.
 *
 * Not here: installability (`offline.test.ts`), HTTPS and its redirects (on a LAN by address, see `setup.test.ts`),
 * source maps, libraries with known holes. */
let browser: Browser
let daemon: RunningDaemon
/** Where this browser is a stranger: there the code page shows. */
let strangers: RunningDaemon
beforeAll(async () => {
  browser = await openBrowser()
  daemon = await startDaemon()
  strangers = await startDaemon(['--no-trust-loopback'])
  await dropScenes(daemon, 3)
  await daemon.post('/api/event-settings', { event_title: 'Mei & Tom' })
  await daemon.post('/api/publish', { filename: 'IMG_0002.JPG' })
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
  await strangers.end()
})

declare global {
  interface Window {
    /** What a person was asked leave for. */
    asked: string[]
  }
}
function countQuestions() {
  const asked: string[] = (window.asked = [])
  Notification.requestPermission = () => {
    asked.push('notifications')
    return Promise.resolve('denied')
  }
  Geolocation.prototype.getCurrentPosition = () => void asked.push('place')
  Geolocation.prototype.watchPosition = () => asked.push('place')
}

/** What the browser itself complains of, from the first byte on. */
async function complaintsOf(page: Page): Promise<string[]> {
  const complaints: string[] = []
  const session = await page.context().newCDPSession(page)
  session.on('Audits.issueAdded', ({ issue }) =>
    complaints.push(`${issue.code} ${JSON.stringify(issue.details).slice(0, 300)}`),
  )
  session.on('Log.entryAdded', ({ entry }) => {
    if (entry.level !== 'verbose' && entry.level !== 'info')
      complaints.push(`${entry.source}: ${entry.text} ${entry.url ?? ''}`)
  })
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await session.send('Log.enable')
  await session.send('Audits.enable')
  return complaints
}

const PAGES: readonly (readonly [name: string, path: string, ready: string])[] = [
  ['the app', '/admin/', '[data-testid=tile] img.loaded'],
  ['the gallery', '/gallery/', 'img'],
  ['the way in', '/setup', 'h1'],
  ['the sheets to print', '/connect/print', 'svg, img'],
  ['the code page', '/pair', 'input'],
]

for (const screen of ['phone', 'desktop'] as const)
  // The small pages are the same on both.
  test.each(screen === 'phone' ? PAGES : PAGES.slice(0, 2))(
    `%s keeps to good practice on a ${screen}`,
    async (_, path, ready) => {
      const isCode = path === '/pair'
      const url = `${isCode ? strangers.url : daemon.url}${path}`
      const html = await (await fetch(url)).text()
      expect(html).toMatch(/^<!doctype html>/i)
      expect(html.slice(0, 1024)).toMatch(/<meta charset="utf-8"/i)
      expect(html).not.toMatch(/user-scalable|maximum-scale/)

      const { page, context } = await visit(browser, 'about:blank', {
        screen,
        touch: screen === 'phone',
        dense: screen === 'phone' ? 3 : 1,
        first: countQuestions,
        worker: true,
      })
      const complaints = await complaintsOf(page)
      await page.goto(url, { waitUntil: 'networkidle' })
      await page.locator(ready).first().waitFor()
      // The code page asks whether this browser is in already, and that is refused.
      const isRefusal = (complaint: string) => isCode && complaint.includes('401')
      expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
      expect(await faults(page)).toEqual([])

      const facts = () =>
        page.evaluate(() => {
          const pictures = [...document.querySelectorAll('img')].filter(
            (image) => image.naturalWidth > 0 && image.clientWidth > 0,
          )
          const widthOf = ({ naturalWidth }: HTMLImageElement) => naturalWidth
          const shapeOf = (width: number, height: number) => width / height
          return {
            mode: document.compatMode,
            charset: document.characterSet,
            titled: document.title !== '' && document.documentElement.lang !== '',
            asked: window.asked,
            bent: pictures
              .filter((image) => getComputedStyle(image).objectFit === 'fill' && !image.src.includes('.svg'))
              .filter(
                (image) =>
                  Math.abs(
                    shapeOf(image.naturalWidth, image.naturalHeight) /
                      shapeOf(image.clientWidth, image.clientHeight) -
                      1,
                  ) > 0.05,
              )
              .map(({ src }) => src),
            // As Lighthouse: beyond three quarters of the screen's pixels nobody sees a difference. A finer one may lie
            // over the first.
            coarse: pictures
              .filter(
                (image) =>
                  Math.max(
                    ...pictures.filter((one) => one.parentElement === image.parentElement).map(widthOf),
                  ) <
                  image.clientWidth * Math.min(devicePixelRatio, 2) * 0.75,
              )
              .map(({ src, naturalWidth, clientWidth }) => `${src} ${naturalWidth} for ${clientWidth}`),
            unpasted: [...document.querySelectorAll('input, textarea')]
              .filter(
                (field) =>
                  !field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true })),
              )
              .map((field) => field.outerHTML),
          }
        })
      await expect.poll(facts).toEqual({
        mode: 'CSS1Compat',
        charset: 'UTF-8',
        titled: true,
        asked: [],
        bent: [],
        coarse: [],
        unpasted: [],
      })

      const ran = await page.evaluate(() => {
        const script = document.createElement('script')
        script.textContent = 'window.ranInline = true'
        document.body.append(script)
        return 'ranInline' in window
      })
      expect(ran).toBe(false)
      await context.close()
    },
  )
