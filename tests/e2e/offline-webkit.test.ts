import { By, Key, until } from 'selenium-webdriver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missingForWebKit, openWebKit, type WebKit } from '../fixtures/browser/webkit.ts'
import { useDaemonAtPort } from './at-port.ts'

const WAIT_MS = 60_000

const { daemon, startAgain, shoot, counts } = useDaemonAtPort()

const missing = missingForWebKit()
if (missing !== null) console.warn(`\nThe tests in WebKit, the iPad's engine, do not run: ${missing}\n`) // eslint-disable-line no-console -- a skip must be heard

describe.skipIf(missing !== null && process.env['CI'] !== 'true')('in a real WebKit', () => {
  let webkit: WebKit
  beforeAll(async () => {
    webkit = await openWebKit()
  })
  afterAll(() => webkit?.end())
  const find = (selector: string) => webkit.driver.wait(until.elementLocated(By.css(selector)), WAIT_MS)
  const ask = <T>(script: string) => webkit.driver.executeScript<T>(script)
  const press = (key: string) => webkit.driver.actions().sendKeys(key).perform()

  test('decisions made without the daemon outlive a reload without it and are done once', async () => {
    await shoot(3)
    await webkit.size(1194, 834)
    await webkit.driver.get(`${daemon.url}/admin/`)
    await find('[data-testid=stage] img.loaded')
    await expect.poll(() => ask('return navigator.serviceWorker.controller !== null')).toBe(true)
    const kept = () =>
      webkit.driver.executeAsyncScript<number>(`const done = arguments[0]
        const opening = indexedDB.open('live-event-photography')
        opening.onsuccess = () => {
          const asked = opening.result.transaction('photos').objectStore('photos').count()
          asked.onsuccess = () => { opening.result.close(); done(asked.result) }
        }`)
    await expect.poll(kept).toBe(3)
    // The photo that comes next is looked at without the daemon: on a busy machine its picture may come late.
    const { images } = (await daemon.get('/api/buffer')).body as { images: { preview: string }[] }
    const isHere = (path: string) =>
      webkit.driver.executeAsyncScript<boolean>(
        `const [path, done] = arguments
        caches.match(path).then((found) => done(found !== undefined))`,
        path,
      )
    await expect.poll(() => isHere(images[1]!.preview)).toBe(true)
    const before = await counts()
    await daemon.stop()
    await find('[data-testid=away]')
    await press('r')
    await press(Key.ENTER)
    await find('[data-testid=pending-count][data-count="2"]')
    await webkit.driver.navigate().refresh()
    await find('[data-testid=away]')
    await find('[data-testid=pending-count][data-count="2"]')
    await find('[data-testid=stage] img.loaded')
    await startAgain()
    await expect.poll(() => ask(`return document.querySelector('[data-testid=pending-count]')`)).toBeNull()
    await expect
      .poll(async () => {
        const { edited, published } = await counts()
        return [edited - before.edited, published - before.published]
      })
      .toEqual([1, 1])
  })
})
