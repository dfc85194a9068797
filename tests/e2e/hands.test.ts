import type { Browser, Page } from 'playwright-core'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, SCREENS, visit, type Screen } from '../fixtures/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos.ts'
import { resize } from './window.ts'

/** Twenty photos culled and published by touch alone, and by keyboard alone, on each of the four screens. */
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

const PHOTOS = 20
const START = Date.now() - 3_600_000
const nameOf = (n: number) => `IMG_${String(n).padStart(4, '0')}.JPG`
/** Newest first, as the inbox has them. */
const ORDER = Array.from({ length: PHOTOS }, (_, n) => nameOf(PHOTOS - n))

const jpegs = Promise.all(
  Array.from({ length: PHOTOS }, (_, n) => makeJpeg({ seed: n + 1, width: 480, height: 320 })),
)

async function filled(count = PHOTOS): Promise<RunningDaemon> {
  const daemon = await startDaemon()
  await Promise.all(
    (await jpegs)
      .slice(0, count)
      .map((jpeg, n) => daemon.drop(nameOf(n + 1), jpeg, new Date(START + n * 10_000))),
  )
  return daemon
}

const onStage = (page: Page, filename: string) =>
  page.locator(`[data-testid=stage][data-filename="${filename}"]`).waitFor()
const tile = (page: Page, filename: string) => page.locator(`[data-testid=tile][data-filename="${filename}"]`)
/** The page takes a second decision right after one for the tail of it; and Chromium makes no click of a tap that comes
 * within half a second of a stroke that was made by a program. */
const PAUSE = { keys: 400, touch: 900 } as const
async function pause(page: Page, milliseconds: number): Promise<void> {
  const wanted = { from: await page.evaluate(() => performance.now()), milliseconds }
  await page.waitForFunction(({ from, milliseconds }) => performance.now() - from > milliseconds, wanted)
}

type Decision = 'publish' | 'skip' | 'reject'
const decisionOf = (n: number): Decision => (n % 5 === 3 ? 'skip' : n % 5 === 4 ? 'reject' : 'publish')

/** Goes through all twenty as decided, and looks at what the daemon has then. */
async function cull(
  daemon: RunningDaemon,
  page: Page,
  by: keyof typeof PAUSE,
  decide: (decision: Decision, n: number) => Promise<void>,
): Promise<void> {
  for (const [n, filename] of ORDER.entries()) {
    await onStage(page, filename)
    if (n > 0) await pause(page, PAUSE[by])
    await decide(decisionOf(n), n)
  }
  const wanted = (decision: Decision) => ORDER.filter((_, n) => decisionOf(n) === decision).sort()
  const state = async () => {
    const { images } = (await daemon.get('/api/buffer')).body as {
      images: { filename: string; seen: boolean; live: string[] }[]
    }
    const rejected = (await daemon.get('/api/buffer?state=trashed')).body.images as { filename: string }[]
    return {
      published: images
        .filter(({ live }) => live.length === 1)
        .map(({ filename }) => filename)
        .sort(),
      seen: images
        .filter(({ seen }) => seen)
        .map(({ filename }) => filename)
        .sort(),
      rejected: rejected.map(({ filename }) => filename).sort(),
      live: (await daemon.get('/api/live')).body.total as number,
    }
  }
  await expect.poll(state, { timeout: 60_000 }).toEqual({
    published: wanted('publish'),
    seen: wanted('skip'),
    rejected: wanted('reject'),
    live: wanted('publish').length,
  })
}

/** A finger drawn over the photo, as the browser itself reports fingers. */
async function swipe(page: Page, dx: number, dy: number, halfway?: () => Promise<void>): Promise<void> {
  const box = (await page.getByTestId('room').boundingBox())!
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const cdp = await page.context().newCDPSession(page)
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: from.x + dx * share, y: from.y + dy * share }],
    })
  await send('touchStart', 0)
  for (const share of [0.2, 0.5, 0.8, 1]) await send('touchMove', share)
  await halfway?.()
  await send('touchEnd', 1)
  await cdp.detach()
}

/** Two taps a tenth of a second apart, however long it takes to say so. */
async function twice(page: Page, at: { x: number; y: number }): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const first = Date.now() / 1000
  for (const [type, later] of [
    ['touchStart', 0],
    ['touchEnd', 0.02],
    ['touchStart', 0.1],
    ['touchEnd', 0.12],
  ] as const)
    await cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [at],
      timestamp: first + later,
    })
  await cdp.detach()
}

/** Two fingers on the photo, whose space goes from the first to the last of these, CSS pixels. */
async function pinch(page: Page, ...spaces: number[]): Promise<void> {
  const box = (await page.getByTestId('room').boundingBox())!
  const cdp = await page.context().newCDPSession(page)
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', space: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: [-0.5, 0.5]
        .map((side) => ({ x: box.x + box.width / 2 + side * space, y: box.y + box.height / 2 }))
        .slice(0, type === 'touchEnd' ? 0 : 2),
    })
  await send('touchStart', spaces[0]!)
  for (const space of spaces.slice(1)) await send('touchMove', space)
  await send('touchEnd', 0)
  await cdp.detach()
}

/** The others, too, with LONG_TESTS=1. */
const ALL = process.env['LONG_TESTS'] === '1' ? (Object.keys(SCREENS) as Screen[]) : null
for (const screen of ALL ?? (['phone', 'landscape'] as const))
  test(`by touch alone on ${screen}`, async () => {
    const daemon = await filled()
    try {
      const { page, context, troubles } = await visit(browser, `${daemon.url}/admin/`, {
        screen,
        touch: true,
      })
      await tile(page, ORDER[0]!).tap()
      await cull(daemon, page, 'touch', async (decision, n) => {
        // By gesture and by button in turn: each gesture has a button.
        const gesture = n % 2 === 0
        if (decision === 'publish' && gesture) await swipe(page, 0, -130)
        else if (decision === 'skip' && gesture) await swipe(page, 0, 130)
        else await page.getByTestId(decision).tap()
      })
      expect(troubles).toEqual([])
      await context.close()
    } finally {
      await daemon.end()
    }
  })

for (const screen of ALL ?? (['portrait', 'desktop'] as const))
  test(`by keyboard alone on ${screen}`, async () => {
    const daemon = await filled()
    try {
      const { page, context, troubles } = await visit(browser, `${daemon.url}/admin/`, { screen })
      if (screen === 'phone') {
        // There the list comes first: the keyboard reaches the tile and opens it.
        await tile(page, ORDER[0]!).waitFor()
        await tile(page, ORDER[0]!).focus()
        await page.keyboard.press('o')
      }
      const keys = { publish: 'Enter', skip: 's', reject: 'x' }
      await cull(daemon, page, 'keys', (decision) => page.keyboard.press(keys[decision]))
      expect(troubles).toEqual([])
      await context.close()
    } finally {
      await daemon.end()
    }
  })

test('the hand: follows the finger, looks closer and stays there, selects in a stroke, keeps its place', async () => {
  const daemon = await filled(12)
  try {
    const { page, troubles } = await visit(browser, `${daemon.url}/admin/`, {
      screen: 'portrait',
      touch: true,
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

    // So do two fingers that spread; a little is nothing, and together they go back.
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
