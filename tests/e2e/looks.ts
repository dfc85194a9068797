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
const LONG = process.env['LONG_TESTS'] === '1'
const LOCALES = { en: 'en-GB', zh: 'zh-TW' } as const
type Language = keyof typeof LOCALES
export type Sight = `${Screen} ${Language}`
const SIGHTS = (Object.keys(SCREENS) as Screen[]).flatMap((screen) =>
  (Object.keys(LOCALES) as Language[]).map((language): Sight => `${screen} ${language}`),
)

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
  /** The pages whose turn it is. */
  readonly all: readonly Looked[]
  /** Says which pages are looked at from now on unless LONG_TESTS=1, when all are. One whose turn it was not before
   * is loaded anew. */
  turnTo(few: readonly Sight[]): Promise<void>
  /** What went wrong in any of the pages, also in those whose turn is over. */
  troubles(): string[]
  /** Brings every page into a state and looks at it.
   * @param bring false: this screen has no such state */
  look(state: string, bring: (looked: Looked) => Promise<unknown>): Promise<void>
}

/** What axe finds fault with, however little, as `rule: element`. */
export async function faults(page: Page): Promise<string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // The page's policy allows no script of ours; what a debugger runs is not asked. Half a megabyte is sent once a page.
  if (await page.evaluate(`typeof axe === 'undefined'`)) await page.evaluate(`(() => {${axe}})()`)
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`)
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${impact} ${id}: ${node.html.slice(0, 160)}`),
  )
}
let axe: string | undefined

/** Pages on the four screens in both languages: in each state nothing hangs over the edge, and axe finds no fault.
 * With LONG_TESTS=1 a picture of each lies in `.shots/<folder>` to be looked at.
 * @param few what is looked at first unless LONG_TESTS=1 @param first runs in each page before its own code */
export async function openLooks(
  browser: Browser,
  url: string,
  folder: string,
  few: readonly Sight[],
  first?: () => void,
): Promise<Looks> {
  await rm(join(SHOTS, folder), { recursive: true, force: true })
  const opened = new Map<Sight, Looked>()
  let all: Looked[] = []

  async function turnTo(turn: readonly Sight[]): Promise<void> {
    const before = all
    all = []
    for (const sight of LONG ? SIGHTS : turn) {
      const kept = opened.get(sight)
      if (kept && !before.includes(kept)) await kept.page.goto(url)
      const looked = kept ?? (await open(sight, opened.size))
      opened.set(sight, looked)
      all.push(looked)
    }
    // A page that follows what happens would keep the machine busy with nothing that is looked at.
    for (const { page } of before.filter((looked) => !all.includes(looked))) await page.goto('about:blank')
  }

  async function open(sight: Sight, at: number): Promise<Looked> {
    const [screen, language] = sight.split(' ') as [Screen, Language]
    const { page, context, troubles } = await visit(browser, 'about:blank', {
      screen,
      touch: screen !== 'desktop',
      locale: LOCALES[language],
      ...(first && { first }),
    })
    context.setDefaultTimeout(60_000)
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

  await turnTo(few)
  return {
    get all() {
      return all
    },
    turnTo,
    troubles: () => [...opened.values()].flatMap(({ troubles }) => troubles),
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
        if (LONG) await page.screenshot({ path: join(SHOTS, folder, screen, `${state}-${language}.png`) })
      }
      for (let at = 0; at < all.length; at += 4) await Promise.all(all.slice(at, at + 4).map(one))
      expect.soft(found).toEqual([])
    },
  }
}
