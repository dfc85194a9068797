import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ConfigFault, parseConfig } from '../daemon/config.ts'
import { messageOf } from '../daemon/errors.ts'
import { fullName, thumbName, viewName } from '../daemon/publish/public-names.ts'
import { checkAddresses } from '../daemon/cloud/guest-addresses.ts'
import { compare, listEvent, pull, refresh } from './cloud/compare.ts'
import { createTerminal } from './cloud/terminal.ts'
import { openWorkplace, type Workplace } from './cloud/workplace.ts'

const USAGE = `Usage: npm run cloud -- COMMAND [options]

  list                 what the bucket holds of the event
  status               how the bucket is doing
  verify               the bucket and its manifest against the catalog, by MD5; --download reads every byte back
  pull                 fetches published files that are not on this computer
  check                whether guests' pages can read at the bucket's own address and hear news, and what is missing
  refresh              sends what the bucket lacks and writes its manifest anew
  delete NAME...       takes photos out of the gallery and the bucket
  delete-multi         shows a list and asks which to take out

  --event SLUG  another event than the current one     --data DIR, --port N  as for the daemon
  --json        for other programs                     --yes                 asks nothing before removing

Exit codes: 0 all is well, 1 something is not, 2 asked wrongly, 3 nobody agreed to a removal.`

const COMMANDS = ['list', 'status', 'verify', 'pull', 'refresh', 'check', 'delete', 'delete-multi']
const terminal = createTerminal()
let json = false

/** @param text what a person reads instead of the JSON */
function show(value: object, text: string): void {
  console.log(json ? JSON.stringify(value, null, 2) : text)
}

const lines = (title: string, names: readonly string[]) =>
  names.length === 0 ? [] : [`${title} (${names.length}):`, ...names.map((name) => `  ${name}`)]

/** Waits until the bucket has heard of everything. */
async function settle(place: Workplace): Promise<boolean> {
  const first = await place.status()
  let most = first.waiting
  for (let last = '', quiet = 0; ;) {
    const { waiting, trouble } = await place.status()
    most = Math.max(most, waiting)
    terminal.progress('Bucket', most - waiting, most)
    if (waiting === 0) return true
    if (trouble !== null && trouble !== last) terminal.say((last = trouble))
    // An outage may last; a person at a terminal wants to know what will happen by itself.
    quiet = trouble === null ? 0 : quiet + 1
    if (quiet > 150) return false
    await sleep(200)
  }
}

async function agreed(yes: boolean, question: string): Promise<boolean> {
  if (yes) return true
  const answer = await terminal.ask(`${question} [y/N] `)
  if (answer === null) terminal.say('Nobody can be asked here. Give --yes to agree beforehand.')
  return answer !== null && /^y(es)?$/i.test(answer.trim())
}

async function remove(place: Workplace, names: readonly string[], yes: boolean): Promise<number> {
  const { catalog, event, store } = place
  const there = await listEvent(place)
  const live = names.filter((name) => catalog.publications.byName(event.id, name)?.state === 'live')
  const leftovers = names.filter((name) => !live.includes(name) && there.has(name) && !name.endsWith('.json'))
  const unknown = names.filter((name) => !live.includes(name) && !leftovers.includes(name))
  if (unknown.length > 0) {
    terminal.say(`Neither published nor in the bucket: ${unknown.join(', ')}. Nothing was removed.`)
    return 1
  }
  if (live.length > 0 && event.id !== catalog.events.current().id) {
    terminal.say(
      `"${event.slug}" is not the current event. Switch to it first: npm run events -- switch ${event.slug}`,
    )
    return 1
  }
  for (const line of lines('To be removed', names)) terminal.say(line)
  if (
    !(await agreed(yes, `Take ${names.length === 1 ? 'it' : `these ${names.length}`} out of ${store.name}?`))
  )
    return 3
  if (live.length > 0) await place.allowMany()
  for (const [n, name] of live.entries()) {
    await place.unpublish(name)
    terminal.progress('Unpublishing', n + 1, live.length)
  }
  for (const name of leftovers) {
    for (const file of [name, thumbName(name), viewName(name), fullName(name)])
      if (there.has(file) && catalog.publications.byName(event.id, name)?.state !== 'live')
        await store.remove(`${event.prefix}/${file}`)
  }
  const done = await settle(place)
  show(
    { removed: names, done },
    done ? `Removed: ${names.join(', ')}` : 'Some of it waits for the bucket and goes by itself.',
  )
  return done ? 0 : 1
}

/** `1,3,7-9` as indexes of a list; null when it is none. */
export function chosen(text: string, count: number): number[] | null {
  const picked = new Set<number>()
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    if (from === '' || Number(from) < 1 || Number(to) > count || Number(to) < Number(from)) return null
    for (let n = Number(from); n <= Number(to); n += 1) picked.add(n - 1)
  }
  return [...picked].sort((a, b) => a - b)
}

async function removeChosen(place: Workplace, yes: boolean): Promise<number> {
  const names = place.catalog.publications.list(place.event.id).items.map(({ name }) => name)
  names.forEach((name, n) => terminal.say(`${String(n + 1).padStart(5)}  ${name}`))
  const answer = await terminal.ask('Which (such as 1,3,7-9)? ')
  if (answer === null) {
    terminal.say('Nobody can be asked here. Use: delete NAME...')
    return 3
  }
  const picked = chosen(answer, names.length)
  if (picked === null) {
    terminal.say(`"${answer}" names no photos of the list.`)
    return 2
  }
  return picked.length === 0
    ? 3
    : remove(
        place,
        picked.map((n) => names[n]!),
        yes,
      )
}

async function run(
  place: Workplace,
  command: string,
  names: string[],
  options: { yes: boolean; download: boolean },
): Promise<number> {
  switch (command) {
    case 'list': {
      const files = [...(await listEvent(place))].sort(([a], [b]) => a.localeCompare(b))
      const objects = files.map(([name, { bytes, etag }]) => ({ name, bytes, ...(etag && { etag }) }))
      const rows = objects.map(({ name, bytes }) => `${String(bytes).padStart(10)}  ${name}`)
      show(
        { event: place.event.slug, prefix: place.event.prefix, objects },
        [...rows, `${objects.length} objects`].join('\n'),
      )
      return 0
    }
    case 'status': {
      const sync = await place.status()
      const state = sync.trouble ?? (sync.waiting === 0 ? 'Everything is there.' : `${sync.waiting} wait.`)
      show({ event: place.event.slug, ...sync }, `${sync.store}: ${state}`)
      return sync.trouble === null ? 0 : 1
    }
    case 'verify': {
      const found = await compare(place, terminal, options.download)
      const wrong = [
        ...lines('Not in the bucket', found.missing),
        ...lines('Other bytes in the bucket', found.different),
        ...lines('Not on this computer (pull fetches them)', found.not_here),
        ...lines('In the bucket, but not published', found.extra),
        ...lines('Published, but not in the list that guests read (refresh mends it)', found.unnamed),
        ...lines('In the list that guests read, but not published (refresh mends it)', found.named),
      ]
      show({ event: place.event.slug, ...found }, [...wrong, `${found.checked} files compared.`].join('\n'))
      return wrong.length === 0 ? 0 : 1
    }
    case 'pull': {
      const { fetched, missing } = await pull(place, terminal)
      show(
        { fetched, missing },
        [...lines('In neither place', missing), `${fetched.length} files fetched.`].join('\n'),
      )
      return missing.length === 0 ? 0 : 1
    }
    case 'refresh': {
      const { queued } = await refresh(place)
      const done = await settle(place)
      show({ queued, done }, `${queued} files sent again; the manifest is ${done ? 'new' : 'waiting'}.`)
      return done ? 0 : 1
    }
    case 'check': {
      const { publicUrl, photoBaseUrl } = place.addresses()
      const { slug, prefix, access } = place.event
      const findings = await checkAddresses({
        publicUrl,
        photoBaseUrl,
        event: { slug, prefix, asksPin: access.visibility === 'pin' },
      })
      const rows = findings.map(({ ok, text, mend }) =>
        [`${ok ? 'ok     ' : 'MISSING'}  ${text}`, ...(mend ? [`  ${mend}`] : [])].join('\n'),
      )
      show({ event: slug, findings }, rows.join('\n'))
      return findings.every(({ ok }) => ok) ? 0 : 1
    }
    case 'delete':
      return remove(place, [...new Set(names)], options.yes)
    default:
      return removeChosen(place, options.yes)
  }
}

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      event: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string' },
      json: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      download: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  json = values.json
  const [command = '', ...names] = positionals
  const wrong = !COMMANDS.includes(command) || (command === 'delete') !== names.length > 0
  if (values.help || wrong) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const given = (['data', 'port'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  )
  const parsed = parseConfig(given, process.env)
  if ('help' in parsed) return 2
  const place = await openWorkplace(parsed.config, values.event)
  try {
    return await run(place, command, names, values)
  } finally {
    await place.close()
  }
}

if (import.meta.main)
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    const faults = error instanceof ConfigFault ? error.faults : [messageOf(error)]
    for (const fault of faults) terminal.say(fault)
    process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
  }
