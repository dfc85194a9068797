import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

/** What guests keep: by the share sheet, as a download and as an archive; their favourites; and byte for byte what was
 * published. */

const COUNT = 6
let daemon: RunningDaemon
let browser: Browser
let base = ''
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const names = Array.from({ length: COUNT }, (_, n) => `IMG_${n + 1}.jpg`)
const published = async (path: string) => sha(await daemon.bytes(`${base}/${path}`))

beforeAll(async () => {
  daemon = await startDaemon()
  browser = await openBrowser()
  for (let n = 1; n <= COUNT; n += 1) {
    // The last one is the newest: a full size for it alone.
    if (n === COUNT) await daemon.post('/api/picture-settings', { full: { enabled: true } })
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 900, height: 600 }))
    await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
  }
  const { current, events } = (await daemon.get('/photo/events.json')).body
  base = `/photo/${events[current].prefix}`
  await vi.waitFor(
    async () => {
      const { recent } = (await daemon.get(`${base}/manifest.json`)).body
      if (!(recent[0].fullBytes > 0)) throw new Error('The full size is not there yet')
    },
    { timeout: 20_000 },
  )
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
})
afterEach(() => leaveBrowser(browser))

const id = (name: string) => `[data-testid=${name}]`
const tile = (name: string) => `main ${id('tile')}[data-filename="${name}"]`

/** A share sheet that takes what it is given, and tells what that was. */
const withShareSheet = () => {
  const given: { keys: string[]; files: { name: string; type: string; bytes: string }[] }[] = []
  Object.assign(window, { given, refuse: 0 })
  const define = (name: string, value: unknown) =>
    Object.defineProperty(navigator, name, { configurable: true, value })
  define('canShare', (what: ShareData) => (what.files?.length ?? 0) > 0)
  define('share', async (what: ShareData) => {
    const state = window as unknown as { refuse: number }
    if (state.refuse > 0) {
      state.refuse -= 1
      throw new DOMException('too late', 'NotAllowedError')
    }
    const files = await Promise.all(
      [...(what.files ?? [])].map(async (file) => ({
        name: file.name,
        type: file.type,
        bytes: btoa(
          [...new Uint8Array(await file.arrayBuffer())].map((byte) => String.fromCharCode(byte)).join(''),
        ),
      })),
    )
    given.push({ keys: Object.keys(what), files })
  })
}
const shared = (page: Page) =>
  page.evaluate<{ keys: string[]; files: { name: string; type: string; bytes: string }[] }[]>('window.given')
const hashes = (files: readonly { name: string; bytes: string }[]) =>
  Object.fromEntries(files.map(({ name, bytes }) => [name, sha(Buffer.from(bytes, 'base64'))]))

/** Touched once, the page has all it needs. */
async function open(options: Parameters<typeof visit>[2] = {}, path = '/gallery/') {
  const visited = await visit(browser, `${daemon.url}${path}`, options)
  await visited.page.waitForSelector(`${tile(names[COUNT - 1]!)} img.in`)
  await visited.page.mouse.move(5, 5)
  await visited.page.waitForSelector(id('select'))
  return visited
}

test('a phone with a share sheet gives it the very files, alone, one or several, and again when the press was too long ago', async () => {
  const { page, troubles } = await open({ screen: 'phone', touch: true, first: withShareSheet })
  await page.tap(tile('IMG_5.jpg'))
  await page.tap(id('download'))
  await expect.poll(() => shared(page).then((all) => all.length)).toBe(1)
  await page.evaluate('window.refuse = 1')
  await page.tap(id('download'))
  await page.tap(id('keep-again'))
  await expect.poll(() => shared(page).then((all) => all.length)).toBe(2)
  await page.goBack()
  await page.tap(id('select'))
  for (const name of ['IMG_6.jpg', 'IMG_2.jpg', 'IMG_4.jpg']) await page.tap(tile(name))
  await page.tap(id('save-selected'))
  await expect.poll(() => shared(page).then((all) => all.length)).toBe(3)
  const all = await shared(page)
  expect(all.map(({ keys }) => keys)).toEqual([['files'], ['files'], ['files']])
  expect(all.flatMap(({ files }) => files.map(({ type }) => type))).toEqual(Array(5).fill('image/jpeg'))
  const one = { 'IMG_5.jpg': await published('IMG_5.jpg') }
  expect(all.slice(0, 2).map(({ files }) => hashes(files))).toEqual([one, one])
  expect(hashes(all[2]!.files)).toEqual({
    'IMG_2.jpg': await published('IMG_2.jpg'),
    'IMG_4.jpg': await published('IMG_4.jpg'),
    'IMG_6.jpg': await published('IMG_6.jpg'),
  })
  expect(troubles).toEqual([])
})

test('without one a photo is downloaded under its name, in the size that the guest wants', async () => {
  const { page, troubles } = await open()
  const took = async (press: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(press)])
    return [download.suggestedFilename(), sha(readFileSync(await download.path()))]
  }
  await page.click(tile('IMG_5.jpg'))
  expect(await took(id('download'))).toEqual(['IMG_5.jpg', await published('IMG_5.jpg')])
  await page.keyboard.press('ArrowLeft')
  await page.click(id('download'))
  expect(await page.textContent(id('save-large'))).toMatch(/^Save large, [\d.]+ MB$/)
  expect(await took(id('save-large'))).toEqual(['IMG_6.jpg', await published('full/IMG_6.jpg')])
  // The control: two sizes are two files.
  expect(await published('full/IMG_6.jpg')).not.toBe(await published('IMG_6.jpg'))
  expect(troubles).toEqual([])
})

test('several become one archive with their names, chosen with the keyboard alone', async () => {
  const { page, troubles } = await open()
  await page.focus(id('select'))
  await page.keyboard.press('Enter')
  const picked = names.slice(0, 5)
  for (const name of picked) {
    await page.focus(tile(name))
    await page.keyboard.press(name === 'IMG_1.jpg' ? 'Enter' : 'Space')
  }
  await page.evaluate('delete window.showSaveFilePicker')
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(id('zip'))])
  const folder = mkdtempSync(join(tmpdir(), 'keep-'))
  try {
    execFileSync('unzip', ['-q', await download.path(), '-d', folder])
    expect(
      Object.fromEntries(readdirSync(folder).map((name) => [name, sha(readFileSync(join(folder, name)))])),
    ).toEqual(
      Object.fromEntries(await Promise.all(picked.map(async (name) => [name, await published(name)]))),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
  await page.keyboard.press('Escape')
  expect(await page.isHidden(id('keep-bar'))).toBe(true)
  expect(troubles).toEqual([])
})

test('favourites stay on the phone, are a list, and a link to them leaves out what is gone', async () => {
  const { page, troubles } = await open({ screen: 'phone', touch: true })
  for (const name of ['IMG_2.jpg', 'IMG_4.jpg']) {
    await page.tap(tile(name))
    await page.tap(id('heart'))
    expect(await page.getAttribute(id('heart'), 'aria-pressed')).toBe('true')
    await page.goBack()
    await page.waitForSelector(id('lightbox'), { state: 'detached' })
  }
  await page.reload()
  await page.waitForSelector(`${tile(names[COUNT - 1]!)} img.in`)
  await page.mouse.move(6, 6)
  await page.tap(id('favourites-open'))
  const listed = () =>
    page
      .locator(`${id('favourites')} .keep-tile`)
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-filename')))
  await expect.poll(listed).toEqual(['IMG_4.jpg', 'IMG_2.jpg'])
  await page.tap(`${id('favourites')} [data-filename="IMG_2.jpg"]`)
  await page.waitForSelector(id('lightbox'))
  await page.goBack()
  await page.waitForSelector(id('lightbox'), { state: 'detached' })
  expect(await page.isVisible(id('favourites'))).toBe(true)
  await page.goBack()
  await page.waitForSelector(id('favourites'), { state: 'hidden' })
  expect(troubles).toEqual([])

  const there = await visit(browser, `${daemon.url}/gallery/#favourites=IMG_3.jpg,IMG_999.jpg,IMG_1.jpg`, {
    screen: 'phone',
  })
  const theirs = () =>
    there.page.locator('.keep-tile').evaluateAll((all) => all.map((one) => one.getAttribute('data-filename')))
  await expect.poll(theirs).toEqual(['IMG_3.jpg', 'IMG_1.jpg'])
})
