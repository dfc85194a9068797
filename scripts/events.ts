import { parseArgs } from 'node:util'
import { ConfigFault, parseConfig } from '../daemon/config.ts'
import type { EventsReply } from '../daemon/contract/api.ts'
import { messageOf } from '../daemon/errors.ts'
import { daemonAt } from './cloud/daemon.ts'

const USAGE = `Usage: npm run events -- COMMAND [options]      (while the daemon runs)

  list                          every event, the current one marked
  create [TITLE]                closes the current event and opens another; --slug and --prefix name it otherwise
  rename SLUG TITLE             gives an event another title
  switch SLUG                   goes back to an earlier event
  pause | continue              stops and goes on taking and publishing
  close                         stops taking, sends what waits, and reports

  --port N, --data DIR  as for the daemon      --json  for other programs

Exit codes: 0 done, 1 it was refused, 2 asked wrongly.`

function bodyOf(
  [command = '', ...rest]: string[],
  options: { slug?: string | undefined; prefix?: string | undefined },
): object | null {
  const [slug = '', title = ''] = rest
  const named = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const count = rest.length
  switch (command) {
    case 'create':
      return count <= 1 ? { action: 'open', ...(count === 1 && { title: slug }), ...named } : null
    case 'rename':
      return count === 2 ? { action: 'rename', slug, title } : null
    case 'switch':
      return count === 1 ? { action: 'switch', slug } : null
    case 'pause':
    case 'continue':
    case 'close':
      return count === 0 ? { action: command } : null
    default:
      return null
  }
}

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      slug: { type: 'string' },
      prefix: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [command = ''] = positionals
  const body = bodyOf(positionals, { slug: values.slug, prefix: values.prefix })
  if (values.help || (command !== 'list' && body === null)) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const given = (['data', 'port'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  )
  const parsed = parseConfig(given, process.env)
  if ('help' in parsed) return 2
  const daemon = daemonAt(parsed.config.port)
  const reply = body
    ? await daemon.post<EventsReply>('/api/events', body)
    : await daemon.get<EventsReply>('/api/events')
  if (values.json) console.log(JSON.stringify(reply, null, 2))
  else {
    for (const { slug, title, state } of reply.events)
      console.log(`${slug === reply.current.slug ? '*' : ' '} ${slug.padEnd(16)} ${state.padEnd(7)} ${title}`)
    if (reply.report) {
      const { in: taken, published, set_aside, unsent, unremoved } = reply.report
      console.log(
        `\n${taken} in, ${published} published, ${set_aside} set aside, ${unsent} unsent, ${unremoved} still to be removed.`,
      )
      if (unsent + unremoved > 0)
        console.log('What waits goes by itself while the daemon runs and the network is there.')
    }
  }
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  for (const fault of error instanceof ConfigFault ? error.faults : [messageOf(error)]) console.error(fault)
  process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
}
