import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MARK_POSITIONS } from '../../daemon/contract/output-settings.ts'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { difference } from '../fixtures/photos/colour.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

/** The watermark as the app shows it, against what is published, in a real browser. */
const LONG = process.env['LONG_TESTS'] === '1'
let browser: Browser
let daemon: RunningDaemon
let page: Page
let troubles: string[]
const SIZES = { 'LYING.JPG': [2600, 1734], 'STANDING.JPG': [1734, 2600] } as const
type Name = keyof typeof SIZES

beforeAll(async () => {
  browser = await openBrowser()
  daemon = await startDaemon()
  await daemon.post('/api/hold-settings', { hold_seconds: 0 })
  for (const [name, [width, height]] of Object.entries(SIZES)) {
    const photo = sharp(await makeJpeg({ seed: width, width, height })).blur(1.2)
    await daemon.drop(name, await photo.jpeg({ quality: 95 }).toBuffer())
  }
  const logo = sharp(Buffer.from([255, 60, 0, 255, 255, 255, 255, 128, 0, 90, 255, 255, 0, 0, 0, 0]), {
    raw: { width: 2, height: 2, channels: 4 },
  })
  const body = new FormData()
  const png = await logo.resize(300, 200, { kernel: 'cubic' }).png().toBuffer()
  body.append('file', new Blob([new Uint8Array(png)]), 'logo.png')
  await fetch(`${daemon.url}/api/upload-watermark`, { method: 'POST', body, headers: { origin: daemon.url } })
  ;({ page, troubles } = await visit(browser, `${daemon.url}/admin/`, { dense: LONG ? 2 : 1 }))
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
})

async function show(name: Name): Promise<void> {
  await page.locator(`[data-testid=tile][data-filename="${name}"]`).click()
  await page.locator(`[data-testid=stage][data-filename="${name}"] img.picture.loaded`).waitFor()
}

/** What stands on the stage, once it shows the present watermark. */
async function seen(): Promise<{ width: number; height: number; data: Buffer }> {
  const { key } = (await daemon.get('/api/status')).body.finish
  const overlay = page.locator(`[data-testid=stage-overlay][src*="/${key}/"]`)
  await overlay.waitFor()
  await overlay.evaluate((image) => (image as HTMLImageElement).decode())
  const clip = (await page.getByTestId('stage').locator('.frame').boundingBox())!
  const { data, info } = await sharp(await page.screenshot({ clip }))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

async function published(
  filename: Name,
  { width, height }: { width: number; height: number },
): Promise<Buffer> {
  const { body } = await daemon.post('/api/publish', { filename })
  const path = join(daemon.data, 'photos_web', body.published_as)
  return sharp(path).resize(width, height, { fit: 'fill' }).raw().toBuffer()
}

const set = async (change: object) =>
  expect((await daemon.post('/api/watermark-settings', { enabled: true, ...change })).status).toBe(200)
const MARKS = [
  { type: 'image', scale_percentage: 40, opacity: 0.9 },
  { type: 'text', text: '婚禮攝影 Wedding', text_font_size: 90, opacity: 1 },
] as const

/** Every position is looked at on one of the two, in pairs of an image and a text; on both with LONG_TESTS=1. */
test.each(['LYING.JPG', 'STANDING.JPG'] as const)(
  'on %s the mark looks in the app as it is published, wherever it stands',
  async (name) => {
    await show(name)
    const half = name === 'LYING.JPG' ? 0 : 1
    let last: { mean: number; p99: number } | null = null
    let before: Buffer | null = null
    for (const [i, position] of MARK_POSITIONS.entries()) {
      if (!LONG && Math.floor(i / 2) % 2 !== half) continue
      const mark = MARKS[i % 2]!
      await set({ ...mark, position, custom_x: 35, custom_y: 62 })
      const stage = await seen()
      const print = await published(name, stage)
      const { mean, p99 } = difference(stage.data, print)
      expect({ position, mean: mean <= 2 || mean, p99: p99 <= 6 || p99 }).toEqual({
        position,
        mean: true,
        p99: true,
      })
      // The control: the measure distinguishes the print with the mark in its earlier position from this one.
      if (before?.length === stage.data.length) last = difference(stage.data, before)
      if (last) expect(last.p99, position).toBeGreaterThan(6)
      before = print
    }
    expect(troubles).toEqual([])
  },
)

test('in the settings the mark is dragged into place, and is published there', async () => {
  await set({ ...MARKS[1], position: 'bottom-right' })
  await page.getByTestId('tab-more').click()
  // Alone on the page: no section above it that is still loading moves it under the hand.
  await page.getByTestId('find-setting').fill('watermark')
  const handle = page.getByTestId('mark-handle')
  await handle.waitFor()
  await handle.scrollIntoViewIfNeeded()
  const box = (await page.getByTestId('mark-preview').boundingBox())!
  const from = (await handle.boundingBox())!
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 })
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.3, { steps: 5 })
  await page.mouse.up()
  await page.getByTestId('mark-custom').waitFor()
  await page.getByTestId('mark-save').click()
  await page.getByTestId('watermark').getByRole('status').waitFor()
  const stored = (await daemon.get('/api/watermark-settings')).body
  expect(stored.position).toBe('custom')
  expect(Math.abs(stored.custom_x - 40)).toBeLessThan(1.5)
  expect(Math.abs(stored.custom_y - 30)).toBeLessThan(1.5)
  expect(troubles).toEqual([])
})

test('a live photo whose watermark changed is offered as an update', async () => {
  const { page } = await visit(browser, `${daemon.url}/admin/`)
  await daemon.drop('LIVE.JPG', await makeJpeg({ seed: 9 }))
  await page.locator('[data-testid=tile][data-filename="LIVE.JPG"]').click()
  await page.getByTestId('publish').click()
  await page.locator('[data-testid=live-item][data-filename="LIVE.jpg"]').waitFor()
  await page.getByTestId('filter-all').click()
  await page.locator('[data-testid=tile][data-filename="LIVE.JPG"]').click()
  await set({ ...MARKS[1], text: 'Another' })
  await expect.poll(() => page.getByTestId('publish').innerText()).toContain('Update')
})
