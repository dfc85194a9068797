import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaveBrowser, openBrowser, type Screen } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { dropScenes } from '../fixtures/photos/scenes.ts'
import { backToList, nameOf, tile as tileOf } from './app.ts'
import { openLooks, type Looks } from './looks.ts'

/** Every main screen, in both languages on the four screens; unless LONG_TESTS=1 each on a phone and on one of the other
 * three, which take turns. What shows rarely is in `states.test.ts`. */
let browser: Browser
let daemon: RunningDaemon
let looks: Looks
const look = (state: string, bring: (page: Page, screen: Screen) => Promise<unknown>) =>
  looks.look(state, ({ page, screen }) => bring(page, screen))

beforeAll(async () => {
  browser = await openBrowser()
  daemon = await startDaemon()
  looks = await openLooks(browser, `${daemon.url}/admin/`, 'screens', ['phone en', 'landscape zh'])
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
})

const phone = (screen: Screen) => screen === 'phone'
const tile = (page: Page, n: number) => tileOf(page, nameOf(n))
const loaded = (page: Page) => page.locator('[data-testid=stage] img.loaded').first().waitFor()
async function open(page: Page, n: number): Promise<void> {
  await backToList(page)
  await tile(page, n).click()
  await loaded(page)
}

test('the first run', () => look('01-first-run', (page) => page.getByTestId('first-run').waitFor()))

test('the inbox and the photo', async () => {
  await looks.turnTo(['phone en', 'portrait zh'])
  // Eight pages that follow every arrival would keep the machine busy with nothing that is looked at.
  for (const { page } of looks.all) await page.goto('about:blank')
  await dropScenes(daemon, 18)
  await daemon.post('/api/rate', { filename: 'IMG_0016.JPG', rating: 4 })
  await daemon.post('/api/rate', { filename: 'IMG_0014.JPG', pick: true, rating: 5 })
  for (const n of [1, 2, 3, 4, 5]) await daemon.post('/api/publish', { filename: `IMG_000${n}.JPG` })
  await look('02-inbox', async (page) => {
    await page.goto(`${daemon.url}/admin/`)
    await tile(page, 18).waitFor()
    await tile(page, 16).locator('img.loaded').waitFor()
  })
  await look('03-photo', async (page) => {
    await open(page, 16)
    // The photo stands in the middle of its room.
    const middle = async (within: string) => {
      const { x, y, width, height } = (await page.locator(within).boundingBox())!
      return { x: x + width / 2, y: y + height / 2 }
    }
    const [room, photo] = [await middle('[data-testid=room]'), await middle('[data-testid=room] .photo')]
    expect([Math.abs(room.x - photo.x) <= 1, Math.abs(room.y - photo.y) <= 1]).toEqual([true, true])
  })
})

test('editing', async () => {
  await looks.turnTo(['phone en', 'landscape zh'])
  await daemon.post('/api/edit', {
    filename: 'IMG_0014.JPG',
    edit: { exposure: 0.6, warmth: 0.3, straighten: 2 },
  })
  await look('04-edit', async (page) => {
    await open(page, 14)
    for (const button of ['edit-more', 'edit'])
      if (await page.getByTestId(button).isVisible()) await page.getByTestId(button).click()
    await page.getByTestId('warmth').waitFor()
  })
  await look('05-crop', async (page) => {
    await page.getByTestId('crop-open').click()
    await page.getByTestId('shape-4:3').click()
  })
  await look('06-zoom', async (page) => {
    await page.getByTestId('crop-done').click()
    await page.getByTestId('zoom').click()
    await page.locator('[data-testid=developed][data-of=full]').waitFor()
  })
  await look('07-before', async (page) => {
    await page.getByTestId('zoom').click()
    await page.getByTestId('before').click()
  })
  for (const { page } of looks.all) await page.getByTestId('before').click()
})

test('choosing several, searching, other lists', async () => {
  await looks.turnTo(['phone en', 'desktop en'])
  await look('08-selection', async (page) => {
    await backToList(page)
    await page.getByTestId('select-mode').click()
    for (const n of [17, 15, 13]) await tile(page, n).click()
  })
  await look('09-search', async (page) => {
    await page.getByTestId('select-none').click()
    await page.getByTestId('search').click()
    await page.getByTestId('search-name').fill('001')
  })
  await look('10-nothing-found', (page) => page.getByTestId('search-name').fill('nothing'))
  await look('11-published-filter', async (page) => {
    await page.getByTestId('search').click()
    await page.getByTestId('filter-published').click()
    await tile(page, 5).waitFor()
  })
  await look('12-trash-empty', (page) => page.getByTestId('filter-trash').click())
  await look('13-live', async (page, screen) => {
    await page.getByTestId('filter-inbox').click()
    if (!phone(screen)) return false
    return page.getByTestId('tab-published').click()
  })
})

test('more, help, and how the screen is held', async () => {
  await looks.turnTo(['phone en', 'portrait zh'])
  await look('14-more', (page) => page.getByTestId('tab-more').click())
  await look('15-screen', async (page) => {
    await page.getByTestId('screen-section').scrollIntoViewIfNeeded()
    await page.getByTestId('hand-left').click()
    await page.getByTestId('light').fill('0.6')
  })
  await look('16-left-hand', async (page, screen) => {
    if (phone(screen)) await page.getByTestId('tab-inbox').click()
    else await page.keyboard.press('Escape')
    await open(page, 12)
  })
  // All that follows is looked at in full light.
  for (const { page } of looks.all)
    await page.evaluate(() => document.documentElement.style.setProperty('--light', '1'))
  await look('17-keys', async (page) => {
    await page.keyboard.press('?')
    await page.locator('dialog[open]').waitFor()
  })
})

test('a failure stays, and the Mac that is away is told', async () => {
  expect(looks.troubles()).toEqual([])
  for (const { page } of looks.all) await page.keyboard.press('Escape')
  await daemon.post('/api/hold-settings', { hold_seconds: 0 })
  await rm(join(daemon.data, 'photos_buffer', 'IMG_0012.JPG'))
  // One after the other: what one page publishes the others wait for.
  for (const { page } of looks.all) {
    await page.getByTestId('publish').click()
    await page.getByTestId('failure').or(page.getByTestId('conflict')).first().waitFor()
  }
  await look('18-failure', (page) =>
    page.getByTestId('failure').or(page.getByTestId('conflict')).first().waitFor(),
  )
  await daemon.stop()
  await look('19-away', (page) => page.getByTestId('away').waitFor())
})
