import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { resize } from './window.ts'

/** Another seed, another evening: SEED=7 npm run test:e2e -- two-assistants */
const SEED = Number(process.env['SEED'] ?? 1)
/** 500 take about a minute of two cores. */
const STEPS = process.env['LONG_TESTS'] ? 500 : 60
const BREATH = 10
const LIMIT = 600_000
const PHOTOS = 12
const START = Date.parse('2026-05-01T18:00:00Z')

let browser: Browser
let daemon: RunningDaemon
beforeAll(async () => {
  browser = await openBrowser()
  daemon = await startDaemon()
  await shoot(PHOTOS)
  await daemon.post('/api/hold-settings', { hold_seconds: 1 })
  // Two people at random unpublish more within a minute than anybody would.
  await daemon.post('/api/mass-removal', { action: 'allow' })
})
let shot = 0
/** Takes `count` more photos. */
async function shoot(count: number): Promise<void> {
  const live = await daemon.socket()
  const names = new Set<string>()
  while (names.size < count) {
    shot += 1
    // Of one moment, page and daemon may each put one or the other first.
    const takenAt = new Date(START + shot * 1000)
    const photo = await makeJpeg({ seed: shot, width: 240, height: 160, takenAt })
    await writeFile(join(daemon.data, 'photos_buffer', `IMG_${shot}.JPG`), photo)
    names.add(`IMG_${shot}.JPG`)
  }
  for (const name of names) await live.notice('photo.added', ({ photo }) => photo.filename === name)
  live.close()
}
/** A page that is gone has nothing open. */
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
})

/** A window with a small stage: drawing photos without a graphics card is not what is tested here. */
async function open(): Promise<Page> {
  const { page } = await visit(browser, `${daemon.url}/admin/`)
  await resize(page, { width: 1024, height: 620 })
  return page
}

/** Mulberry32: the same numbers for the same seed on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What a page shows: every tile of a list with its mark, and the live feed in its order. */
async function shown(page: Page) {
  // Tiles beyond the view do not exist, and what is said above the lists takes from it.
  await resize(page, { width: 1024, height: 2600 })
  const lists: Record<string, string[]> = {}
  for (const filter of ['all', 'archived', 'trash', 'inbox']) {
    await page.getByTestId(`filter-${filter}`).click()
    lists[filter] = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) =>
          requestAnimationFrame(() =>
            requestAnimationFrame(() =>
              resolve(
                [...document.querySelectorAll<HTMLElement>('[data-testid=tile]')].map(
                  ({ dataset }) => `${dataset['filename']}${dataset['live'] === undefined ? '' : ' live'}`,
                ),
              ),
            ),
          ),
        ),
    )
  }
  const feed = await page
    .locator('[data-testid=live-item]')
    .evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset['filename']!))
  const going = await page.locator('[data-testid=outgoing]').count()
  return { ...lists, feed, going }
}

/** The daemon's lists, in the same shape. */
async function daemonLists() {
  const list = async (state: string) =>
    (await daemon.get(`/api/buffer?state=${state}`)).body.images as {
      filename: string
      live: string[]
      progress?: { state: string }
    }[]
  const names = (photos: Awaited<ReturnType<typeof list>>) =>
    photos.map(({ filename, live }) => `${filename}${live.length > 0 ? ' live' : ''}`)
  const [buffer, archived, trash] = [await list('buffer'), await list('archived'), await list('trashed')]
  const { images } = (await daemon.get('/api/live')).body
  return {
    all: names(buffer),
    archived: names(archived),
    trash: names(trash),
    inbox: names(buffer.filter(({ live }) => live.length === 0)),
    feed: images.map((one: { filename: string }) => one.filename),
    going: [...buffer, ...archived, ...trash].filter(({ progress }) =>
      /held|rendering/.test(progress?.state ?? ''),
    ).length,
  }
}

/** One thing that a person does by the page's own buttons and keys. Runs in the page, so that a step costs one call. */
function act(page: Page, what: string, which: number): Promise<boolean> {
  return page.evaluate(
    ({ what, which }) => {
      const all = (id: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid=${id}]`)]
      const press = (key: string) =>
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
      const tap = (element: HTMLElement | undefined) => {
        if (!element || (element as HTMLButtonElement).disabled) return false
        element.click()
        return true
      }
      const pickOne = () => {
        const tiles = all('tile')
        const tile = tiles[which % tiles.length]
        if (!tile) return false
        const at = { bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, button: 0 }
        tile.dispatchEvent(new PointerEvent('pointerdown', at))
        tile.dispatchEvent(new PointerEvent('pointerup', at))
        tile.click()
        return true
      }
      const filter = (name: string) => tap(all(`filter-${name}`)[0])
      switch (what) {
        case 'publish':
          return filter('inbox') && pickOne() && tap(all('publish')[0])
        case 'unpublish': {
          const items = all('unpublish')
          return tap(items[which % Math.max(1, items.length)])
        }
        case 'undo':
          return tap(all('undo')[0])
        case 'reject':
          return filter('inbox') && pickOne() && (press('Delete'), true)
        case 'archive':
          return filter('all') && pickOne() && tap(all('archive')[0])
        case 'restore':
          return filter(which % 2 ? 'archived' : 'trash') && pickOne() && tap(all('publish')[0])
        case 'turn':
          return filter('all') && pickOne() && (press('r'), true)
        case 'update':
          return filter('all') && pickOne() && tap(all('publish')[0])
        default:
          return false
      }
    },
    { what, which },
  )
}

/** Publishing and undoing lead. */
const ACTS = [
  ...Array<string>(6).fill('publish'),
  ...Array<string>(6).fill('undo'),
  ...Array<string>(3).fill('unpublish'),
  'reject',
  'archive',
  'restore',
  'restore',
  'turn',
  'update',
]

test(
  `two browsers that publish and undo at random for ${STEPS} steps come to the same state`,
  async () => {
    const random = randomFrom(SEED)
    const pages = [await open(), await open()]
    for (const page of pages)
      await page
        .locator('[data-testid=tile]')
        .nth(PHOTOS - 1)
        .waitFor()
    const done: Record<string, number> = {}
    for (let step = 0; step < STEPS; step += 1) {
      const page = pages[Math.floor(random() * 2)]!
      const what = ACTS[Math.floor(random() * ACTS.length)]!
      if (await act(page, what, Math.floor(random() * 1000))) done[what] = (done[what] ?? 0) + 1
      // Now and then they draw breath until what is held is out: a quick machine would undo all of it before.
      if (step % BREATH === BREATH - 1)
        await expect.poll(async () => (await daemonLists()).going, { timeout: 60_000 }).toBe(0)
    }
    // The control of the steps themselves: every kind of them was really done, and the two met.
    for (const what of new Set(ACTS)) expect([what, done[what] ?? 0]).not.toEqual([what, 0])
    expect(done['publish']! + done['undo']!).toBeGreaterThan(STEPS / 5)

    await expect.poll(async () => (await daemonLists()).going, { timeout: 60_000 }).toBe(0)
    // What was refused is shown, and waits for nobody. A last decision may still be on its way: both are asked again.
    let truth = await daemonLists()
    for (const page of pages)
      await expect
        .poll(
          async () => {
            const seen = await shown(page)
            truth = await daemonLists()
            return isDeepStrictEqual(seen, truth) ? 'the same' : { seen, truth }
          },
          { message: `seed ${SEED}` },
        )
        .toBe('the same')
    // A photo is never live twice with the same edit, and guests read the same list.
    const { prefix } = (await daemon.get('/api/status')).body.event
    const head = (await daemon.get(`/photo/${prefix}/manifest.json`)).body
    const entries: { filename: string }[] = [...head.recent]
    for (const { file } of head.pages)
      entries.push(...(await daemon.get(`/photo/${prefix}/${file}`)).body.entries)
    expect(entries.map(({ filename }) => filename).sort()).toEqual([...truth.feed].sort())
    const { images } = (await daemon.get('/api/live')).body
    const versions = images.map((one: { original: string; edit: object }) =>
      JSON.stringify([one.original, one.edit]),
    )
    expect(new Set(versions).size).toBe(versions.length)
  },
  LIMIT,
)

test('the control: a page that does not hear the daemon does not show the same', async () => {
  const page = await browser.newPage({ viewport: { width: 1024, height: 620 } })
  let deaf = false
  await page.routeWebSocket(/live-socket/, (socket) => {
    socket.connectToServer().onMessage((message) => {
      if (!deaf) socket.send(message)
    })
  })
  await shoot(1)
  await page.goto(`${daemon.url}/admin/`)
  await page.locator('[data-testid=tile]').first().waitFor()
  const before = await daemonLists()
  await expect.poll(() => shown(page)).toEqual(before)
  deaf = true
  const other = await open()
  const archived = await daemon.post('/api/archive', { filename: before.all[0]!.replace(' live', '') })
  expect(archived.status).toBe(200)
  const after = await daemonLists()
  await expect.poll(() => shown(other)).toEqual(after)
  expect(await shown(page)).not.toEqual(after)
})

test('a photo that one has open is marked for the other, and passed over', async () => {
  await shoot(3)
  const [one, two] = [await open(), await open()]
  for (const page of [one, two]) {
    await page.getByTestId('filter-all').click()
    await page.locator('[data-testid=tile]').nth(2).waitFor()
  }
  const name = (page: Page, n: number) =>
    page.locator('[data-testid=tile]').nth(n).getAttribute('data-filename')
  const staged = (page: Page) => page.getByTestId('stage').getAttribute('data-filename')
  await two.locator('[data-testid=tile]').nth(0).click()
  await one.locator('[data-testid=tile]').nth(1).click()
  const marked = two.locator('[data-testid=tile]', { has: two.getByTestId('open-elsewhere') })
  // Until it hears that the other went on, it shows what that one had open first.
  await expect.poll(() => marked.getAttribute('data-filename').catch(() => null)).toBe(await name(one, 1))
  await two.getByTestId('skip').click()
  await expect.poll(() => staged(two)).toBe(await name(two, 2))
  // The control: once the other has gone, it is next in turn like any photo.
  await one.context().close()
  await marked.waitFor({ state: 'detached' })
  await two.locator('[data-testid=tile]').nth(0).click()
  await two.getByTestId('skip').click()
  await expect.poll(() => staged(two)).toBe(await name(two, 1))
})
