import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { By, Key, type WebElement } from 'selenium-webdriver'
import sharp, { type Sharp } from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SCREENS } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { editKey } from '../../daemon/contract/recipe.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { missingForWebKit, openWebKit, type WebKit } from '../fixtures/browser/webkit.ts'

const missing = missingForWebKit()
if (missing !== null) console.warn(`\nThe tests in WebKit, the iPad's engine, do not run: ${missing}\n`) // eslint-disable-line no-console -- a skip must be heard

const WAIT_MS = 20_000
/** Half of them are culled by touch, half by key. */
const PHOTOS = process.env['LONG_TESTS'] === '1' ? 20 : 8

/** A build server may not pass by testing less: there, a WebKit that is missing is a failure, not a skip. */
describe.skipIf(missing !== null && process.env['CI'] !== 'true')('in a real WebKit', () => {
  let webkit: WebKit
  let daemon: RunningDaemon
  beforeAll(async () => {
    webkit = await openWebKit()
  })
  afterAll(() => webkit?.end())
  beforeEach(async () => {
    daemon = await startDaemon()
    await daemon.post('/api/hold-settings', { hold_seconds: 0 })
  })
  afterEach(() => daemon.end())

  /** The page may put another element in the place of one that was just found: then it is looked for again. */
  const find = (selector: string) =>
    webkit.driver.wait(
      () =>
        webkit.driver.findElement(By.css(selector)).catch((error: Error) => {
          if (['NoSuchElementError', 'StaleElementReferenceError'].includes(error.name)) return null
          throw error
        }),
      WAIT_MS,
    ) as Promise<WebElement>
  const ask = <T>(script: string) => webkit.driver.executeScript<T>(script)
  const press = (...keys: string[]) =>
    webkit.driver
      .actions()
      .sendKeys(...keys)
      .perform()

  /** Opens a page and remembers what goes wrong in it; a reload forgets, which shows. */
  async function visit(path: string): Promise<void> {
    await webkit.driver.get(daemon.url + path)
    await ask(`window.troubles = []
      addEventListener('error', (event) => troubles.push(event.message || event.target.src), true)
      addEventListener('unhandledrejection', (event) => troubles.push(String(event.reason)))`)
  }
  /** What went wrong on the page. A photo without a small picture of its own answers with nothing where one is asked
   * for. */
  const troubles = async () =>
    (await ask<string[] | null>('return window.troubles ?? null'))?.filter(
      (one) => !one.endsWith('/thumbnail.jpg'),
    )
  async function shoot(name: string, seed: number): Promise<void> {
    const photo = await makeJpeg({ seed })
    await writeFile(join(daemon.data, 'photos_buffer', name), photo)
  }
  const frame = () =>
    ask<{ x: number; y: number; width: number; height: number } | null>(
      `return document.querySelector('[data-testid=stage] .frame')?.getBoundingClientRect().toJSON() ?? null`,
    )
  /** The page as it is painted. A screenshot shows the last painted frame, so what has just changed waits for the
   * next. */
  async function picture(): Promise<Buffer> {
    await webkit.driver.executeAsyncScript(
      `const done = arguments[0]
       requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))`,
    )
    return Buffer.from(await webkit.driver.takeScreenshot(), 'base64')
  }
  /** The whole page fits: nothing is cut off at the right or below. */
  const overflow = () =>
    ask<number[]>(`const { scrollWidth, scrollHeight } = document.documentElement
      return [scrollWidth - innerWidth, scrollHeight - innerHeight]`)

  test('a shot shows up by itself, is turned and brightened by key, published, and reaches a guest', async () => {
    const { width, height } = SCREENS.portrait
    await webkit.size(width, height)
    await visit('/admin/')
    const desk = await webkit.driver.getWindowHandle()
    await find('[data-testid=first-run]')
    await webkit.driver.switchTo().newWindow('window')
    await visit('/gallery/')
    const guest = await webkit.driver.getWindowHandle()
    await webkit.driver.switchTo().window(desk)

    await shoot('IMG_1.JPG', 1)
    await find('[data-testid=tile][data-filename="IMG_1.JPG"]')
    await find('[data-testid=stage][data-filename="IMG_1.JPG"] img.loaded')
    await press('r', ']', ']', ']', ']')
    const developed = '[data-testid=stage] [data-testid=developed][data-of=preview]'
    await expect
      .poll(async () => {
        const { edit } = (await daemon.get('/api/buffer')).body.images[0]
        const drawn = await ask(`return document.querySelector('${developed}')?.dataset.edit ?? null`)
        return edit.rotation === 90 && drawn === editKey(edit)
          ? 'drawn as it is kept'
          : `drawn ${String(drawn)}, kept ${editKey(edit)}`
      })
      .toBe('drawn as it is kept')
    const box = (await frame())!
    const seen = await picture()
    expect(await overflow()).toEqual([0, 0])

    await press(Key.ENTER)
    await find('[data-testid=live-item][data-filename="IMG_1.jpg"]')
    const print = () => sharp(join(daemon.data, 'photos_web', 'IMG_1.jpg'))
    const { width: w, height: h } = await print().metadata()
    expect([w, h]).toEqual([400, 600])
    expect(box.width / box.height).toBeCloseTo(w / h, 2)

    // Blurred and small, so that only tone and geometry count, not the browser's own scaling.
    const small = (image: Sharp) =>
      image.removeAlpha().resize(32, 48, { fit: 'fill' }).blur(1).raw().toBuffer()
    const cut = { left: Math.round(box.x), top: Math.round(box.y) }
    const shown = await small(
      sharp(seen).extract({ ...cut, width: Math.round(box.width), height: Math.round(box.height) }),
    )
    const differenceTo = async (image: Sharp) => {
      const other = await small(image)
      return shown.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / shown.length
    }
    expect(await differenceTo(print())).toBeLessThan(4)
    // The control: the measure distinguishes the unedited tones, and a print upside down, from the right one.
    expect(await differenceTo(print().linear(0.7))).toBeGreaterThan(6)
    expect(await differenceTo(print().rotate(180))).toBeGreaterThan(6)
    expect(await troubles()).toEqual([])

    await webkit.driver.switchTo().window(guest)
    const shownToGuests = '[data-testid=tile][data-filename="IMG_1.jpg"] img'
    await find(shownToGuests)
    await expect
      .poll(() => ask(`return document.querySelector('${shownToGuests}')?.naturalHeight ?? 0`))
      .toBeGreaterThan(0)
    expect(await troubles()).toEqual([])
    await webkit.driver.close()
    await webkit.driver.switchTo().window(desk)
  })

  test(`${PHOTOS} photos are culled, half by touch and half by key`, async () => {
    const { width, height } = SCREENS.portrait
    await webkit.size(width, height)
    const start = Date.now() - 3_600_000
    const names = Array.from({ length: PHOTOS }, (_, n) => `IMG_${String(n + 1).padStart(4, '0')}.JPG`)
    await Promise.all(
      names.map(async (name, n) =>
        daemon.drop(name, await makeJpeg({ seed: n, width: 480, height: 320 }), new Date(start + n * 10_000)),
      ),
    )
    await visit('/admin/')
    // This driver's fingers arrive as a mouse, so the test sends the events of a finger.
    const swipe = (dy: number) =>
      ask(`const room = document.querySelector('[data-testid=room]')
        const { x, y, width, height } = room.getBoundingClientRect()
        const tell = (type, by) => room.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 7,
          pointerType: 'touch', isPrimary: true, button: type === 'pointermove' ? -1 : 0, buttons: 1,
          clientX: x + width / 2, clientY: y + height / 2 + by }))
        room.setPointerCapture = () => undefined
        tell('pointerdown', 0)
        for (const share of [0.2, 0.6, 1]) tell('pointermove', ${dy} * share)
        tell('pointerup', ${dy})`)
    for (const [n, name] of [...names].reverse().entries()) {
      await find(`[data-testid=stage][data-filename="${name}"] img`)
      // A decision right after one is taken for the tail of it.
      await webkit.driver.executeAsyncScript('setTimeout(arguments[0], 400)')
      const skips = n % 4 === 3
      if (n < PHOTOS / 2) await swipe(skips ? 130 : -130)
      else await press(skips ? 's' : Key.ENTER)
    }
    await expect
      .poll(
        async () => {
          const { images } = (await daemon.get('/api/buffer')).body as {
            images: { live: string[]; seen: boolean }[]
          }
          return [
            images.filter(({ live }) => live.length === 1).length,
            images.filter(({ seen }) => seen).length,
            (await daemon.get('/api/live')).body.total,
          ]
        },
        { timeout: 60_000 },
      )
      .toEqual([PHOTOS * 0.75, PHOTOS * 0.25, PHOTOS * 0.75])
    expect(await overflow()).toEqual([0, 0])
    expect(await troubles()).toEqual([])
  })

  test('a dialog lies within the screen, takes text, and closes by Esc', async () => {
    const { width, height } = SCREENS.landscape
    await webkit.size(width, height)
    await visit('/admin/')
    await shoot('IMG_1.JPG', 2)
    await find('[data-testid=stage][data-filename="IMG_1.JPG"] img.loaded')
    expect(await overflow()).toEqual([0, 0])
    await (await find('[data-testid=tab-more]')).click()
    const title = await find('dialog[open] [data-testid=event-title]')
    const { top, bottom } = await ask<{ top: number; bottom: number }>(
      `return document.querySelector('dialog[open]').getBoundingClientRect().toJSON()`,
    )
    expect(top).toBeGreaterThanOrEqual(0)
    expect(bottom).toBeLessThanOrEqual(height)
    // What lies below scrolls inside the dialog; the dialog itself and the page stay where they are.
    const last = await find('dialog[open] section:last-of-type button')
    await webkit.driver.executeScript('arguments[0].scrollIntoView({ block: "start" })', last)
    expect(
      await ask(
        `return [document.querySelector('dialog[open]').scrollTop, document.body.scrollTop, scrollY]`,
      ),
    ).toEqual([0, 0, 0])
    await title.clear()
    await title.sendKeys('海邊的婚禮')
    await title.submit()
    await expect
      .poll(async () => (await daemon.get('/api/event-settings')).body.event_title)
      .toBe('海邊的婚禮')
    await press(Key.ESCAPE)
    await expect.poll(() => ask(`return document.querySelector('dialog[open]')`)).toBeNull()
    expect(await troubles()).toEqual([])
  })
})
