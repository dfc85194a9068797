import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { By, until, type WebElement } from 'selenium-webdriver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowserOn, visit, type Visit } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { createLan, lanTrouble, type Lan } from '../fixtures/network/lan.ts'
import { freePort } from '../fixtures/network/ports.ts'
import { startImpostor, trustInChromium } from '../fixtures/network/trust.ts'
import { missingForWebKit, openWebKit, type WebKit } from '../fixtures/browser/webkit.ts'

/** The real browsers on another host of the network, which knows this one by its address and its name, once with our
 * authority trusted there and once without. */
const trouble = lanTrouble() ?? missingForWebKit()
const skip = trouble !== null && process.env['CI'] !== 'true'
if (skip) process.stderr.write(`tests/e2e/setup.test.ts does not run: ${trouble}.\n`)

const WAIT_MS = 20_000
const OTHER = 'other.local'

let lan: Lan
let daemon: RunningDaemon
let root: string
let name: string
let plain: string
let safe: string
const ends: (() => Promise<unknown>)[] = []

async function begin(): Promise<void> {
  lan = await createLan()
  ends.push(() => lan.remove())
  const httpsPort = await freePort()
  daemon = await startDaemon(['--https-port', String(httpsPort)])
  ends.push(() => daemon.end())
  const { connect } = (await daemon.get('/api/status')).body
  name = connect.name
  expect(connect.https).toMatchObject({ state: 'on', code: null })
  root = await readFile(join(daemon.data, 'config', 'tls', 'root.crt'), 'utf8')
  plain = `http://${lan.here}:${new URL(daemon.url).port}`
  safe = `https://${name}:${httpsPort}`
  expect(connect.https.origins).toEqual(expect.arrayContaining([safe, `https://${lan.here}:${httpsPort}`]))
  await lan.name(name, OTHER, 'example.com')
}

async function finish(): Promise<void> {
  for (const step of ends.splice(0).reverse()) await step()
}

/** In by the link of a code. The code page asks first whether it is in already; the refusal of that is no trouble. */
async function pairAt(browser: Browser, origin: string): Promise<Visit> {
  const seen = await visit(browser, `${origin}/pair#pair=${await code()}`, { worker: true })
  await seen.page.waitForURL(`${origin}/admin/`)
  // The page's socket may be just about to open, and is not the one that a test waits for.
  await seen.page.goto('about:blank')
  seen.troubles.splice(0)
  return seen
}

async function code(): Promise<string> {
  return (await daemon.post('/api/pair/code', {})).body.key
}

describe.skipIf(skip)('Chromium on another host', () => {
  let stranger: Browser
  let trusting: Browser

  async function home(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'lep-chromium-'))
    ends.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
    return folder
  }
  beforeAll(async () => {
    await begin()
    const trusts = await home()
    await trustInChromium(trusts, root)
    stranger = await openBrowserOn({ run: lan.run, home: await home() })
    ends.push(() => stranger.close())
    trusting = await openBrowserOn({ run: lan.run, home: trusts })
    ends.push(() => trusting.close())
  })
  afterAll(finish)

  /** Resolves with the first message of the app's socket; the gallery, which the page may still be leaving, has one too. */
  async function socketOf({ page }: Visit, url: string): Promise<string> {
    const opened = page.waitForEvent('websocket', (socket) => socket.url().includes('/api/live-socket'))
    const first = opened.then((socket) => socket.waitForEvent('framereceived'))
    await page.goto(url)
    return (await first).payload.toString()
  }

  test('without our authority the setup page shows the way, and HTTPS is refused', async () => {
    const { page, context, troubles } = await visit(stranger, `${plain}/setup`, { screen: 'portrait' })
    await page.getByTestId('setup-state').getByText('turns green').waitFor()
    await page.getByRole('button', { name: 'iPad' }).click()
    expect(await page.locator('#steps > li').count()).toBe(5)
    expect(await page.locator('#steps svg').count()).toBeGreaterThanOrEqual(5)
    expect(await page.getByTestId('setup-next').isVisible()).toBe(false)
    const profile = await page.evaluate(async () => {
      const reply = await fetch('/setup/live-event.mobileconfig')
      return [reply.headers.get('content-type'), await reply.text()]
    })
    expect(profile).toEqual([
      'application/x-apple-aspen-config',
      expect.stringContaining('com.apple.security.root'),
    ])
    await page.getByTestId('setup-help').click()
    await page.getByText('client isolation').waitFor()
    await page.getByRole('button', { name: '繁體中文' }).click()
    await page.getByRole('heading', { name: '設定這台裝置' }).waitFor()
    // The only complaints are the questions over HTTPS, which are what the page is about.
    expect(troubles.filter((one) => !/net::ERR_CERT_AUTHORITY_INVALID/.test(one))).toEqual([])
    await expect(page.goto(`${safe}/setup`)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID')
    await context.close()
  })

  test('on HTTP everything but installing works, without a word in the console', async () => {
    const seen = await pairAt(stranger, plain)
    await seen.page.goto(`${plain}/gallery/`)
    expect(await socketOf(seen, `${plain}/admin/`)).toContain('"type":"snapshot"')
    await seen.page.getByTestId('tab-more').click()
    await seen.page.getByTestId('connect-guests').getByText(`${plain}/gallery/`).waitFor()
    expect(await seen.page.evaluate(() => [isSecureContext, 'serviceWorker' in navigator])).toEqual([
      false,
      false,
    ])
    expect(seen.troubles).toEqual([])
    await seen.context.close()
  })

  test('with it the setup page turns green by itself and takes the pairing along to the safe name', async () => {
    const { page, context } = await pairAt(trusting, plain)
    const isQuestion = (url: URL) => url.pathname === '/setup/trusted.json'
    await page.route(isQuestion, (route) => route.abort())
    await page.goto(`${plain}/setup`)
    await page.getByText('turns green').waitFor()
    await page.unroute(isQuestion)
    await page.getByText(`This device trusts ${name}.`).waitFor()
    // Two origins are two sites, whose browser shows neither the other's cookie.
    const handed = await code()
    await page.route('**/api/pair/handover', (route) =>
      route.fulfill({ json: { code: handed, expires_at: new Date().toISOString() } }),
    )
    await page.getByTestId('setup-next').click()
    await page.waitForURL(`${safe}/setup`)
    await page.getByText('This device is paired.').waitFor()
    await page.getByTestId('setup-next').click()
    await page.waitForURL(`${safe}/admin/`)
    await context.close()
  })

  test('with it the app runs in a secure context, its socket connects, and the console stays silent', async () => {
    const seen = await pairAt(trusting, safe)
    expect(await socketOf(seen, `${safe}/admin/`)).toContain('"type":"snapshot"')
    expect(await seen.page.evaluate(() => isSecureContext)).toBe(true)
    expect(seen.troubles).toEqual([])
    await seen.context.close()
  })

  test('with it https://example.com is refused with a certificate from our intermediate', async () => {
    const folder = join(daemon.data, 'config', 'tls')
    for (const [host, accepted] of [
      [OTHER, true],
      ['example.com', false],
    ] as const) {
      const impostor = await startImpostor(folder, lan.here, host)
      const context = await trusting.newContext()
      const page = await context.newPage()
      const going = page.goto(`https://${host}:${impostor.port}/`)
      if (accepted) expect((await going)!.status()).toBe(200)
      else await expect(going).rejects.toThrow('net::ERR_CERT')
      expect(await page.locator('#impostor').count()).toBe(accepted ? 1 : 0)
      await context.close()
      await impostor.close()
    }
  })

  test('with it the service worker registers, and the app starts again while the daemon is away', async () => {
    const { page, context } = await pairAt(trusting, safe)
    await page.goto(`${safe}/admin/`)
    await page.evaluate(async () => {
      const late = new Promise((_resolve, reject) =>
        setTimeout(() => reject(new Error('There is no service worker')), 15_000),
      )
      await Promise.race([navigator.serviceWorker.ready, late])
    })
    await page.reload()
    await page.getByTestId('tab-more').waitFor()
    await daemon.stop()
    await page.reload()
    await page.getByTestId('tab-more').waitFor()
    await context.close()
  })
})

describe.skipIf(skip)('WebKit on another host', () => {
  let webkit: WebKit
  const find = (selector: string): Promise<WebElement> =>
    Promise.resolve(webkit.driver.wait(until.elementLocated(By.css(selector)), WAIT_MS))
  const at = (url: string) => webkit.driver.wait(until.urlIs(url), WAIT_MS)

  beforeAll(begin)
  afterAll(finish)

  /** A browser sees the list of authorities as it is when it starts. */
  async function open(trusted: boolean): Promise<void> {
    await lan.trust(trusted ? root : null)
    webkit = await openWebKit({ run: lan.run, address: lan.there })
    ends.push(() => webkit.end())
  }

  /** The browser shows a page of its own in the place of ours. */
  async function refused(url: string, mark: string): Promise<void> {
    // A load that is refused may leave the page before in its place.
    await webkit.driver.get('about:blank')
    await webkit.driver.get(url).catch(() => undefined)
    expect(await webkit.driver.findElements(By.css(mark))).toEqual([])
  }

  test('without our authority the setup page shows the way, HTTP works and HTTPS is refused', async () => {
    await open(false)
    await webkit.driver.get(`${plain}/setup`)
    await find('#state[data-state=looking]')
    expect(await webkit.driver.findElements(By.css('#steps > li'))).not.toHaveLength(0)
    await webkit.driver.get(`${plain}/pair#pair=${await code()}`)
    await at(`${plain}/admin/`)
    await (await find('[data-testid=tab-more]')).click()
    await find('[data-testid=connect-guests]')
    await refused(`${safe}/setup`, '#state')
    await webkit.end()
  })

  test('with it the page turns green, the socket connects, and example.com from our intermediate is refused', async () => {
    await open(true)
    await webkit.driver.get(`${plain}/setup`)
    await find('#state[data-state=trusted]')
    await (await find('[data-testid=setup-next]')).click()
    await at(`${safe}/setup`)
    await webkit.driver.get(`${safe}/pair#pair=${await code()}`)
    await at(`${safe}/admin/`)
    const greeting = await webkit.driver.executeAsyncScript<string>(`const done = arguments[0]
      const socket = new WebSocket('wss://' + location.host + '/api/live-socket')
      socket.onmessage = ({ data }) => done(data.slice(0, 60))
      socket.onerror = () => done('refused')`)
    expect(greeting).toContain('"type":"snapshot"')

    const folder = join(daemon.data, 'config', 'tls')
    const allowed = await startImpostor(folder, lan.here, OTHER)
    await webkit.driver.get(`https://${OTHER}:${allowed.port}/`)
    await find('#impostor')
    expect(allowed.requests()).toBeGreaterThan(0)
    await allowed.close()
    const thief = await startImpostor(folder, lan.here, 'example.com')
    await refused(`https://example.com:${thief.port}/`, '#impostor')
    // The browser came, saw the certificate and asked for nothing.
    expect([thief.greetings() > 0, thief.requests()]).toEqual([true, 0])
    await thief.close()
  })

  test('with it the service worker registers, and the app starts again while the daemon is away', async () => {
    await webkit.driver.get(`${safe}/admin/`)
    const ready = await webkit.driver.executeAsyncScript<string>(`const done = arguments[0]
      setTimeout(() => done('There is no service worker'), 15000)
      navigator.serviceWorker.ready.then(() => done('ready'), (error) => done(String(error)))`)
    expect(ready).toBe('ready')
    await webkit.driver.navigate().refresh()
    await find('[data-testid=tab-more]')
    await daemon.stop()
    await webkit.driver.navigate().refresh()
    await find('[data-testid=tab-more]')
  })
})
