import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { withKnownCamera } from '../fixtures/camera/camera-registry.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

/** The settings page and the status bar, in a real browser, on an iPad held upright. */
let browser: Browser
let daemon: RunningDaemon
let page: Page
let context: BrowserContext
let troubles: string[]

beforeAll(async () => {
  browser = await openBrowser()
  daemon = await startDaemon([], await withKnownCamera('camera:1', 'Canon EOS R5', 'SN1'))
  await daemon.drop('A.JPG', await makeJpeg({ seed: 1 }))
})
afterEach(async () => {
  expect(troubles).toEqual([])
  await context.close()
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
})

async function come(locale = 'en-GB'): Promise<void> {
  const options = { screen: 'portrait', touch: true, locale } as const
  ;({ page, context, troubles } = await visit(browser, `${daemon.url}/admin/`, options))
  await page.getByTestId('tile').first().waitFor()
  // What the daemon says of itself is there.
  await page.getByTestId('status-live').waitFor()
}
const open = () => page.getByTestId('tab-more').click()
const close = () => page.keyboard.press('Escape')

test('the words of every status cell can be read from a metre, none of them cut', async () => {
  await come()
  const words = page.locator('.cell .word:visible')
  expect(await words.count()).toBe(6)
  for (const word of await words.all()) {
    const { size, cut, text } = await word.evaluate((element) => ({
      size: Number.parseFloat(getComputedStyle(element).fontSize),
      cut: element.scrollWidth > element.clientWidth + 1,
      text: element.textContent,
    }))
    expect([text, size >= 20, cut]).toEqual([text, true, false])
  }
})

test('the event’s words, colour and credit reach the guests', async () => {
  await come()
  await open()
  await page.getByTestId('event-title').fill('Mei & Tom')
  await page.getByTestId('event-credit').fill('Chen Wei-Ting')
  await page.getByTestId('event-privacy').fill('Ask at the door.')
  await page.locator('.dot').nth(1).click()
  await page.getByTestId('event-save').click()
  await page.getByTestId('event-section').getByRole('status').waitFor()
  const guest = await visit(browser, `${daemon.url}/gallery/`)
  await guest.page.getByText('Photos: Chen Wei-Ting').waitFor()
  expect(await guest.page.getByTestId('privacy').innerText()).toBe('Ask at the door.')
  const accent = () =>
    guest.page.evaluate(() => document.documentElement.style.getPropertyValue('--event-accent'))
  expect(await accent()).toBe('#e0857a')
  await guest.context.close()
})

test('a setting is found by its words, in the language that is chosen', async () => {
  await come()
  await open()
  const find = page.getByTestId('find-setting')
  await find.fill('watermark')
  await expect.poll(() => page.getByTestId('watermark').isVisible()).toBe(true)
  expect(await page.getByTestId('folders').isVisible()).toBe(false)
  // Of a group of which another section answers.
  expect(await page.getByTestId('walls').isVisible()).toBe(true)
  expect(await page.getByTestId('connect').isVisible()).toBe(false)
  await find.fill('')
  await page.getByTestId('language-zh-Hant').click()
  await find.fill('浮水印')
  await expect.poll(() => page.getByTestId('folders').isVisible()).toBe(false)
  expect(await page.getByTestId('watermark').isVisible()).toBe(true)
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hant')
})

test('a folder is chosen by walking to it, made on the way, and kept', async () => {
  await come()
  await open()
  await page.getByTestId('pick-archive_folder').click()
  const picker = page.getByTestId('folder-picker')
  await picker.waitFor()
  await picker.getByRole('button').first().click()
  await expect.poll(() => page.getByTestId('folder-path').innerText()).toBe(daemon.data)
  await page.getByTestId('new-folder').click()
  await picker.locator('input').fill('SSD 2')
  await page.keyboard.press('Enter')
  const made = join(daemon.data, 'SSD 2')
  await expect.poll(() => page.getByTestId('folder-path').innerText()).toBe(made)
  await page.getByTestId('use-folder').click()
  expect(await page.getByTestId('folder-archive_folder').inputValue()).toBe(made)
  await page.getByTestId('folders-save').click()
  await page.getByTestId('folders').getByRole('status').waitFor()
  expect((await daemon.get('/api/folder-settings')).body.archive_folder).toBe(made)
})

test('publishing by itself shows a banner as long as it is on', async () => {
  await come()
  await open()
  await page.getByTestId('alone-camera:1').check()
  await close()
  const banner = page.getByTestId('unattended')
  await expect.poll(() => banner.innerText()).toContain('Canon EOS R5')
  await page.getByTestId('unattended-stop').click()
  await banner.waitFor({ state: 'detached' })
  expect((await daemon.get('/api/camera')).body.known[0].publish_after).toBeNull()
})

test('a file that is not taken says why in the language of the reader', async () => {
  await come('zh-TW')
  await writeFile(join(daemon.data, 'photos_buffer', 'x.gif'), 'GIF89a-and-more')
  await page.getByTestId('status-disk').click()
  await expect.poll(() => page.getByTestId('set-aside').innerText()).toContain('GIF 不是可以讀取的圖片格式。')
  await page.getByTestId('mend-folders').click()
  await page.getByTestId('folders').waitFor()
})

test('the live cell leads to the gallery on this network', async () => {
  await come('zh-TW')
  await daemon.post('/api/publish', { filename: 'A.JPG' })
  await expect.poll(() => page.getByTestId('status-live').innerText()).toContain('秒前')
  await page.getByTestId('status-live').click()
  expect(await page.getByTestId('gallery-here').getAttribute('href')).toContain('/gallery/')
})

test('the rehearsal goes the whole way once this page has shown its picture, and no photo is left of it', async () => {
  // The one before was published, and is in this list no more.
  await daemon.drop('B.JPG', await makeJpeg({ seed: 2 }))
  await come()
  await open()
  await page.getByTestId('rehearse-begin').click()
  await page.getByTestId('rehearse-light').getByText('Rehearsed on').waitFor()
  const rows = page.getByTestId('rehearse').locator('li')
  expect(await rows.count()).toBe(8)
  expect(await page.getByTestId('rehearse').locator('[data-state=bad]').count()).toBe(0)
  await close()
  expect(await page.getByTestId('tile').count()).toBe(1)
})
