import { readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, Page, WebSocketRoute } from 'playwright-core'
import { expect } from 'vitest'
import type { AccessRequests, SocketMessage } from '../../daemon/contract/notice.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { SCREENS, visit, type Screen } from '../fixtures/browser/browser.ts'
import { painted } from './window.ts'

const SHOTS = fileURLToPath(new URL('../../.shots/', import.meta.url))
const LOCALES = { en: 'en-GB', zh: 'zh-TW' } as const
export type Language = keyof typeof LOCALES
export type Sight = `${Screen} ${Language}`

/** One page that is brought into a state and looked at. */
export interface Looked {
  readonly page: Page
  readonly screen: Screen
  readonly language: Language
  /** The id under which the daemon knows the page. */
  you(): string
  /** The index among the pages. */
  readonly at: number
  readonly troubles: string[]
  /** Changes the daemon's status, as this page receives it from now on. */
  pretend(change: (status: Status) => Status): void
  /** Sends the page a message that the daemon did not. */
  send(message: AccessRequests): void
}
export interface Looks {
  readonly all: readonly Looked[]
  /** Brings every page into a state, looks at it, and takes a picture.
   * @param bring false: this screen has no such state */
  look(state: string, bring: (looked: Looked) => Promise<unknown>): Promise<void>
}

/** What axe finds fault with, however little, as `rule: element`. */
export async function faults(page: Page): Promise<string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // The page's policy allows no script of ours; what a debugger runs is not asked.
  await page.evaluate(`typeof axe === 'undefined' && (() => {${axe}})()`)
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`)
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${impact} ${id}: ${node.html.slice(0, 160)}`),
  )
}
let axe: string | undefined

/** Pages on the four screens in both languages: in each state nothing hangs over the edge, axe finds no fault, and a
 * picture lies in `.shots/<folder>` to be looked at.
 * @param few what is looked at unless LONG_TESTS=1 @param first runs in each page before its own code */
export async function openLooks(
  browser: Browser,
  url: string,
  folder: string,
  few: readonly Sight[],
  first?: () => void,
): Promise<Looks> {
  await rm(join(SHOTS, folder), { recursive: true, force: true })
  const wanted = (Object.keys(SCREENS) as Screen[])
    .flatMap((screen) => (Object.keys(LOCALES) as Language[]).map((language) => ({ screen, language })))
    .filter(
      ({ screen, language }) => process.env['LONG_TESTS'] === '1' || few.includes(`${screen} ${language}`),
    )
  const all: Looked[] = []
  for (const { screen, language } of wanted) all.push(await open(screen, language, all.length))

  async function open(screen: Screen, language: Language, at: number): Promise<Looked> {
    const { page, context, troubles } = await visit(browser, 'about:blank', {
      screen,
      touch: screen !== 'desktop',
      locale: LOCALES[language],
      ...(first && { first }),
    })
    context.setDefaultTimeout(60_000)
    // A picture shows how it ends, not half of a change.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    let socket: WebSocketRoute | undefined
    let status: Status | undefined
    let seq = 0
    let you: string | undefined
    let change = (now: Status) => now
    const say = (message: object) => socket?.send(JSON.stringify(message))
    // The page draws its first photos before the socket greets it, which would undo what was said ahead of it.
    let greeting = Promise.withResolvers<void>()
    await page.routeWebSocket(/live-socket/, (route) => {
      socket = route
      greeting = Promise.withResolvers<void>()
      route.connectToServer().onMessage((text) => {
        const message = JSON.parse(String(text)) as SocketMessage
        if ('seq' in message) seq = message.seq
        if ('you' in message) you = message.you
        if ('status' in message) status = message.status
        say('status' in message ? { ...message, status: change(message.status) } : message)
        greeting.resolve()
      })
    })
    await page.goto(url)
    return {
      page,
      screen,
      language,
      at,
      troubles,
      pretend(next) {
        change = next
        // A snapshot is taken whatever came before it.
        void greeting.promise.then(() =>
          say({ type: 'snapshot', seq, role: 'owner', status: change(status!), ...(you && { you }) }),
        )
      },
      you: () => you ?? '',
      send: (message) => void greeting.promise.then(() => say(message)),
    }
  }

  return {
    all,
    async look(state, bring) {
      const found: string[] = []
      const one = async (looked: Looked) => {
        const { page, screen, language } = looked
        if ((await bring(looked)) === false) return
        const where = `${state} ${screen} ${language}`
        // Pictures that are on their way and in sight.
        await page.waitForFunction(() =>
          [...document.querySelectorAll<HTMLImageElement>('img')].every(
            (image) => image.complete || image.getBoundingClientRect().top > innerHeight,
          ),
        )
        await painted(page)
        const over = await page.evaluate(() => [
          document.documentElement.scrollWidth - window.innerWidth,
          document.documentElement.scrollHeight - window.innerHeight,
        ])
        if (over.some((pixels) => pixels > 0)) found.push(`${where} hangs over by ${over.join(', ')}`)
        // The pages of one state are made of the same parts: two of them have all.
        if (language === 'en' && (screen === 'phone' || screen === 'desktop'))
          for (const fault of await faults(page)) found.push(`${where} ${fault}`)
        await page.screenshot({ path: join(SHOTS, folder, screen, `${state}-${language}.png`) })
      }
      for (let at = 0; at < all.length; at += 4) await Promise.all(all.slice(at, at + 4).map(one))
      expect.soft(found).toEqual([])
    },
  }
}
