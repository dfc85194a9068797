import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp, { type Sharp } from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { applyChange, editKey, NEUTRAL } from '../../daemon/contract/recipe.ts'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

let browser: Browser
let daemon: RunningDaemon
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => leaveBrowser(browser))
beforeEach(async () => {
  daemon = await startDaemon()
  // The publish delay has a test of their own.
  await daemon.post('/api/hold-settings', { hold_seconds: 0 })
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await daemon.end()
})

const tile = (page: Page, filename: string) => page.locator(`[data-testid=tile][data-filename="${filename}"]`)
const live = (page: Page, filename: string) =>
  page.locator(`[data-testid=live-item][data-filename="${filename}"]`)

async function shoot(name: string, seed: number): Promise<void> {
  const photo = await makeJpeg({ seed })
  await writeFile(join(daemon.data, 'photos_buffer', name), photo)
}
const published = (name: string) => sharp(join(daemon.data, 'photos_web', name))

/** Fails the moment the page is loaded again. */
async function forbidReload(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  return async () => expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
}

test('by keyboard: a shot shows up, is turned and brightened, published, and reaches a guest, all without a reload', async () => {
  const { page, troubles } = await visit(browser, `${daemon.url}/admin/`, { worker: true })
  const guest = await visit(browser, `${daemon.url}/gallery/`, { screen: 'phone', touch: true })
  await page.getByTestId('first-run').waitFor()
  const checks = [await forbidReload(page), await forbidReload(guest.page)]

  await shoot('IMG_1.JPG', 1)
  await tile(page, 'IMG_1.JPG').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('r')
  for (let i = 0; i < 4; i += 1) await page.keyboard.press(']')
  await page.keyboard.press('Enter')
  await live(page, 'IMG_1.jpg').waitFor()
  await tile(guest.page, 'IMG_1.jpg').first().waitFor()

  const { width, height } = await published('IMG_1.jpg').metadata()
  expect([width, height]).toEqual([400, 600])
  const { images } = (await daemon.get('/api/buffer')).body
  expect(images[0].edit).toMatchObject({ rotation: 90 })
  expect(images[0].edit.exposure).toBeGreaterThan(0)

  await live(page, 'IMG_1.jpg').getByTestId('unpublish').click()
  await live(page, 'IMG_1.jpg').waitFor({ state: 'detached' })
  await tile(guest.page, 'IMG_1.jpg').first().waitFor({ state: 'detached' })
  for (const check of checks) await check()
  expect([...troubles, ...guest.troubles]).toEqual([])
})

test('by touch, on an iPad: a tap shows the photo, a thumb publishes it, and a guest sees it', async () => {
  const { page, troubles } = await visit(browser, `${daemon.url}/admin/`, {
    screen: 'landscape',
    touch: true,
  })
  const guest = await visit(browser, `${daemon.url}/gallery/`, { screen: 'phone', touch: true })
  const check = await forbidReload(page)
  await shoot('IMG_1.JPG', 1)
  await shoot('IMG_2.JPG', 2)
  await tile(page, 'IMG_1.JPG').tap()
  await page.getByTestId('rotate').tap()
  await page.getByTestId('publish').tap()
  await live(page, 'IMG_1.jpg').waitFor()
  await tile(guest.page, 'IMG_1.jpg').first().waitFor()
  const { width, height } = await published('IMG_1.jpg').metadata()
  expect([width, height]).toEqual([400, 600])
  await check()
  expect([...troubles, ...guest.troubles]).toEqual([])
})

test('by touch, on a phone: the tabs lead through the same', async () => {
  const { page, troubles } = await visit(browser, `${daemon.url}/admin/`, { screen: 'phone', touch: true })
  await shoot('IMG_1.JPG', 1)
  await tile(page, 'IMG_1.JPG').tap()
  await page.getByTestId('publish').tap()
  await expect.poll(async () => (await daemon.get('/api/live')).body.total).toBe(1)
  const back = page.getByTestId('stage-close')
  if (await back.isVisible()) await back.tap()
  await page.getByTestId('tab-published').tap()
  await live(page, 'IMG_1.jpg').waitFor()
  expect(troubles).toEqual([])
})

test('two assistants see the same, and pressing at once publishes once', async () => {
  const one = await visit(browser, `${daemon.url}/admin/`)
  const two = await visit(browser, `${daemon.url}/admin/`)
  await shoot('IMG_1.JPG', 1)
  for (const { page } of [one, two]) {
    await tile(page, 'IMG_1.JPG').waitFor()
    await page.keyboard.press('ArrowRight')
  }
  await Promise.all([one.page.keyboard.press('Enter'), two.page.keyboard.press('Enter')])
  for (const { page } of [one, two]) await live(page, 'IMG_1.jpg').waitFor()
  expect((await daemon.get('/api/live')).body.total).toBe(1)
  expect([...one.troubles, ...two.troubles]).toEqual([])
})

test('ten photos are published without a mouse, each once', async () => {
  const { page, troubles } = await visit(browser, `${daemon.url}/admin/`)
  for (let n = 1; n <= 10; n += 1) await shoot(`IMG_${n}.JPG`, n)
  await expect.poll(async () => (await daemon.get('/api/buffer')).body.total).toBe(10)
  await page.locator('[data-testid=tile]').nth(9).waitFor()
  await page.keyboard.press('ArrowRight')
  for (let n = 1; n <= 10; n += 1) {
    const pressed = await page.evaluate(() => performance.now())
    await page.keyboard.press('Enter')
    // The page takes an Enter within 350 ms for the tail of the one before; a publish may be quicker than that.
    await page.waitForFunction((at) => performance.now() - at > 500, pressed)
    await expect.poll(async () => (await daemon.get('/api/live')).body.total).toBe(n)
  }
  const names = (await daemon.get('/api/live')).body.images.map(
    (image: { original: string }) => image.original,
  )
  expect(new Set(names).size).toBe(10)
  expect(troubles).toEqual([])
})

test('what the assistant sees is what guests get', async () => {
  const { page } = await visit(browser, `${daemon.url}/admin/`)
  await shoot('IMG_1.JPG', 5)
  await tile(page, 'IMG_1.JPG').waitFor()
  await page.keyboard.press('ArrowRight')
  const change = { exposure: 0.7, straighten: 4, rotation: 180 } as const
  await daemon.post('/api/edit', { filename: 'IMG_1.JPG', edit: change })
  const drawn = `[data-of=preview][data-edit="${editKey(applyChange(NEUTRAL, change))}"]`
  await page.locator(`[data-testid=stage] [data-testid=developed]${drawn}`).waitFor()
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  const box = await page.getByTestId('stage').locator('.frame').boundingBox()
  expect(box).not.toBeNull()
  const { width, height } = await published('IMG_1.jpg').metadata()
  expect(box!.width / box!.height).toBeCloseTo(width / height, 2)
  // Blurred and small, so that the browser's own scaling and sharpening do not count, only tone and geometry.
  const small = (image: Sharp) => image.removeAlpha().resize(48, 32, { fit: 'fill' }).blur(1).raw().toBuffer()
  const seen = await small(sharp(await page.screenshot({ clip: box! })))
  const differenceTo = async (image: Sharp) => {
    const other = await small(image)
    return seen.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / seen.length
  }
  expect(await differenceTo(published('IMG_1.jpg'))).toBeLessThan(4)
  // The control: the measure distinguishes a print with another exposure, or another angle, from the right one.
  for (const wrong of [{ exposure: 0.2 }, { straighten: -4 }, { rotation: 0 }]) {
    const reply = await daemon.post('/api/publish', {
      filename: 'IMG_1.JPG',
      ...change,
      ...wrong,
    })
    expect(await differenceTo(published(reply.body.published_as as string))).toBeGreaterThan(6)
  }
})

test('a refused publish is shown until it is dealt with', async () => {
  const { page } = await visit(browser, `${daemon.url}/admin/`)
  await shoot('IMG_1.JPG', 1)
  await tile(page, 'IMG_1.JPG').waitFor()
  await page.keyboard.press('ArrowRight')
  const { rm } = await import('node:fs/promises')
  await rm(join(daemon.data, 'photos_buffer', 'IMG_1.JPG'))
  await page.keyboard.press('Enter')
  await page.getByTestId('conflict').first().waitFor()
  expect(await page.getByTestId('conflict').first().innerText()).toContain('IMG_1.JPG')
})

test('a device on the network gets in by the code, and stays in', async () => {
  const stranger = await startDaemon(['--no-trust-loopback'])
  try {
    const { page } = await visit(browser, `${stranger.url}/admin/`, { screen: 'portrait', touch: true })
    await page.getByTestId('code').fill(stranger.codes[0]!)
    await page.getByTestId('pair').tap()
    await page.getByTestId('first-run').waitFor()
    await page.reload()
    await page.getByTestId('first-run').waitFor()
  } finally {
    await stranger.end()
  }
})

test('the bytes that guests get carry no metadata of the camera', async () => {
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1, camera: 'Canon EOS RP', serial: '12345' }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  const bytes = await readFile(join(daemon.data, 'photos_web', 'IMG_1.jpg'))
  expect(bytes.includes('12345')).toBe(false)
})
