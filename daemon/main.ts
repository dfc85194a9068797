/** The only file that knows the process: arguments, environment, signals, exit code. */
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 24
/** Faults that no restart fixes: the data folder has to be put right first. */
const FOR_A_PERSON = [
  'no_room_for_copy',
  'copy_failed',
  'restore_unfinished',
  'folder_of_others',
  'folder_not_made',
]

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(
    `This program needs Node ${OLDEST_NODE} or newer and was started with ${process.versions.node}. Run "npm run event", which brings its own.`,
  )
  process.exit(1)
}
// Imported late, so that an older Node gets the line above and not a syntax error.
const { enableCompileCache } = await import('node:module')
// What was compiled once is kept: every later start, also of what this process forks, takes a third less. A folder that
// cannot be written changes nothing else.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('../node_modules/.cache/compiled', import.meta.url),
)
enableCompileCache(process.env['NODE_COMPILE_CACHE'])
const { ConfigFault, LOG_FILE, parseConfig, USAGE } = await import('./config.ts')
const { createLog } = await import('./log.ts')
const { errnoOf, messageOf, Refusal } = await import('./errors.ts')
const { createFaultKeeper } = await import('./util/uncaught.ts')
const { boundLog } = await import('./util/bounded-log.ts')
const { createRecentLines } = await import('./util/recent-lines.ts')

async function main(): Promise<number> {
  const parsed = parseConfig(process.argv.slice(2), process.env)
  if ('help' in parsed) {
    console.log(USAGE)
    return 0
  }
  const { config, warnings } = parsed
  const logFile = process.env[LOG_FILE]
  if (logFile !== undefined) boundLog(logFile)
  const recent = createRecentLines()
  const log = createLog({ level: config.logLevel, pretty: process.stderr.isTTY, keep: recent })
  const { createDaemon } = await import('./daemon.ts')
  let code = 0
  let stop = (): void => undefined
  const stopped = new Promise<void>((resolve) => (stop = resolve))
  const daemon = createDaemon(config, {
    log,
    logSource: { file: logFile ?? null, lines: recent.lines },
    warnings,
    say: (line) => console.error(line),
    terminal: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 0,
    ended(error) {
      console.error(messageOf(error))
      code = 1
      stop()
    },
  })

  // Ctrl-C reaches every process of the terminal and npm forwards it too: one stop, however often it is asked.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const { adminUrl, galleryUrl } = await daemon.start()
  // A rejection that nobody handles comes here as well.
  process.on(
    'uncaughtException',
    createFaultKeeper({
      log,
      end() {
        code = 1
        stop()
      },
    }),
  )
  console.log(`ready ${adminUrl} ${galleryUrl}`)
  if (process.stdin.isTTY) process.stdin.on('data', () => daemon.newCode()).unref()
  await stopped
  await daemon.stop()
  return code
}

try {
  process.exitCode = await main()
} catch (error) {
  if (error instanceof ConfigFault) {
    console.error(`${error.message}:`)
    for (const fault of error.faults) console.error(`  ${fault}`)
    process.exitCode = 2
  } else {
    const port =
      errnoOf(error) === 'EADDRINUSE' ? ' Another program listens on this port; choose one with --port.' : ''
    console.error(error instanceof Refusal || port ? `${messageOf(error)}.${port}`.replace('..', '.') : error)
    process.exitCode = error instanceof Refusal && FOR_A_PERSON.includes(error.code) ? 2 : 1
  }
}
// Nothing may keep a stopped daemon alive: what had to be finished was awaited above.
process.exit()
