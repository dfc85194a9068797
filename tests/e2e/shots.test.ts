import { readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, SCREENS, visit, type Screen } from '../fixtures/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { dropScenes } from '../fixtures/scenes.ts'

/** Every main screen and state, in both languages on the four screens: nothing hangs over the edge, axe finds
 * nothing serious, and a picture of each lies in `.shots/` to be looked at. */
const SHOTS = fileURLToPath(new URL('../../.shots/', import.meta.url))
const LANGUAGES = { en: 'en-GB', zh: 'zh-TW' } as const
type Language = keyof typeof LANGUAGES
/** Each screen in one language; in both with LONG_TESTS=1. */
const HALF = ['phone en', 'portrait zh', 'landscape zh', 'desktop en']
const isWanted = (screen: Screen, language: Language) =>
  process.env['LONG_TESTS'] === '1' || HALF.includes(`${screen} ${language}`)

let browser: Browser
let daemon: RunningDaemon
let axe: string
const pages: { screen: Screen; language: Language; page: Page; troubles: string[] }[] = []

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await rm(SHOTS, { recursive: true, force: true })
  browser = await openBrowser()
  daemon = await startDaemon()
  for (const screen of Object.keys(SCREENS) as Screen[])
    for (const language of Object.keys(LANGUAGES) as Language[]) {
      if (!isWanted(screen, language)) continue
      const touch = screen !== 'desktop'
      const locale = LANGUAGES[language]
      const opened = await visit(browser, `${daemon.url}/admin/`, { screen, touch, locale })
      const { page, troubles } = opened
      opened.context.setDefaultTimeout(60_000)
      pages.push({ screen, language, page, troubles })
    }
})
afterAll(async () => {
  await browser.close()
  await daemon.end()
})

/** What axe calls serious or worse, as `rule: element`. */
async function serious(page: Page): Promise<string[]> {
  // The page's policy allows no script of ours; what a debugger runs is not asked.
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      resultTypes: ['violations'],
    }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

/** Brings every page into a state, looks at it, and takes a picture. */
async function look(state: string, bring: (page: Page, screen: Screen) => Promise<unknown>): Promise<void> {
  const found: string[] = []
  const one = async ({ screen, language, page }: (typeof pages)[number]) => {
    if ((await bring(page, screen)) === false) return
    const where = `${state} ${screen} ${language}`
    const over = await page.evaluate(() => [
      document.documentElement.scrollWidth - window.innerWidth,
      document.documentElement.scrollHeight - window.innerHeight,
    ])
    if (over.some((pixels) => pixels > 0)) found.push(`${where} hangs over by ${over.join(', ')}`)
    // The pages of one state are made of the same parts: two of them have all.
    if (language === 'en' && (screen === 'phone' || screen === 'desktop'))
      for (const rule of await serious(page)) found.push(`${where} ${rule}`)
    await page.screenshot({ path: join(SHOTS, screen, `${state}-${language}.png`) })
  }
  for (let at = 0; at < pages.length; at += 4) await Promise.all(pages.slice(at, at + 4).map(one))
  expect(found).toEqual([])
}

const phone = (screen: Screen) => screen === 'phone'
const tile = (page: Page, n: number) =>
  page.locator(`[data-testid=tile][data-filename="IMG_${String(n).padStart(4, '0')}.JPG"]`)
const loaded = (page: Page) => page.locator('[data-testid=stage] img.loaded').first().waitFor()
async function backToList(page: Page): Promise<void> {
  const close = page.getByTestId('stage-close')
  if (await close.isVisible()) await close.click()
}
async function open(page: Page, n: number): Promise<void> {
  await backToList(page)
  await tile(page, n).click()
  await loaded(page)
}

test('the first run', () => look('01-first-run', (page) => page.getByTestId('first-run').waitFor()))

test('the inbox and the photo', async () => {
  // Eight pages that follow every arrival would keep the machine busy with nothing that is looked at.
  for (const { page } of pages) await page.goto('about:blank')
  await dropScenes(daemon, 18)
  await daemon.post('/api/rate', { filename: 'IMG_0016.JPG', rating: 4 })
  await daemon.post('/api/rate', { filename: 'IMG_0014.JPG', pick: true, rating: 5 })
  for (const n of [1, 2, 3, 4, 5]) await daemon.post('/api/publish', { filename: `IMG_000${n}.JPG` })
  await look('02-inbox', async (page) => {
    await page.goto(`${daemon.url}/admin/`)
    await tile(page, 18).waitFor()
    await tile(page, 16).locator('img.loaded').waitFor()
  })
  await look('03-photo', (page) => open(page, 16))
})

test('editing', async () => {
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
})

test('choosing several, searching, other lists', async () => {
  await look('08-selection', async (page) => {
    await page.getByTestId('before').click()
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
  await look('17-keys', async (page) => {
    await page.keyboard.press('?')
    await page.locator('dialog[open]').waitFor()
  })
})

test('a failure stays, and the Mac that is away is told', async () => {
  for (const { page } of pages) await page.keyboard.press('Escape')
  await daemon.post('/api/hold-settings', { hold_seconds: 0 })
  await rm(join(daemon.data, 'photos_buffer', 'IMG_0012.JPG'))
  // One after the other: what one page publishes the others wait for.
  for (const { page } of pages) {
    await page.getByTestId('publish').click()
    await page.getByTestId('failure').or(page.getByTestId('conflict')).first().waitFor()
  }
  await look('18-failure', (page) =>
    page.getByTestId('failure').or(page.getByTestId('conflict')).first().waitFor(),
  )
  for (const { troubles } of pages) troubles.splice(0)
  await daemon.stop()
  await look('19-away', (page) => page.getByTestId('away').waitFor())
})
