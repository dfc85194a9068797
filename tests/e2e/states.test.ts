import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Status } from '../../daemon/contract/status.ts'
import type { JobView } from '../../daemon/contract/job.ts'
import { leaveBrowser, openBrowser, SCREENS } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { freePort } from '../fixtures/network/ports.ts'
import { dropScenes } from '../fixtures/photos/scenes.ts'
import { backToList, closeDialog, nameOf, onStage, tile as tileOf } from './app.ts'
import { openLooks, type Looked, type Looks } from './looks.ts'
import { CAMERA, CARDS, jobOf, scriptedWorker, withFolders } from './pretences.ts'
import { resize } from './window.ts'

/** What shows rarely: loading, banners, jobs, disks and cards in trouble, each group of the settings, decisions that
 * wait or were refused. The main screens are in `shots.test.ts`. */
const SHARED = 4
/** Photos that all pages share, one for each to publish, and one for each to decide about while the Mac is away. */
let photos = 0
let browser: Browser
let daemon: RunningDaemon
let looks: Looks
let look: Looks['look']
let port: number

beforeAll(async () => {
  port = await freePort()
  browser = await openBrowser()
  daemon = await startDaemon(['--port', String(port)])
  looks = await openLooks(browser, 'about:blank', 'states', ['phone en', 'landscape zh'], scriptedWorker)
  look = looks.look
  photos = SHARED + 2 * looks.all.length
  await dropScenes(daemon, photos)
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
})

const admin = () => `${daemon.url}/admin/`
const isPhone = ({ screen }: Looked) => screen === 'phone'
const tile = (page: Page, n: number) => tileOf(page, nameOf(n))
async function open(page: Page, n: number): Promise<void> {
  await backToList(page)
  await tile(page, n).click()
  await onStage(page, nameOf(n))
  await page.locator('[data-testid=stage] img.loaded').first().waitFor()
}
const each = async (act: (looked: Looked) => Promise<unknown>) => {
  for (const looked of looks.all) await act(looked)
}

test('lists that load, that fail, and that are empty', async () => {
  await look('01-loading', async ({ page }) => {
    await page.route('**/api/{buffer,live}*', () => undefined)
    await page.goto(admin())
    await page.locator('.ghosts').first().waitFor()
  })
  await look('02-not-loaded', async ({ page }) => {
    await page.unrouteAll()
    await page.route('**/api/{buffer,live}*', (route) => route.fulfill({ status: 500, json: {} }))
    await page.goto(admin())
    await page.locator('.state .quiet').first().waitFor()
  })
  await each(({ troubles }) => Promise.resolve(troubles.splice(0)))
  await look('03-empty-inbox', async ({ page }) => {
    await page.unrouteAll()
    await page.route('**/api/buffer*', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ json: { ...(await response.json()), images: [], total: 0 } })
    })
    await page.goto(admin())
    await page.locator('.state .title').first().waitFor()
  })
  await look('04-empty-published', async (looked) => {
    if (!isPhone(looked)) return false
    await looked.page.getByTestId('tab-published').click()
    await looked.page.locator('.state .title').first().waitFor()
  })
  await each(async ({ page }) => {
    await page.unrouteAll()
    await page.goto(admin())
    await tile(page, photos).locator('img.loaded').waitFor()
  })
})

test('what must be known now', async () => {
  await look('10-unattended-and-access-request', async ({ page, pretend, send }) => {
    pretend((status) => ({ ...status, unattended: [CAMERA] }))
    send({
      type: 'access_requests',
      access_requests: [
        {
          id: 'k1',
          name: 'Mei’s iPad Pro',
          role: 'editor',
          code: '4711',
          address: '192.168.1.20',
          expires_at: new Date(Date.now() + 60_000).toISOString(),
        },
      ],
    })
    await page.getByTestId('unattended').waitFor()
    await page.getByTestId('access-request').waitFor()
  })
  await look('11-paused-and-asked', async ({ page, pretend, send }) => {
    send({ type: 'access_requests', access_requests: [] })
    pretend((status) => ({
      ...status,
      event: { ...status.event, state: 'paused' },
      mass_removal: { refused: 320, limit: 50 },
      sources: [...status.sources, CARDS[3]!],
    }))
    await page.getByTestId('mass-removal').waitFor()
    await page.getByTestId('offer-take').waitFor()
  })
  await look('12-new-event', async ({ page }) => {
    await page.getByTestId('event-open').click()
    await page.getByTestId('new-event-title').waitFor()
  })
  await look('13-new-version', async ({ page, pretend }) => {
    await closeDialog(page)
    pretend((status) => status)
    await page.evaluate('findNewVersion()')
    await page.getByTestId('update').waitFor()
  })
})

test('work on many photos', async () => {
  const failures = [1, 2].map((n) => ({ filename: nameOf(n), code: 'file_missing', message: 'It is gone.' }))
  const show = async ({ page, pretend }: Looked, ...jobs: JobView[]) => {
    await page.route('**/api/jobs', (route) =>
      route.fulfill({ json: { jobs: jobs.map((one) => ({ ...one, waiting: [] })) } }),
    )
    pretend((status) => status)
    await expect.poll(() => page.getByTestId('job').count()).toBe(jobs.length)
  }
  await look('20-jobs', (looked) =>
    show(
      looked,
      jobOf('1', 'running', {}),
      jobOf('2', 'paused', { kind: 'reject', done: 12, reason: 'folder_away' }),
      jobOf('3', 'cancelled', { by: looked.you(), done: 30, failed: 2, cancelled: 208, failures }),
    ),
  )
  await each(async ({ page, pretend }) => {
    await page.unroute('**/api/jobs')
    pretend((status) => status)
    await page.getByTestId('job').first().waitFor({ state: 'detached' })
  })
})

test('disks, cards and the way out in trouble', async () => {
  const delivery = { internet: 'away', photos: 14, bytes: 6.2e7, failed: 0, last_live: null } as const
  const bad = (status: Status): Status => ({
    ...withFolders(status, { state: 'away', free_bytes: null }),
    sources: CARDS.slice(0, 3),
    delivery,
    sync: { ...status.sync, store: 'Cloudflare R2' },
  })
  await look('30-trouble', async ({ page, pretend }) => {
    pretend(bad)
    await page.locator('[data-testid=status-disk].bad').waitFor()
  })
  for (const [n, cell] of (['card', 'disk', 'network', 'queue', 'live'] as const).entries())
    await look(`${31 + n}-${cell}`, async ({ page }) => {
      if (n > 0) await closeDialog(page)
      await page.getByTestId(`status-${cell}`).click()
      const deleted = page.getByTestId('deleted-photos')
      if (cell === 'card') await deleted.locator('summary').click()
      await page.locator('dialog[open]').waitFor()
    })
  await look('36-disk-full', async ({ page, pretend }) => {
    await closeDialog(page)
    pretend((status) => ({
      ...withFolders(status, { free_bytes: 9e8 }),
      delivery: { ...delivery, internet: 'portal', failed: 3 },
    }))
    await page.getByTestId('status-disk').click()
    await page.getByTestId('mend-folders').waitFor()
  })
  await look('37-queue-failed', async ({ page }) => {
    await closeDialog(page)
    await page.getByTestId('status-queue').click()
  })
  await each(async ({ page, pretend }) => {
    await closeDialog(page)
    pretend((status) => status)
  })
})

test('the publish delay', async () => {
  await daemon.post('/api/hold-settings', { hold_seconds: 30 })
  await look('40-goes-out-soon', async ({ page, at }) => {
    await open(page, photos - at)
    await page.getByTestId('publish').click()
    await page.locator('[data-testid=undo] [data-seconds]').waitFor()
    await backToList(page)
  })
  await look('41-more-to-undo', async (looked) => {
    const { page, at } = looked
    await open(page, SHARED + 1 + at)
    await page.keyboard.press('r')
    if (isPhone(looked)) await backToList(page)
    await page.getByTestId('undo-list').waitFor()
    await page.getByTestId('undo-list').click()
    await page.getByTestId('undo-item').first().waitFor()
  })
  await each(({ page }) => page.keyboard.press('Escape'))
  await daemon.post('/api/hold-settings', { hold_seconds: 0 })
})

test('the trash, and the one question', async () => {
  for (const n of [1, 2]) await daemon.post('/api/reject', { filename: nameOf(n) })
  await look('50-trash', async ({ page }) => {
    await backToList(page)
    await page.getByTestId('filter-trash').click()
    await tile(page, 2).waitFor()
  })
  await look('51-empty-trash', async ({ page }) => {
    await page.getByTestId('empty-trash').click()
    await page.getByTestId('empty-trash-yes').waitFor()
  })
  await each(async ({ page }) => {
    await closeDialog(page)
    await page.getByTestId('filter-inbox').click()
  })
})

test('a dial under the finger, and an edit carried on', async () => {
  await look('60-straighten', async ({ page }) => {
    await open(page, 3)
    for (const button of ['edit-more', 'edit'])
      if (await page.getByTestId(button).isVisible()) await page.getByTestId(button).click()
    const box = (await page.getByTestId('straighten').locator('..').boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2 + 30, box.y + box.height / 2, { steps: 4 })
    await page.getByTestId('grid').waitFor()
  })
  await look('61-copied', async ({ page }) => {
    await page.mouse.up()
    await page.getByTestId('copy-edit').click()
    await open(page, 4)
  })
})

test('the settings, group by group', async () => {
  await each(({ page }) => backToList(page))
  for (const [n, group] of (['guests', 'event', 'look', 'photos', 'mac', 'app'] as const).entries())
    await look(`${70 + n}-${group}`, async ({ page }) => {
      if (n === 0) await page.getByTestId('tab-more').click()
      await page.getByTestId(`group-${group}`).click()
    })
  await look('76-whole', async ({ page }) => {
    const size = page.viewportSize()!
    await resize(page, { ...size, height: 9000 })
  })
  await look('77-folder', async ({ page, screen }) => {
    await resize(page, SCREENS[screen])
    await page.getByTestId('pick-archive_folder').click()
    await page.getByTestId('folder-picker').waitFor()
  })
  await look('78-code', async ({ page }) => {
    await page.keyboard.press('Escape')
    await page.getByTestId('pair-show').click()
    await page.getByTestId('pair-code').scrollIntoViewIfNeeded()
  })
  await each(async (looked) => {
    if (isPhone(looked)) await looked.page.getByTestId('tab-inbox').click()
    else await closeDialog(looked.page)
  })
})

test('decisions that wait, and decisions that were refused', async () => {
  expect(looks.troubles()).toEqual([])
  await each(({ page, at }) => open(page, SHARED + 1 + at))
  await daemon.stop()
  await look('80-waiting', async ({ page }) => {
    await page.getByTestId('away').waitFor()
    await page.keyboard.press('Enter')
    await page.locator('[data-testid=pending-count][data-count="1"]').waitFor()
    await page.keyboard.press('r')
    await page.locator('[data-testid=pending-count][data-count="2"]').waitFor()
  })
  await look('81-waiting-list', async ({ page }) => {
    await backToList(page)
    await page.getByTestId('filter-all').click()
    // A step and back: the list follows to the photo that is looked at.
    for (const key of ['ArrowRight', 'ArrowLeft']) await page.keyboard.press(key)
    await page.getByTestId('tile-waits').first().waitFor()
  })
  for (const { at } of looks.all) await rm(join(daemon.data, 'photos_buffer', nameOf(SHARED + 1 + at)))
  daemon = await startDaemon(['--port', String(port)], daemon.data)
  await look('82-refused', ({ page }) => page.getByTestId('conflict').first().waitFor())
})
