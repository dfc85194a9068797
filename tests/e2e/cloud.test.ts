import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFolderStore } from '../../daemon/cloud/store/store-folder.ts'
import { leaveBrowser, openBrowser, SCREENS, visit, type Screen } from '../fixtures/browser/browser.ts'
import { startDaemon } from '../fixtures/daemon.ts'
import { allOf, startPages, type Objects } from '../fixtures/cloud/pages.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { resize } from './window.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => leaveBrowser(browser))

/** The smallest and the largest; every one with LONG_TESTS=1. */
const LOOKED_AT =
  process.env['LONG_TESTS'] === '1' ? (Object.keys(SCREENS) as Screen[]) : (['phone', 'desktop'] as const)
const NAMES = ['IMG_1.JPG', '婚禮 照片 (1).JPG', '100% #2.JPG']

test('what the daemon put into the bucket is a gallery and a wall on Pages, at the root and by the event’s name', async () => {
  const daemon = await startDaemon()
  /** What is in the bucket, once nothing waits and so many photos of the event are in its list and beside it. */
  const stored = async (prefix: string, count: number) => {
    let objects: Objects = {}
    const photos = async () => {
      const { waiting } = (await daemon.get('/api/status')).body.sync
      objects = await allOf(createFolderStore(join(daemon.data, 'bucket')))
      const head = JSON.parse(String(objects[`${prefix}/manifest.json`] ?? '{}')) as { total?: number }
      const views = Object.keys(objects).filter((key) => key.startsWith(`${prefix}/view/`))
      return [waiting, head.total, views.length]
    }
    await expect.poll(photos, { timeout: 30_000, interval: 50 }).toEqual([0, count, count])
    return objects
  }
  // The night before asks for its PIN.
  const eve = (await daemon.get('/api/status')).body.event.slug as string
  await daemon.drop('IMG_9.JPG', await makeJpeg({ seed: 9 }))
  await daemon.post('/api/publish', { filename: 'IMG_9.JPG' })
  await daemon.post('/api/events', { action: 'access', slug: eve, visibility: 'pin', pin: '4711' })
  const slug = 'anna'
  const { prefix } = (await daemon.post('/api/events', { action: 'open', title: 'Anna 與 Ben', slug })).body
    .current
  for (const [n, name] of NAMES.entries()) {
    await writeFile(join(daemon.data, 'events', slug, 'photos_buffer', name), await makeJpeg({ seed: n + 1 }))
    const published = async () => (await daemon.post('/api/publish', { filename: name })).status
    await expect.poll(published, { timeout: 20_000 }).toBe(200)
  }
  const before = await stored(prefix, NAMES.length)
  const pages = await startPages(before, 'GALLERY', { push: true })
  try {
    for (const path of ['/', `/e/${slug}`]) {
      const { page, context, troubles } = await visit(browser, `${pages.url}${path}`, {
        screen: 'phone',
        touch: true,
      })
      await page.getByText('Anna 與 Ben').first().waitFor()
      for (const name of NAMES) {
        const tile = page
          .locator(`[data-testid=tile][data-filename="${name.replace('.JPG', '.jpg')}"]`)
          .first()
        await tile.waitFor()
        await expect
          .poll(() => tile.locator('img').evaluate((img: HTMLImageElement) => img.naturalWidth), {
            timeout: 20_000,
          })
          .toBeGreaterThan(100)
      }
      expect(troubles).toEqual([])
      await context.close()
    }

    const asked = pages.calls().length
    const onWall = (page: Page, filename: string) => page.locator(`.place[data-filename="${filename}"]`)
    const here = await visit(browser, `${pages.url}/wall?layout=latest`)
    expect(here.page.url()).toBe(`${pages.url}/wall/?layout=latest`)
    for (const name of NAMES) await onWall(here.page, name.replace('.JPG', '.jpg')).waitFor()
    const behindPin = await visit(browser, `${pages.url}/wall/e/${eve}#pin=4711`)
    await onWall(behindPin.page, 'IMG_9.jpg').waitFor()
    // Without the PIN there is nothing to see. The door answers with a status that the console calls an error.
    const stranger = await visit(browser, `${pages.url}/wall/e/${eve}`)
    await stranger.page.getByTestId('pin-form').waitFor()
    expect(await stranger.page.locator('.place').count()).toBe(0)

    await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg' })
    const after = await stored(prefix, NAMES.length - 1)
    const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
    const documents = Object.entries(after).filter(([key]) => key.endsWith('.json'))
    await pages.put(Object.fromEntries([...documents, ...gone.map((key) => [key, null] as const)]))
    await fetch(`${pages.url}/guests/${slug}/poke`, { method: 'POST' })
    await onWall(here.page, 'IMG_1.jpg').waitFor({ state: 'detached' })
    // As a guest: the index, the list, the line and the pictures, once each. It listens for no daemon, which is not there.
    const functions = pages
      .calls()
      .slice(asked)
      .filter((call) => /^GET \/(?:photo|guests)\//.test(call))
    expect(functions.filter((call) => call.includes('/wall'))).toEqual([])
    const once = functions.filter((call) => !call.includes(eve))
    expect(once).toEqual([...new Set(once)])
    expect([...here.troubles, ...behindPin.troubles.filter((text) => !text.includes('401'))]).toEqual([])
    for (const { context } of [here, behindPin, stranger]) await context.close()
  } finally {
    await daemon.end()
    await pages.end()
  }
})

test('more removals than may be at once ask the owner; a new event gets its name and its folder', async () => {
  const daemon = await startDaemon()
  try {
    // Always asked: on a slow machine more than the minute of any other number goes by here.
    await daemon.post('/api/cloud-settings', { mass_removal: 0 })
    for (const n of [1, 2, 3, 4]) {
      await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 300, height: 200 }))
      await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
    }
    const unpublish = async (n: number) =>
      (await daemon.post('/api/unpublish', { filename: `IMG_${n}.jpg` })).status
    const shoot = async (name: string, page: Page) => {
      if (process.env.LEP_SHOTS) await page.screenshot({ path: join(process.env.LEP_SHOTS, `${name}.png`) })
    }
    const { page, context, troubles } = await visit(browser, `${daemon.url}/admin/`)
    const question = page.getByTestId('mass-removal')
    await unpublish(3)
    await question.getByText('1 more was refused').waitFor()
    await unpublish(4)
    await question.getByText('2 more were refused').waitFor()
    for (const locale of ['en-GB', 'zh-TW']) {
      const other = await visit(browser, `${daemon.url}/admin/`, { locale })
      const dialog = other.page.getByTestId('mass-removal')
      await dialog.waitFor()
      for (const [screen, size] of Object.entries(SCREENS)) {
        await resize(other.page, size)
        // The whole question and both answers are on the screen, at a size that a thumb can press.
        expect(await dialog.evaluate((box) => box.scrollWidth <= box.clientWidth)).toBe(true)
        for (const button of await dialog.getByRole('button').all()) {
          const { x, width, height } = (await button.boundingBox())!
          expect(x + width).toBeLessThanOrEqual(size.width)
          expect(height).toBeGreaterThanOrEqual(44)
        }
        await shoot(`mass-${screen}-${locale}`, other.page)
      }
      await other.context.close()
    }

    await question.getByRole('button', { name: 'Refuse' }).click()
    await question.waitFor({ state: 'detached' })
    expect(await unpublish(3)).toBe(409)
    await question.getByRole('button', { name: 'Allow' }).click()
    await question.waitFor({ state: 'detached' })
    expect([await unpublish(3), await unpublish(4)]).toEqual([200, 200])

    await daemon.post('/api/events', { action: 'pause' })
    await page.getByTestId('event-open').click()
    await page.getByTestId('new-event-title').fill('Gala 晚宴')
    await page.getByTestId('new-event-slug').fill('gala/2')
    await page.getByTestId('new-event-unfit').waitFor()
    expect(await page.getByTestId('new-event-open').isDisabled()).toBe(true)
    await page.getByTestId('new-event-slug').fill('gala')
    await page.getByTestId('access-link').click()
    await page.getByTestId('new-event-prefix').fill('2026-gala')
    await shoot('new-event', page)
    await page.getByTestId('new-event-open').click()
    await page.getByTestId('new-event-open').waitFor({ state: 'detached' })
    const { current } = (await daemon.get('/api/events')).body
    expect(current).toMatchObject({
      slug: 'gala',
      prefix: '2026-gala',
      title: 'Gala 晚宴',
      visibility: 'link',
    })
    expect(troubles).toEqual([])
    await context.close()
  } finally {
    await daemon.end()
  }
})

test('the owner sets the cloud up, closes the event and reads the report, in both languages and on every screen', async () => {
  const daemon = await startDaemon()
  try {
    for (const screen of LOOKED_AT) {
      const { page, context, troubles } = await visit(browser, `${daemon.url}/admin/`, { screen })
      await page.goto(`${daemon.url}/admin/#more`)
      const more = page
        .getByRole('button', { name: /^(More|更多)$/ })
        .or(page.getByRole('tab', { name: /^(More|更多)$/ }))
      if ((await page.getByTestId('cloud').count()) === 0) await more.first().click()
      const cloud = page.getByTestId('cloud')
      for (const language of ['English', '繁體中文']) {
        await page.getByRole('radio', { name: language }).click()
        await cloud.scrollIntoViewIfNeeded()
        expect(await cloud.evaluate((box) => box.scrollWidth <= box.clientWidth)).toBe(true)
        if (process.env.LEP_SHOTS) {
          await cloud.screenshot({ path: join(process.env.LEP_SHOTS, `cloud-${screen}-${language}.png`) })
          await page
            .getByTestId('events')
            .screenshot({ path: join(process.env.LEP_SHOTS, `events-${screen}-${language}.png`) })
        }
      }
      await page.getByRole('radio', { name: 'English' }).click()
      if (screen === 'phone') {
        await page.getByTestId('cloud-endpoint').fill('http://127.0.0.1:9')
        await page.getByTestId('cloud-bucket').fill('photos')
        await page.getByTestId('cloud-save').click()
        await page.getByText('A bucket needs its endpoint, its name and both keys.').waitFor()
        await page.getByTestId('cloud-access_key_id').fill('id')
        await page.getByTestId('cloud-secret_access_key').fill('secret')
        await page.getByTestId('cloud-save').click()
        await cloud.getByText('Saved').waitFor()
        expect(await page.getByTestId('cloud-secret_access_key').inputValue()).toBe('')
        await page.getByTestId('cloud-test').click()
        await page
          .getByTestId('cloud-result')
          .getByText('The internet is away. What waits goes by itself.')
          .waitFor()
        await page.getByTestId('cloud-bucket').fill('')
        await page.getByTestId('cloud-endpoint').fill('')
        await page.getByTestId('cloud-save').click()
        await cloud.getByText('Saved').waitFor()
      }
      if (screen === 'desktop') {
        await page.getByTestId('event-close').click()
        await page.getByTestId('event-close').click()
        await page.getByTestId('closing-report').waitFor()
        if (process.env.LEP_SHOTS) await page.screenshot({ path: join(process.env.LEP_SHOTS, 'report.png') })
      }
      expect(troubles.filter((text) => !text.includes('422'))).toEqual([])
      await context.close()
    }
  } finally {
    await daemon.end()
  }
})
