import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { parseConfig } from '../daemon/config.ts'
import { createDaemon } from '../daemon/daemon.ts'
import { LANGUAGES } from '../daemon/contract/language.ts'
import { operationsOf, type OpenApi, type Operation } from '../daemon/http/routes/docs/reference.ts'
import { messagesPage } from './manual/messages.ts'

/** Writes what is made of the code: docs/API.md from the routes of a running daemon, and the manual's page of messages in each
 * language; with `--check` it only says whether the files are as they would be written. */

const HEAD = `# API

Written by \`npm run docs\` from the schemas of the routes; \`npm run check\` refuses a file that is not up to date. A running
daemon shows the same to its owner at \`/api/docs\`, and to programs at \`/api/openapi.json\`.

- **Access** is the least role that may call a route: \`public\`, \`viewer\`, \`editor\` or \`owner\`. A request from this
  computer itself is the owner's.
- **Errors** have one shape: \`{ error: { code, message, params? }, detail }\`. \`code\` stays what it is; the words may change.
- A \`POST\` carries an \`Origin\` of our own. One with a \`request_id\` is done once, and its first reply is repeated for a day.
`

function section({ method, path, summary, access, parts, errors }: Operation): string {
  const lines = parts.map(({ name, type }) => `- ${name}: \`${type}\``)
  const refused = errors.map(({ status, codes }) => `${status} ${codes}`).join('; ')
  return [`## ${method} ${path}`, `${summary}. Access: ${access}.`, lines.join('\n'), `Errors: ${refused}.`]
    .filter((part) => part !== '')
    .join('\n\n')
}

async function readDocument(): Promise<OpenApi> {
  const data = await mkdtemp(join(tmpdir(), 'lep-api-'))
  const parsed = parseConfig(
    ['--data', data, '--port', '0', '--https-port', '0', '--no-mdns', '--no-camera'],
    {},
  )
  if ('help' in parsed) throw new Error('Help was asked for')
  const daemon = createDaemon(parsed.config, { log: pino({ level: 'silent' }), say: () => undefined })
  try {
    const { adminUrl } = await daemon.start()
    const reply = await fetch(new URL('/api/openapi.json', adminUrl))
    if (!reply.ok) throw new Error(`The daemon answered ${reply.status}`)
    return (await reply.json()) as OpenApi
  } finally {
    await daemon.stop()
    await rm(data, { recursive: true, force: true })
  }
}

async function apiPage(): Promise<string> {
  return `${[HEAD.trim(), ...operationsOf(await readDocument()).map(section)].join('\n\n')}\n`
}

const pages: readonly (readonly [path: string, text: string])[] = [
  ['docs/API.md', await apiPage()],
  ...LANGUAGES.map(([language]) => [`docs/${language}/messages.md`, messagesPage(language)] as const),
]
for (const [path, text] of pages) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  if (!process.argv.includes('--check')) await writeFile(file, text)
  else if (text !== (await readFile(file, 'utf8').catch(() => ''))) {
    console.error(`${path} is not up to date. Run: npm run docs`)
    process.exitCode = 1
  }
}
