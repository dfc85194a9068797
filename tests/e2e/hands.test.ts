import type { Browser, Page } from 'playwright-core'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaveBrowser, openBrowser, SCREENS, visit, type Screen } from '../fixtures/browser/browser.ts'
import type { RunningDaemon } from '../fixtures/daemon.ts'
import { nameOf, onStage, tile } from './app.ts'
import { filled } from './filled.ts'
import { swipe } from './fingers.ts'

/** Photos culled and published by touch alone, and by keyboard alone, on each of the four screens: twenty with
 * LONG_TESTS=1, otherwise as many as it takes to decide each way by each means. */
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => leaveBrowser(browser))

const LONG = process.env['LONG_TESTS'] === '1'
const PHOTOS = LONG ? 20 : 5
/** Newest first, as the inbox has them. */
const ORDER = Array.from({ length: PHOTOS }, (_, n) => nameOf(PHOTOS - n))

/** The page takes a second decision right after one for the tail of it; and Chromium makes no click of a tap that comes
 * within half a second of a stroke that was made by a program. */
const PAUSE = { keys: 400, touch: 900 } as const
async function pause(page: Page, milliseconds: number): Promise<void> {
  const wanted = { from: await page.evaluate(() => performance.now()), milliseconds }
  await page.waitForFunction(({ from, milliseconds }) => performance.now() - from > milliseconds, wanted)
}

type Decision = 'publish' | 'skip' | 'reject'
/** Two of each that has a gesture: one by it and one by its button. */
const DECISIONS = ['publish', 'publish', 'skip', 'skip', 'reject'] as const
const decisionOf = (n: number): Decision => DECISIONS[n % DECISIONS.length]!

/** Goes through all of them as decided, and looks at what the daemon has then. */
async function cull(
  daemon: RunningDaemon,
  page: Page,
  by: keyof typeof PAUSE,
  decide: (decision: Decision, n: number) => Promise<void>,
): Promise<void> {
  for (const [n, filename] of ORDER.entries()) {
    await onStage(page, filename)
    if (n > 0) await pause(page, PAUSE[by])
    await decide(decisionOf(n), n)
  }
  const wanted = (decision: Decision) => ORDER.filter((_, n) => decisionOf(n) === decision).sort()
  const state = async () => {
    const { images } = (await daemon.get('/api/buffer')).body as {
      images: { filename: string; seen: boolean; live: string[] }[]
    }
    const rejected = (await daemon.get('/api/buffer?state=trashed')).body.images as { filename: string }[]
    return {
      published: images
        .filter(({ live }) => live.length === 1)
        .map(({ filename }) => filename)
        .sort(),
      seen: images
        .filter(({ seen }) => seen)
        .map(({ filename }) => filename)
        .sort(),
      rejected: rejected.map(({ filename }) => filename).sort(),
      live: (await daemon.get('/api/live')).body.total as number,
    }
  }
  await expect.poll(state, { timeout: 60_000 }).toEqual({
    published: wanted('publish'),
    seen: wanted('skip'),
    rejected: wanted('reject'),
    live: wanted('publish').length,
  })
}

/** The others, too, with LONG_TESTS=1. */
const ALL = LONG ? (Object.keys(SCREENS) as Screen[]) : null
for (const screen of ALL ?? (['phone', 'landscape'] as const))
  test(`by touch alone on ${screen}`, async () => {
    const daemon = await filled(PHOTOS)
    try {
      const { page, context, troubles } = await visit(browser, `${daemon.url}/admin/`, {
        screen,
        touch: true,
        moving: true,
      })
      await tile(page, ORDER[0]!).tap()
      await cull(daemon, page, 'touch', async (decision, n) => {
        // By gesture and by button in turn: each gesture has a button.
        const gesture = n % 2 === 0
        if (decision === 'publish' && gesture) await swipe(page, 0, -130)
        else if (decision === 'skip' && gesture) await swipe(page, 0, 130)
        else await page.getByTestId(decision).tap()
      })
      expect(troubles).toEqual([])
      await context.close()
    } finally {
      await daemon.end()
    }
  })

for (const screen of ALL ?? (['portrait', 'desktop'] as const))
  test(`by keyboard alone on ${screen}`, async () => {
    const daemon = await filled(PHOTOS)
    try {
      const { page, context, troubles } = await visit(browser, `${daemon.url}/admin/`, { screen })
      if (screen === 'phone') {
        // On a phone the list comes first: the keyboard reaches the tile and opens it.
        await tile(page, ORDER[0]!).waitFor()
        await tile(page, ORDER[0]!).focus()
        await page.keyboard.press('o')
      }
      const keys = { publish: 'Enter', skip: 's', reject: 'x' }
      await cull(daemon, page, 'keys', (decision) => page.keyboard.press(keys[decision]))
      expect(troubles).toEqual([])
      await context.close()
    } finally {
      await daemon.end()
    }
  })
