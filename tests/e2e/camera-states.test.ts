import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import type { Browser, Page, WebSocketRoute } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CamerasStatus, CameraView } from '../../daemon/contract/camera.ts'
import type { SocketMessage } from '../../daemon/contract/notice.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { leaveBrowser, openBrowser, type Screen, SCREENS, visit } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { resize } from './window.ts'

const LONG = process.env['LONG_TESTS'] === '1'
/** The two that differ most; every one in both languages with LONG_TESTS=1, and a picture of each to be looked at. */
const LOOKS: readonly (readonly [Screen, 'en' | 'zh'])[] = LONG
  ? (Object.keys(SCREENS) as Screen[]).flatMap((screen) => [[screen, 'en'] as const, [screen, 'zh'] as const])
  : [
      ['phone', 'en'],
      ['landscape', 'zh'],
    ]
const FOLDER = join(import.meta.dirname, '../../test-results/cameras')
const picture = async (page: Page, name: string) =>
  void (LONG && (await page.screenshot({ path: join(FOLDER, name) })))
let browser: Browser
beforeAll(async () => {
  if (LONG) await mkdir(FOLDER, { recursive: true })
  browser = await openBrowser()
})
afterAll(() => leaveBrowser(browser))

const BODY: CameraView = {
  id: 'camera:012034567890',
  model: 'Canon EOS R5',
  name: 'Ceremony',
  colour: 'sky',
  offset_seconds: 0,
  serial: '012034567890',
  connection: 'usb',
  state: 'connected',
  trouble: null,
  total: 0,
  done: 0,
  readouts: {
    battery: 84,
    lens: 'RF24-70mm F2.8 L IS USM',
    mode: 'M',
    iso: '1600',
    aperture: 'f/2.8',
    shutter: '1/250',
    shots_left: 812,
    capture_target: 'card',
    card_free_bytes: 41.2e9,
    card_bytes: 64e9,
    card_images: 812,
  },
  can_shoot: true,
  last_frame_at: null,
}
const on = (...cameras: CameraView[]): CamerasStatus => ({ state: 'on', reason: null, cameras })
const lost = (code: 'dropped' | 'no_answer' | 'held', holders: string[] = []) => ({
  code,
  message: 'In the words of the daemon.',
  holders,
})
const SECOND: CameraView = {
  ...BODY,
  id: 'camera:2',
  model: 'NIKON Z 8',
  name: 'Reception',
  colour: 'rose',
  serial: '2001234',
  connection: 'wifi',
}
/** Every state, and a word that the dialog must say of it in each language. */
const STATES: readonly (readonly [string, CamerasStatus, string, string])[] = [
  ['reconnecting', on({ ...BODY, state: 'reconnecting', trouble: lost('dropped') }), 'Check the cable', '連接線'],
  ['catching-up', on({ ...BODY, state: 'catching_up', done: 12, total: 40 }), '12 of 40', '40 張已收到 12'],
  ['asleep', on({ ...BODY, state: 'asleep', trouble: lost('no_answer') }), 'half-press', '半按快門'],
  ['card-full', on({ ...BODY, state: 'card_full' }), 'empty card', '空的卡片'],
  ['held', on({ ...BODY, state: 'held', trouble: lost('held', ['Lightroom']) }), 'Quit Lightroom', '結束 Lightroom'],
  [
    'no-library',
    { state: 'no_library', reason: 'libgphoto2 is not installed.', cameras: [] },
    'brew install',
    'brew install',
  ],
  ['connecting', on({ ...BODY, readouts: null, state: 'connecting' }), 'Waiting for it', '正在等它回應'],
  ['none', on(), 'No camera is connected', '沒有連接相機'],
  ['two', on(BODY, SECOND), 'Reception', 'Reception'],
  ['memory', on({ ...BODY, readouts: { ...BODY.readouts!, capture_target: 'memory', battery: 9 } }), 'lost', '遺失'],
] // prettier-ignore

async function look(daemon: RunningDaemon, screen: Screen, language: 'en' | 'zh') {
  const { page, context, troubles } = await visit(browser, 'about:blank', {
    screen,
    locale: language === 'zh' ? 'zh-TW' : 'en-GB',
  })
  let socket: WebSocketRoute | undefined
  let status: Status | undefined
  await page.routeWebSocket(/live-socket/, (route) => {
    socket = route
    route.connectToServer().onMessage((text) => {
      const message = JSON.parse(String(text)) as SocketMessage
      if (message.type === 'snapshot') status = message.status
      if (message.type !== 'status.changed') route.send(text)
    })
  })
  let given: CamerasStatus = on()
  await page.route('**/api/camera', async (route) => {
    const settings = { files: 'both', jpeg_first: true, publish_marked: false, addresses: ['192.168.1.21'] }
    await route.fulfill({ json: { ...given, settings, known: given.cameras } })
  })
  await page.goto(`${daemon.url}/admin/`)
  await page.getByTestId('first-run').waitFor()
  const camera = page.getByTestId('status-camera')
  for (const [name, state, english, chinese] of STATES) {
    given = state
    const cameras = state.cameras.map((one) => ({
      ...one,
      last_frame_at: new Date(Date.now() - 12_000).toISOString(),
    }))
    // A snapshot is taken whatever came before it.
    socket!.send(
      JSON.stringify({
        type: 'snapshot',
        seq: 1,
        role: 'owner',
        status: { ...status!, camera: { ...state, cameras } },
      }),
    )
    const dialog = page.getByTestId('camera-dialog')
    if (!(await dialog.isVisible())) await camera.click()
    await dialog
      .getByText(language === 'zh' ? chinese : english)
      .first()
      .waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false)
    await picture(page, `${name}-${screen}-${language}.png`)
    if (name === 'none') continue
    // Shown again, so that its settings are those of the state.
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    if (name === 'two') {
      await camera.click()
      await dialog.getByTestId('camera-own').first().click()
      await dialog.getByTestId('camera-own-form').scrollIntoViewIfNeeded()
      await picture(page, `own-${screen}-${language}.png`)
      await dialog.getByTestId('camera-settings').getByRole('checkbox').last().scrollIntoViewIfNeeded()
      await picture(page, `settings-${screen}-${language}.png`)
      await page.keyboard.press('Escape')
    }
  }
  expect(troubles).toEqual([])
  await context.close()
}

test('every state of a camera is told in both languages, on a phone and on an iPad', async () => {
  const daemon = await startDaemon()
  try {
    for (const [screen, language] of LOOKS) await look(daemon, screen, language)
  } finally {
    await daemon.end()
  }
})

test('a camera that is connected is shown so, with a shutter for a thumb', async () => {
  const daemon = await startDaemon(['--demo=camera'])
  try {
    const { page, troubles } = await visit(browser, `${daemon.url}/admin/`)
    const tiles = page.getByTestId('tile')
    await tiles.first().waitFor()
    await page.getByTestId('status-camera').click()
    const dialog = page.getByTestId('camera-dialog')
    await dialog.locator('[data-state=connected]').waitFor()
    const shutter = dialog.getByTestId('camera-shoot')
    expect((await shutter.boundingBox())!.height).toBeGreaterThanOrEqual(64)
    const released = page.waitForResponse(
      (reply) => reply.url().endsWith('/api/camera') && reply.request().method() === 'POST',
    )
    await shutter.click()
    expect((await released).status()).toBe(200)
    for (const screen of Object.keys(SCREENS) as Screen[]) {
      await resize(page, SCREENS[screen])
      await picture(page, `connected-${screen}-en.png`)
    }
    await page.keyboard.press('Escape')
    await resize(page, SCREENS.landscape)
    await picture(page, 'connected-inbox.png')
    expect(troubles).toEqual([])
  } finally {
    await daemon.end()
  }
})
