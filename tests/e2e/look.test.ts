import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { closeDialog, onStage, tile } from './app.ts'

/** A look from the stage to what comes in, on an iPad that stands. */
let browser: Browser
let daemon: RunningDaemon
let page: Page
beforeAll(async () => {
  browser = await openBrowser()
  daemon = await startDaemon()
  for (const n of [1, 2, 3]) await shoot(n)
  ;({ page } = await visit(browser, `${daemon.url}/admin/`, { screen: 'portrait' }))
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
})

/** Photos of one scene, some seconds apart. */
async function shoot(n: number) {
  const takenAt = new Date(Date.now() - 60_000 + n * 5000)
  const exposure = { f: 2.8, time: [1, 125], iso: 800 } as const
  const jpeg = await makeJpeg({ seed: n, takenAt, make: 'Canon', camera: 'EOS R5', exposure })
  return daemon.drop(`IMG_${n}.JPG`, jpeg, takenAt)
}
async function edits(): Promise<Record<string, object>> {
  const { images } = (await daemon.get('/api/buffer')).body
  return Object.fromEntries(
    images.map((photo: { filename: string; edit: object }) => [photo.filename, photo.edit]),
  )
}

test('correcting one photo offers its scene, which follows and comes back as one', async () => {
  await tile(page, 'IMG_3.JPG').click()
  await onStage(page, 'IMG_3.JPG')
  await page.getByTestId('edit').click()
  await page.getByTestId('rotate').click()
  await page.keyboard.press(']')
  await page.getByTestId('scene').click()
  await expect.poll(async () => (await edits())['IMG_1.JPG']).toMatchObject({ exposure: 0.05, rotation: 0 })
  expect((await edits())['IMG_3.JPG']).toMatchObject({ exposure: 0.05, rotation: 90 })
  await page.getByTestId('undo').click()
  await expect.poll(async () => (await edits())['IMG_1.JPG']).toMatchObject({ exposure: 0 })
  expect((await edits())['IMG_2.JPG']).toMatchObject({ exposure: 0 })
})

test('a look is saved from the stage, given to another photo, and then to whatever comes in', async () => {
  await page.getByTestId('looks-open').click()
  await page.getByTestId('look-name').fill('Evening')
  await page.getByTestId('look-save').click()
  await page.getByTestId('looks-Evening').getByTestId('unfold').click()
  await page.getByTestId('from-now-on-all').check()
  await closeDialog(page)
  await page.getByText('New frames get the look “Evening”.').waitFor()
  await tile(page, 'IMG_2.JPG').click()
  await onStage(page, 'IMG_2.JPG')
  await page.getByTestId('look-Evening').click()
  await expect.poll(async () => (await edits())['IMG_2.JPG']).toMatchObject({ exposure: 0.05, rotation: 0 })
  expect((await shoot(4)).edit).toMatchObject({ exposure: 0.05, rotation: 0 })
  await page.getByTestId('incoming-look-stop').click()
  await page.getByTestId('incoming-look').waitFor({ state: 'detached' })
  expect((await shoot(5)).edit).toMatchObject({ exposure: 0 })
})
