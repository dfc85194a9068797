import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leaveBrowser, openBrowser } from '../fixtures/browser/browser.ts'
import { hurry } from '../fixtures/browser/hurry.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { freePort } from '../fixtures/network/ports.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

/** How many times faster the wall's clock runs: its waits are what a test of it would spend. */
const FASTER = 5
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

let browser: Browser
let daemon: RunningDaemon
let port: number
let slug = ''
const startAt = (data?: string) => startDaemon(['--port', String(port)], data)
beforeAll(async () => {
  browser = await openBrowser()
  port = await freePort()
  daemon = await startAt()
  slug = (await daemon.get('/api/status')).body.event.slug
  await daemon.post('/api/event-settings', { event_title: 'Anna & Ben' })
  for (const n of [1, 2, 3])
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 600, height: 400 }))
})
afterAll(async () => {
  await daemon.end()
  await leaveBrowser(browser)
})

async function open(path = '/wall/?name=Bar', { locale = 'en-GB', calm = false } = {}) {
  const context = await browser.newContext({
    viewport: { width: 960, height: 540 },
    locale,
    reducedMotion: calm ? 'reduce' : 'no-preference',
  })
  await context.addInitScript(hurry, FASTER)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', ({ message }) => troubles.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/WebSocket|Failed to load resource/.test(message.text()))
      troubles.push(message.text())
  })
  await page.goto(`${daemon.url}${path}`)
  return { page, context, troubles }
}
const on = (page: Page, filename: string) => page.locator(`.place[data-filename="${filename}"]`)
/** @returns its public name */
const publish = async (n: number, more: object = {}): Promise<string> =>
  (await daemon.post('/api/publish', { filename: `IMG_${n}.JPG`, ...more })).body.published_as
const unpublish = (filename: string) => daemon.post('/api/unpublish', { filename })
const tell = (settings: object) => daemon.post('/api/walls', { action: 'change', wall: null, settings })
const ask = (filename: string) => daemon.post('/api/walls', { action: 'show', wall: null, filename })
/** What axe finds, by rule. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'))
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
    return (await axe.run()).violations.map(({ id }) => id)
  })
}

describe('a wall', () => {
  test('begins with the title and the guests’ code, shows what is published and lets go of what is taken out', async () => {
    const { page, context, troubles } = await open()
    expect(await page.getByTestId('plate-title').textContent()).toBe('Anna & Ben')
    await page.getByText('The first photos will appear here.').waitFor()
    await page.locator('.plate [data-testid=qr]').waitFor()
    expect(await faults(page)).toEqual([])

    await publish(1)
    await on(page, 'IMG_1.jpg').waitFor()
    const watching = async () => (await daemon.get('/api/status')).body.guests
    await expect.poll(watching).toMatchObject({ here: 0, walls: 1 })
    await page.locator('.plate').waitFor({ state: 'hidden' })
    expect(await page.locator('.marks [data-testid=qr]').getAttribute('data-url')).toContain(`/e/${slug}`)
    await publish(2)
    // The one before it goes once it is covered: here it is in the middle of the fade.
    await on(page, 'IMG_2.jpg').waitFor()
    expect(await on(page, 'IMG_1.jpg').count()).toBe(1)
    await unpublish('IMG_2.jpg')
    await on(page, 'IMG_2.jpg').waitFor({ state: 'detached' })
    await on(page, 'IMG_1.jpg').first().waitFor()
    // Another edit takes its place while it is on the wall.
    const again = await publish(1, { exposure: 1, replaces: 'IMG_1.jpg' })
    await on(page, again).first().waitFor()
    expect(await on(page, 'IMG_1.jpg').count()).toBe(0)
    await unpublish(again)
    // It may be fading into itself.
    await expect.poll(() => on(page, again).count()).toBe(0)
    await page.getByText('The first photos will appear here.').waitFor()
    expect(troubles).toEqual([])
    await context.close()
  })

  test('does what people want of it, in each layout', async () => {
    const others: string[] = []
    for (const n of [1, 2, 3]) others.push(await publish(n))
    const { page, context, troubles } = await open('/wall/?name=Bar', { calm: true })
    const walls = async () => (await daemon.get('/api/walls')).body.walls
    await expect.poll(walls).toMatchObject([{ name: 'Bar', width: 960, height: 540 }])
    await expect.poll(async () => (await walls())[0].shows).toMatch(/^IMG_/)
    await tell({ paused: true, clock: 'top-right', message: 'Dinner is served' })
    await page.getByText('Dinner is served').waitFor()
    await page.locator('[data-corner=top-right] [data-testid=clock]').waitFor()
    expect(await faults(page)).toEqual([])
    // Held, and shown even so: somebody asked for it.
    for (const filename of others) {
      await ask(filename)
      await expect.poll(async () => (await walls())[0].shows).toBe(filename)
    }
    for (const layout of ['latest', 'title', 'mosaic']) {
      await tell({ layout, paused: false })
      // A mosaic of three photos would be holes.
      await page.locator(`.wall[data-layout=${layout === 'mosaic' ? 'show' : layout}]`).waitFor()
      await page.locator('.place').first().waitFor()
    }
    await tell({ blank: true })
    await page.locator('.wall.is-blank').waitFor()
    await page.getByText('Dinner is served').waitFor()
    await tell({ blank: false, message: '', layout: 'show', clock: 'off' })
    await page.locator('.wall:not(.is-blank)').waitFor()
    expect(troubles).toEqual([])
    await context.close()
  })

  test('goes on without the network and with another daemon, and opens again while nobody answers', async () => {
    const { page, context } = await open('/wall/', { calm: true })
    const layers = page.locator('.slide')
    await layers.first().waitFor()
    await page.evaluate(() => navigator.serviceWorker.ready)
    // What came before the worker is asked for again by the next page.
    await page.reload()
    await layers.first().waitFor()
    const data = await daemon.stop().then(() => daemon.data)
    const shown = await page.locator('.place').last().getAttribute('data-filename')
    expect(shown).toMatch(/^IMG_/)
    await page.reload()
    await layers.first().waitFor()
    daemon = await startAt(data)
    await publish(3)
    await expect.poll(async () => (await daemon.get('/api/walls')).body.walls.length).toBe(1)
    await ask('IMG_3.jpg')
    await expect.poll(async () => (await daemon.get('/api/walls')).body.walls[0].shows).toBe('IMG_3.jpg')
    await context.close()
  })

  test('asks for the PIN that an event has now, and follows the event that is on', async () => {
    const { page, context } = await open('/wall/?lang=zh-Hant', { locale: 'zh-TW', calm: true })
    const here = await open(`/wall/e/${slug}#pin=4711`)
    await page.locator('.slide').first().waitFor()
    // Nothing moves for people who asked for less.
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
    const moving = () => here.page.evaluate(() => document.getAnimations().length)
    await expect.poll(moving).toBeGreaterThan(0)
    const access = (visibility: string, pin?: string) =>
      daemon.post('/api/events', { action: 'access', slug, visibility, ...(pin && { pin }) })
    await access('pin', '4711')
    // The address of the one has the PIN; the other stands at a front door that shows nothing any more.
    await here.page.locator('.slide').first().waitFor()
    await here.context.close()
    const asked = await open(`/wall/e/${slug}?lang=zh-Hant`)
    await asked.page.getByTestId('pin-form').waitFor()
    expect(await asked.page.locator('.slide').count()).toBe(0)
    expect(await faults(asked.page)).toEqual([])
    await asked.page.getByTestId('pin-input').fill('4711')
    await asked.page.keyboard.press('Enter')
    await asked.page.locator('.slide').first().waitFor()
    await asked.context.close()
    await access('front')
    await page.reload()
    await page.locator('.slide').first().waitFor()
    await daemon.post('/api/events', { action: 'open', title: 'The day after' })
    await expect.poll(() => page.getByTestId('plate-title').textContent()).toBe('The day after')
    await expect.poll(() => page.locator('.slide').count()).toBe(0)
    await page.getByText('第一批照片即將在這裡出現。').waitFor()
    await context.close()
  })
})
