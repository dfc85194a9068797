import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

let browser: Browser
let daemon: RunningDaemon
beforeAll(async () => {
  browser = await openBrowser()
  daemon = await startDaemon()
})
afterAll(async () => {
  await daemon.end()
  await leaveBrowser(browser)
})

test('a guest’s page shows a photo without asking for it, and one that is taken out no more', async () => {
  for (const n of [1, 2]) await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  const { page, context, troubles } = await visit(browser, `${daemon.url}/gallery/`, { screen: 'phone' })
  await page.locator('[data-filename="IMG_1.jpg"]').first().waitFor()
  await expect.poll(async () => (await daemon.get('/api/status')).body.guests.here).toBe(1)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await daemon.post('/api/publish', { filename: 'IMG_2.JPG' })
  await page.locator('[data-filename="IMG_2.jpg"]').first().waitFor()
  await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg' })
  await page.locator('[data-filename="IMG_1.jpg"]').first().waitFor({ state: 'detached' })
  expect(asked.filter((path) => path.endsWith('.json'))).toEqual([])
  expect(troubles).toEqual([])
  await context.close()
  await expect.poll(async () => (await daemon.get('/api/status')).body.guests.here).toBe(0)
})
