import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { leaveBrowser, openBrowser } from '../fixtures/browser/browser.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { missingForWebKit, openWebKit, type WebKit } from '../fixtures/browser/webkit.ts'

/** The smallest window that WebKit allows. */
const UPRIGHT = { width: 600, height: 900 }
const ACROSS = { width: 900, height: 600 }

/** What both engines do: go somewhere, take a size, and answer what a page's script returns. */
interface Engine {
  go(url: string): Promise<void>
  size(size: { width: number; height: number }): Promise<void>
  ask<T>(script: string): Promise<T>
  end(): Promise<void>
}

async function openInChromium(): Promise<Engine> {
  const browser: Browser = await openBrowser()
  const page: Page = await browser.newPage({ viewport: UPRIGHT })
  return {
    go: async (url) => void (await page.goto(url)),
    size: (size) => page.setViewportSize(size),
    ask: <T>(script: string) => page.evaluate<T>(`(() => { ${script} })()`),
    end: () => leaveBrowser(browser),
  }
}
async function openInWebKit(): Promise<Engine> {
  const webkit: WebKit = await openWebKit()
  return {
    go: (url) => webkit.driver.get(url),
    size: ({ width, height }) => webkit.size(width, height),
    ask: <T>(script: string) => webkit.driver.executeScript<T>(script),
    end: () => webkit.end(),
  }
}

let daemon: RunningDaemon
/** Between guest and daemon, at another address for each test, so that nothing was kept. What fits `cut` never
 * arrives. */
let line: Server
let cut: RegExp | null = null
const asked: string[] = []
const url = (path: string) => `http://127.0.0.1:${(line.address() as AddressInfo).port}${path}`
const PUBLISHED = 24

beforeAll(async () => {
  daemon = await startDaemon()
  await daemon.post('/api/hold-settings', { hold_seconds: 0 })
  const names = Array.from({ length: PUBLISHED }, (_, n) => `P${String(n).padStart(2, '0')}.JPG`)
  const upright = { width: 320, height: 480 }
  const wide = { width: 480, height: 320 }
  await Promise.all(
    names.map(async (name, n) =>
      daemon.drop(name, await makeJpeg({ seed: n, ...(n % 3 === 0 ? upright : wide) })),
    ),
  )
  const published = await daemon.post('/api/batch_publish', { filenames: names })
  expect(published.body).toMatchObject({ status: 'completed' })
})
afterAll(() => daemon.end())

beforeEach(async () => {
  asked.length = 0
  line = createServer((asking, reply) => {
    asked.push(asking.url ?? '')
    if (cut?.test(asking.url ?? '')) return void asking.socket.destroy()
    const { host, ...headers } = asking.headers
    const to = new URL(daemon.url)
    const own = { ...headers, host: to.host, ...(host && headers.origin && { origin: daemon.url }) }
    const onward = request(
      { host: to.hostname, port: to.port, path: asking.url, method: asking.method, headers: own },
      (answer) => {
        reply.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(reply)
      },
    )
    onward.on('error', () => reply.destroy())
    asking.pipe(onward)
  })
  await new Promise<void>((done) => line.listen(0, '127.0.0.1', done))
})
afterEach(() => {
  cut = null
  line.closeAllConnections()
  line.close()
})

const missing = missingForWebKit()
const ENGINES = [
  { name: 'Chromium', open: openInChromium, isMissing: false },
  { name: 'WebKit', open: openInWebKit, isMissing: missing !== null && process.env['CI'] !== 'true' },
]

for (const { name, open, isMissing } of ENGINES)
  describe.skipIf(isMissing)(`a guest in ${name}`, () => {
    let engine: Engine
    beforeAll(async () => {
      engine = await open()
    })
    afterAll(() => engine?.end())

    const hold = (script: string) => expect.poll(() => engine.ask(`return ${script}`), { timeout: 20_000 })
    const visit = async (path = '/gallery/'): Promise<void> => {
      // A page that differs in its hash alone is not loaded again.
      await engine.go('about:blank')
      await engine.go(url(path))
      await hold(`document.querySelectorAll('.tile img.in').length > 2`).toBe(true)
    }
    const OPEN = `document.querySelector('.pswp--open') !== null`
    /** The photo that stands on the screen, and what is said of it. */
    const SAID = `(() => {
      const middle = document.elementsFromPoint(innerWidth / 2, innerHeight / 2)
      const picture = middle.find((one) => one.matches('img.pswp__img'))
      const stem = (text) => (/([^/=]+)\\.(?:jpg|webp)$/.exec(text ?? '') ?? [])[1]
      const link = document.querySelector('[data-testid=download]')
      const [shown, ...others] = [picture?.src, link.href, link.download, location.hash].map(stem)
      return shown === undefined ? 'nothing yet' : [...new Set([shown, ...others])].join()
    })()`

    test('what stands on the screen is what is named, saved and shared', async () => {
      await visit()
      await engine.ask(`
        Object.defineProperty(navigator, 'share', { configurable: true, value: (what) => {
          window.shared = what.url
          return Promise.resolve()
        } })
        document.querySelector('.grid .tile').click()`)
      await hold(OPEN).toBe(true)
      // At once, while the first still flies to its place.
      for (let n = 0; n < 5; n += 1)
        await engine.ask(`document.querySelector('.pswp__button--arrow--next').click()`)
      await hold(SAID).toBe(`P${PUBLISHED - 7}`)
      await engine.ask(`document.querySelector('[data-testid=share]').click()`)
      await hold(
        `new URL(window.shared ?? location.href).pathname.endsWith('/p/P${PUBLISHED - 7}.jpg')`,
      ).toBe(true)
      // The link opens that photo, over its event's page.
      const shared = new URL(await engine.ask<string>('return window.shared'))
      await engine.go(url(shared.pathname + shared.search))
      await hold(OPEN).toBe(true)
      await hold(SAID).toBe(`P${PUBLISHED - 7}`)
      expect(await engine.ask('return location.pathname + location.search')).toMatch(/^\/gallery\/e\/[^/?]+$/)
    })

    test('a photo that is taken down while it is open says so, and becomes no other', async () => {
      const taken = name === 'WebKit' ? 'P10.jpg' : 'P12.jpg'
      await visit(`/gallery/#photo=${taken}`)
      await hold(OPEN).toBe(true)
      await hold(SAID).toBe(taken.replace('.jpg', ''))
      expect((await daemon.post('/api/unpublish', { filename: taken })).status).toBe(200)
      await engine.ask(`dispatchEvent(new Event('online'))`)
      await hold(`document.querySelector('.viewer-gone') !== null`).toBe(true)
      const left = await engine.ask(`return [
        location.hash,
        ...['download', 'share'].map((id) => document.querySelector('[data-testid=' + id + ']').hidden),
      ].join()`)
      expect(left).toBe(`#photo=${taken},true,true`)
    })

    test('keeps what is looked at where it is when the phone is turned, and turned back', async () => {
      await engine.size(UPRIGHT)
      await visit()
      const MIDDLE = `(document.elementsFromPoint(innerWidth / 4, innerHeight / 2)
        .map((one) => one.closest('.grid .tile')?.dataset.filename).find((one) => one) ?? '')`
      await engine.ask(`scrollTo(0, document.querySelector('.grid').getBoundingClientRect().height / 2)`)
      await hold(`scrollY > 100 && ${MIDDLE} !== ''`).toBe(true)
      await engine.ask(
        `return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`,
      )
      const before = await engine.ask<string>(`return ${MIDDLE}`)
      const seen = `(() => {
        const box = document.querySelector('.grid [data-filename="${before}"]')?.getBoundingClientRect()
        return box !== undefined && box.bottom > 0 && box.top < innerHeight && innerWidth
      })()`
      await engine.size(ACROSS)
      await hold(seen).toBe(ACROSS.width)
      await engine.size(UPRIGHT)
      await hold(seen).toBe(UPRIGHT.width)
    })

    test('opens a photo though its code was lost once, which is fetched after the first photos', async () => {
      cut = /viewer-.*\.js$/
      await visit()
      await expect.poll(() => asked.some((one) => cut?.test(one)), { timeout: 20_000 }).toBe(true)
      const at = (part: RegExp) => asked.findIndex((one) => part.test(one))
      expect(at(/viewer-.*\.js/)).toBeGreaterThan(at(/thumb\//))
      await expect
        .poll(
          () =>
            engine.ask(`
              if (!(${OPEN})) document.querySelector('.tile').click()
              return ${OPEN}`),
          { timeout: 20_000, interval: 500 },
        )
        .toBe(true)
      expect(asked.filter((one) => /viewer-.*\.js\?again=/.test(one)).length).toBeGreaterThan(0)
    })

    test('types the PIN of an event once, reads when it has ended, and sees it again', async () => {
      const { slug } = (await daemon.get('/api/events')).body.current
      const decide = (access: object) => daemon.post('/api/events', { action: 'access', slug, ...access })
      const shows = (kind: string) => `document.querySelector('[data-testid=${kind}]') !== null`
      const look = () => engine.ask(`dispatchEvent(new Event('online'))`)
      const type = (pin: string) =>
        engine.ask(`
          const input = document.querySelector('[data-testid=pin-input]')
          input.value = '${pin}'
          document.querySelector('[data-testid=pin-go]').click()`)
      await decide({ visibility: 'pin', pin: '4711' })
      await engine.go(url(`/gallery/e/${slug}`))
      await hold(shows('pin-form')).toBe(true)
      expect(await engine.ask(`return document.querySelectorAll('.tile').length`)).toBe(0)
      await type('1234')
      await hold(`document.querySelector('[data-testid=pin-trouble]').textContent !== ''`).toBe(true)
      await type('4711')
      await hold(`document.querySelectorAll('.tile img.in').length > 2`).toBe(true)
      await visit(`/gallery/e/${slug}`)
      await decide({ ends_at: '2020-01-01T00:00:00Z' })
      await look()
      await hold(shows('ended')).toBe(true)
      expect(await engine.ask(`return document.querySelectorAll('.tile').length`)).toBe(0)
      await decide({ ends_at: null, visibility: 'front' })
      await look()
      await hold(`document.querySelectorAll('.tile img.in').length > 2`).toBe(true)
    })

    test('the app opens what was lost once', async () => {
      cut = /components-.*\.js$/
      await engine.go(url('/admin/'))
      await expect.poll(() => asked.some((one) => cut?.test(one)), { timeout: 20_000 }).toBe(true)
      await engine.ask(`dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }))`)
      await hold(`document.querySelector('dialog[open]') !== null`).toBe(true)
      expect(asked.filter((one) => /components-.*\.js\?again=/.test(one)).length).toBeGreaterThan(0)
    })
  })
