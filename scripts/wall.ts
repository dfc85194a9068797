import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { messageOf } from '../daemon/errors.ts'
import { secondDisplay } from './wall/displays.ts'

/** `npm run wall`: opens the wall in a window without anything else, on this computer, on the second display where there is
 * one. `--url` names another daemon or the gallery on the internet, `--at 1920,0` the display, by the place of its upper left
 * corner on the desk. */

const DEFAULT_URL = 'http://127.0.0.1:8000'
const USAGE = `Usage: npm run wall -- [options]

Opens the wall in a window without anything else, on this computer, in Chrome, Chromium or Safari; on the
second display where there is one. Ctrl-C closes it.

  --url URL  another daemon's, or the gallery's on the internet; ${DEFAULT_URL} unless named
  --at X,Y   the display that begins there on the desk, such as 1920,0; 0,0 is the main one`

/** How a browser is begun. */
export interface Start {
  readonly command: string
  readonly args: readonly string[]
}

export interface Machine {
  readonly platform: string
  exists(path: string): boolean
  /** Whether a program of that name is on the path. */
  has(name: string): boolean
}

const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]
const LINUX = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

/** @param options.at `x,y` of the display's upper left corner, or null for the first one
 * @param options.profile a folder for the browser's own things: the window is apart from the person's others
 * @returns null where no browser is found */
export function browserFor(
  machine: Machine,
  url: string,
  { at, profile }: { at: string | null; profile: string },
): Start | null {
  const args = [
    `--app=${url}`,
    '--kiosk',
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-session-crashed-bubble',
    '--noerrdialogs',
    ...(at === null ? [] : [`--window-position=${at}`]),
  ]
  if (machine.platform === 'darwin') {
    const chrome = MAC.find((path) => machine.exists(path))
    if (chrome !== undefined) return { command: chrome, args }
    return machine.exists('/Applications/Safari.app')
      ? { command: 'open', args: ['-a', 'Safari', url] }
      : null
  }
  const chromium = LINUX.find((name) => machine.has(name))
  return chromium === undefined ? null : { command: chromium, args }
}

/** @returns the wall's address at a daemon or a gallery; null for what is no address */
export function wallUrl(url: string): string | null {
  try {
    const { protocol, origin, pathname, hash } = new URL(url)
    if (!/^https?:$/.test(protocol)) return null
    const slug = /\/e\/([^/]+)/.exec(pathname)?.[1]
    return `${origin}/wall/${slug === undefined ? '' : `e/${slug}`}?kiosk${hash}`
  } catch {
    return null
  }
}

const say = (line: string) => process.stdout.write(`${line}\n`)

function asked() {
  const options = { url: { type: 'string' }, at: { type: 'string' }, help: { type: 'boolean' } } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    say(messageOf(error))
    return null
  }
}

function findSecondDisplay(): string | null {
  const { command, args, read } = secondDisplay(process.platform)
  const { stdout } = spawnSync(command, [...args], { encoding: 'utf8', timeout: 5_000 })
  return read(stdout ?? '')
}

/** Runs the browser until its window is closed, or until this program is told to end. */
function show({ command, args }: Start, url: string): Promise<number> {
  const child = spawn(command, [...args], { stdio: 'ignore' })
  // The display stays on for as long as the window is open.
  if (process.platform === 'darwin' && child.pid !== undefined && command !== 'open')
    spawn('caffeinate', ['-di', '-w', String(child.pid)], { stdio: 'ignore' }).on('error', () => undefined)
  const end = () => child.kill('SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  return new Promise((resolve) => {
    child.once('error', () => {
      say(`${command} did not start. Open ${url} in any browser and make it full screen.`)
      resolve(1)
    })
    child.once('exit', (code) => resolve(code ?? 0))
  })
}

async function main(): Promise<number> {
  const values = asked()
  if (!values) {
    say(USAGE)
    return 2
  }
  if (values.help) {
    say(USAGE)
    return 0
  }
  const url = wallUrl(values.url ?? process.env['LEP_URL'] ?? DEFAULT_URL)
  if (url === null || (values.at !== undefined && !/^-?\d+,-?\d+$/.test(values.at))) {
    say(USAGE)
    return 2
  }
  const reply = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null)
  if (!reply?.ok) {
    say(`Nothing answers at ${url}. Start the program with "npm run event", or name its address with --url.`)
    return 1
  }
  const start = browserFor(
    {
      platform: process.platform,
      exists: existsSync,
      has: (name) => spawnSync('which', [name], { stdio: 'ignore' }).status === 0,
    },
    url,
    { at: values.at ?? findSecondDisplay(), profile: join(tmpdir(), 'live-event-wall') },
  )
  if (!start) {
    say(`There is no Chrome, Chromium or Safari here. Open ${url} in any browser and make it full screen.`)
    return 1
  }
  if (start.command === 'open') say('Safari opens it. For full screen press Control-Command-F.')
  else say('The wall is open. Alt-F4, or Command-Q on a Mac, closes it, and so does Ctrl-C here.')
  return show(start, url)
}

if (import.meta.main) process.exitCode = await main()
