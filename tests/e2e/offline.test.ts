import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { leaveBrowser, openBrowser } from '../fixtures/browser/browser.ts'
import { useDaemonAtPort } from './at-port.ts'

/** A little longer than the app takes a second press for the tail of the first, milliseconds. */
const SETTLED_MS = 400
/** Photos that are turned and then decided about, before the page is closed and once more after it: with LONG_TESTS=1
 * that makes sixty decisions. */
const [REJECTED, PUBLISHED] = process.env['LONG_TESTS'] === '1' ? [7, 8] : [2, 2]
const PHOTOS = REJECTED + PUBLISHED

const { daemon, port, startAgain, startAnother, shoot, counts } = useDaemonAtPort()

describe('in Chromium', () => {
  let browser: Browser
  let context: BrowserContext
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => leaveBrowser(browser))
  afterEach(() => context.close())

  async function open(): Promise<{ page: Page; troubles: string[] }> {
    context ??= await browser.newContext()
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('pageerror', (error) => troubles.push(String(error)))
    await page.goto(`${daemon.url}/admin/`)
    return { page, troubles }
  }
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1194, height: 834 } })
  })

  /** The page is looked after by its worker, and has written down what it shows. */
  async function prepared(page: Page, count: number): Promise<void> {
    await page.getByTestId('tile').first().waitFor()
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    const kept = () =>
      page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const opening = indexedDB.open('live-event-photography')
            opening.onsuccess = () => {
              const asked = opening.result.transaction('photos').objectStore('photos').count()
              asked.onsuccess = () => {
                opening.result.close()
                resolve(asked.result)
              }
            }
          }),
      )
    await expect.poll(kept).toBe(count)
  }

  /** Turns half of the photos but one, rejects some of them, and publishes the others. */
  async function decide(page: Page): Promise<void> {
    const press = (key: string) => page.keyboard.press(key)
    const stage = page.getByTestId('stage')
    for (const key of [
      ...Array<string>(REJECTED).fill('Delete'),
      ...Array<string>(PUBLISHED).fill('Enter'),
    ]) {
      const before = await stage.getAttribute('data-filename')
      await page.waitForTimeout(SETTLED_MS)
      await press('r')
      await press(key)
      await expect.poll(() => stage.getAttribute('data-filename')).not.toBe(before)
    }
  }
  const waiting = (page: Page, count: number) =>
    page.locator(`[data-testid=pending-count][data-count="${count}"]`).waitFor()

  test(`${4 * PHOTOS} decisions without the daemon, the page closed in the middle, are done exactly once each`, async () => {
    await shoot(2 * PHOTOS + 1)
    const first = await open()
    await prepared(first.page, 2 * PHOTOS + 1)
    await first.page.locator('[data-testid=stage] img.loaded').waitFor()
    const { images } = (await daemon.get('/api/buffer')).body as { images: { preview: string }[] }
    const [seen, unseen] = [images.at(0)!, images.at(-1)!]
    const isHere = (path: string) => first.page.evaluate((path) => caches.match(path).then(Boolean), path)
    await expect.poll(() => isHere(seen.preview)).toBe(true)
    const before = await counts()
    await daemon.stop()
    await first.page.getByTestId('away').waitFor()
    await decide(first.page)
    await waiting(first.page, 2 * PHOTOS)
    await first.page.close()

    const second = await open()
    await second.page.getByTestId('away').waitFor()
    await waiting(second.page, 2 * PHOTOS)
    // What was seen can still be seen, and what was decided is shown so.
    await second.page.locator('[data-testid=tile] img.loaded').first().waitFor()
    const answers = (path: string) =>
      second.page.evaluate(
        (path) =>
          fetch(path).then(
            ({ ok }) => ok,
            () => false,
          ),
        path,
      )
    expect(await answers(seen.preview)).toBe(true)
    expect(await answers(unseen.preview)).toBe(false)
    await expect
      .poll(() => second.page.getByTestId('filter-inbox').innerText())
      .toMatch(new RegExp(`${PHOTOS + 1}$`))
    await decide(second.page)
    await waiting(second.page, 4 * PHOTOS)
    expect(await second.page.getByTestId('pending-count').innerText()).toContain(String(4 * PHOTOS))
    expect(await second.page.getByTestId('away').innerText()).toContain(`127.0.0.1:${port()}`)

    // Each publish is done, and then its answer is lost once.
    const lost = new Map<string, string>()
    await second.page.route('**/api/publish', async (route) => {
      const { request_id: id, filename } = route.request().postDataJSON() as Record<string, string>
      const response = await route.fetch()
      if (lost.has(id!)) await route.fulfill({ response })
      else {
        lost.set(id!, filename!)
        await route.abort('connectionreset')
      }
    })
    await startAgain()
    await second.page.getByTestId('pending-count').waitFor({ state: 'detached', timeout: 200_000 })
    await second.page.getByTestId('away').waitFor({ state: 'detached' })
    // A publish has its delay first.
    await expect.poll(async () => (await daemon.get('/api/live')).body.total).toBe(2 * PUBLISHED)
    expect(lost.size).toBe(2 * PUBLISHED)
    await expect
      .poll(async () => {
        const now = await counts()
        const done = (name: keyof typeof now) => now[name] - before[name]
        return { edited: done('edited'), moved: done('moved'), published: done('published') }
      })
      .toEqual({ edited: 2 * PHOTOS, moved: 2 * REJECTED, published: 2 * PUBLISHED })
    const live = (await daemon.get('/api/live')).body.images as { edit: { rotation: number } }[]
    expect(live.every(({ edit }) => edit.rotation === 90)).toBe(true)
    // In the order in which they were decided.
    const names = [...lost.values()]
    expect(names).toEqual(names.toSorted().reverse())
    expect((await daemon.get('/api/buffer?state=trashed')).body.total).toBe(2 * REJECTED)
    expect(await second.page.getByTestId('conflict').count()).toBe(0)
    expect([...first.troubles, ...second.troubles]).toEqual([])
  }, 400_000)

  test('a conflict is shown in words, outlives a reload, and ends when it is dropped', async () => {
    await shoot(2)
    const { page } = await open()
    await prepared(page, 2)
    await daemon.stop()
    await page.getByTestId('away').waitFor()
    await page.waitForTimeout(SETTLED_MS)
    await page.keyboard.press('Enter')
    await waiting(page, 1)
    expect(await page.getByTestId('tile-waits').count()).toBe(0)
    await page.getByTestId('filter-all').click()
    await page.getByTestId('tile-waits').waitFor()
    await startAnother()
    await page.getByTestId('conflict').waitFor()
    expect(await page.getByTestId('conflict').innerText()).toMatch(/Publish IMG_02\.JPG/)
    await page.reload()
    await page.getByTestId('conflict').waitFor()
    await page.getByTestId('conflict-drop').click()
    await page.getByTestId('conflict').waitFor({ state: 'detached' })
    await page.reload()
    await page.getByTestId('tile').or(page.getByTestId('first-run')).first().waitFor()
    expect(await page.getByTestId('conflict').count()).toBe(0)
  })

  test('the app can be installed, its worker stays within it, and a device that is sent away keeps no picture', async () => {
    await shoot(1)
    const { page } = await open()
    await prepared(page, 1)
    const session = await context.newCDPSession(page)
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual(
      [],
    )
    const manifest = await session.send('Page.getAppManifest')
    expect(manifest.errors).toEqual([])
    expect(new URL(manifest.url).pathname).toBe('/admin/manifest.webmanifest')
    for (const picture of await page
      .locator('link[rel=apple-touch-startup-image], link[rel=apple-touch-icon]')
      .all())
      expect((await daemon.get((await picture.getAttribute('href'))!)).headers.get('content-type')).toBe(
        'image/png',
      )
    const worker = await daemon.get('/admin/sw.js')
    expect(worker.headers.get('cache-control')).toBe('no-cache')
    expect(worker.headers.get('content-type')).toMatch(/javascript/)
    expect(worker.headers.get('content-security-policy')).toContain("worker-src 'self'")

    await page.locator('[data-testid=stage] img.loaded').waitFor()
    const cached = () =>
      page.evaluate(async () => {
        const all = await Promise.all(
          (await caches.keys()).map(async (name) =>
            (await (await caches.open(name)).keys()).map(({ url }) => url),
          ),
        )
        return all.flat()
      })
    await expect.poll(async () => (await cached()).some((url) => url.includes('/media/'))).toBe(true)
    const paths = (await cached()).map((url) => new URL(url).pathname)
    expect(paths.filter((path) => !/^\/(admin\/|media\/[^/]+\/(tile|preview)-)/.test(path))).toEqual([])

    // Beside the app, the address of an API call or a guest's page is never answered by the app.
    const guest = await context.newPage()
    await guest.goto(`${daemon.url}/gallery/`)
    expect(await guest.locator('#app').count()).toBe(0)

    await page.route('**/api/*', (route) =>
      route.fulfill({ status: 401, json: { error: { code: 'not_paired', message: 'No' }, detail: 'No' } }),
    )
    await page.evaluate(() => fetch('/api/me'))
    await page.keyboard.press('r')
    await expect.poll(cached).toEqual([])
    await expect
      .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length))
      .toBe(0)
  })
})
