import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaveBrowser, openBrowser, SCREENS, visit } from '../fixtures/browser/browser.ts'
import { nameOf, onStage, tile } from './app.ts'
import { filled } from './filled.ts'
import { pinch, swipe, twice } from './fingers.ts'
import { resize } from './window.ts'

/** What a hand does beyond deciding: looking closer, selecting, carrying an edit on, and arranging the screen. */
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => leaveBrowser(browser))

test('the hand: follows the finger, looks closer and stays there, selects in a stroke, keeps its place', async () => {
  const daemon = await filled(12)
  try {
    const { page, troubles } = await visit(browser, `${daemon.url}/admin/`, {
      screen: 'portrait',
      touch: true,
      moving: true,
    })
    const [first, second, third] = [nameOf(12), nameOf(11), nameOf(10)]
    await tile(page, first).tap()
    await onStage(page, first)

    // A short stroke goes back and decides nothing; it says what a longer one would do.
    await swipe(page, 0, -50, async () => {
      const photo = page.locator('[data-testid=stage] .photo').first()
      // The last of a stroke comes to the page with its next frame.
      await expect.poll(() => photo.evaluate((one) => getComputedStyle(one).transform)).toContain('-50')
      expect(await page.getByTestId('swipe-hint').getAttribute('class')).not.toContain('sure')
    })
    await page.getByTestId('swipe-hint').waitFor({ state: 'detached' })
    await swipe(page, -120, 0, () => page.locator('[data-testid=swipe-hint].sure').waitFor())
    await onStage(page, second)
    await swipe(page, 120, 0)
    await onStage(page, first)
    expect((await daemon.get('/api/live')).body.total).toBe(0)

    // Two taps look closer where they fell, and the next photo is looked at in the same place.
    const box = (await page.locator('[data-testid=stage] .photo').first().boundingBox())!
    const at = { x: box.x + box.width * 0.25, y: box.y + box.height * 0.75 }
    await twice(page, at)
    const closer = () =>
      page
        .locator('[data-testid=stage] [data-testid=closer]')
        .first()
        .evaluate((one) => {
          const whole = one.getBoundingClientRect()
          const room = one.closest('[data-testid=room]')!.getBoundingClientRect()
          const x = (room.left + room.width / 2 - whole.left) / whole.width
          const y = (room.top + room.height / 2 - whole.top) / whole.height
          return [x, y, whole.width].map((value) => Math.round(value * 100) / 100)
        })
    await page.locator('[data-testid=closer][data-there]').waitFor()
    const place = await closer()
    expect(place[0]).toBeCloseTo(0.25, 1)
    // As far down as the photo reaches.
    expect(place[1]).toBeGreaterThan(0.6)
    await page.getByTestId('next').tap()
    await onStage(page, second)
    await page.locator('[data-testid=closer][data-there]').waitFor()
    expect(await closer()).toEqual(place)
    await page.getByTestId('zoom').tap()
    await page.locator('[data-testid=closer]').waitFor({ state: 'detached' })

    // Two fingers that spread do the same; a little is nothing, and together they go back.
    await pinch(page, 100, 115)
    expect(await page.locator('[data-testid=closer]').count()).toBe(0)
    await pinch(page, 80, 120, 200)
    await page.locator('[data-testid=closer][data-there]').waitFor()
    await pinch(page, 200, 120, 80)
    await page.locator('[data-testid=closer]').waitFor({ state: 'detached' })
    await swipe(page, 120, 0)
    await onStage(page, first)
    await swipe(page, -120, 0)
    await onStage(page, second)
    expect((await daemon.get('/api/live')).body.total).toBe(0)

    // Turning the device keeps the photo and the tile in view.
    await resize(page, SCREENS.landscape)
    await onStage(page, second)
    await expect.poll(() => tile(page, second).isVisible()).toBe(true)
    await resize(page, SCREENS.portrait)
    await onStage(page, second)

    // A rest on a tile begins a selection, and the finger draws it on.
    const [one, two] = [(await tile(page, first).boundingBox())!, (await tile(page, third).boundingBox())!]
    const cdp = await page.context().newCDPSession(page)
    const finger = (type: 'touchStart' | 'touchMove' | 'touchEnd', target: typeof one | null) =>
      cdp.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: target ? [{ x: target.x + target.width / 2, y: target.y + target.height / 2 }] : [],
      })
    await finger('touchStart', one)
    await page.getByTestId('picked').waitFor()
    await finger('touchMove', { ...one, x: one.x + 20 })
    await finger('touchMove', two)
    await finger('touchEnd', null)
    await expect.poll(() => page.locator('[data-testid=tile][aria-selected=true]').count()).toBe(3)
    await page.getByTestId('star-4').last().tap()
    await expect
      .poll(async () => {
        const { images } = (await daemon.get('/api/buffer')).body as { images: { rating: number }[] }
        return images.filter(({ rating }) => rating === 4).length
      })
      .toBe(3)
    await page.getByTestId('select-none').tap()
    expect(troubles).toEqual([])
  } finally {
    await daemon.end()
  }
})

test('an edit is carried to what is selected, and dividers and the other hand stay as they were put', async () => {
  const daemon = await filled(6)
  try {
    const { page, troubles } = await visit(browser, `${daemon.url}/admin/`, { screen: 'desktop' })
    await tile(page, nameOf(6)).click()
    await onStage(page, nameOf(6))
    for (let n = 0; n < 6; n++) await page.keyboard.press(']')
    await page.keyboard.press('c')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('v')
    const exposures = async () => {
      const { images } = (await daemon.get('/api/buffer')).body as {
        images: { edit: { exposure: number } }[]
      }
      return images.map(({ edit }) => edit.exposure)
    }
    await expect.poll(exposures).toEqual([0.3, 0.3, 0.3, 0.3, 0, 0])
    await page.keyboard.press('Escape')

    const divider = page.getByTestId('divider-left')
    const before = (await page.locator('.inbox').boundingBox())!.width
    const line = (await divider.boundingBox())!
    await page.mouse.move(line.x, line.y + 300)
    await page.mouse.down()
    await page.mouse.move(line.x + 60, line.y + 300)
    await page.mouse.up()
    await divider.focus()
    await page.keyboard.press('ArrowRight')
    const wide = (await page.locator('.inbox').boundingBox())!.width
    expect(wide - before).toBeCloseTo(76, 0)
    await page.getByTestId('tab-more').click()
    await page.getByTestId('hand-left').click()
    await page.reload()
    await tile(page, nameOf(6)).waitFor()
    expect((await page.locator('.inbox').boundingBox())!.width).toBe(wide)
    const [skip, publish] = [page.getByTestId('skip'), page.getByTestId('publish')]
    expect((await publish.boundingBox())!.x).toBeLessThan((await skip.boundingBox())!.x)
    expect(troubles).toEqual([])
  } finally {
    await daemon.end()
  }
})
