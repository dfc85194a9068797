import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDiscovery, type Discovery } from '../../daemon/access/discovery.ts'
import { silentLog } from '../../daemon/log.ts'
import { createLan, lanTrouble, type Lan } from '../fixtures/network/lan.ts'

const trouble = lanTrouble()
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/access/discovery.test.ts does not run: ${trouble}.\n`)
const ASKER = fileURLToPath(new URL('../fixtures/network/lan-names.ts', import.meta.url))

test('switched off, it says nothing and is no trouble', async () => {
  const quiet = createDiscovery({
    on: false,
    label: () => 'x',
    title: () => 'x',
    services: () => [],
    changed: () => undefined,
    log: silentLog,
  })
  await quiet.announce()
  expect(quiet.state()).toEqual({ state: 'off', message: null })
  await quiet.stop()
})

test('it makes itself known once, and again where it is told that others have forgotten it', async () => {
  let changes = 0
  const part = createDiscovery({
    on: true,
    label: () => 'x',
    title: () => 'x',
    services: () => [],
    interfaces: () => ['127.0.0.1'],
    systemAnswers: true,
    changed: () => (changes += 1),
    log: silentLog,
  })
  await part.announce()
  await part.announce()
  expect([part.state().state, changes]).toEqual(['system', 1])
  await part.announce(true)
  expect([part.state().state, changes]).toEqual(['system', 2])
  await part.stop()
})

describe.skipIf(skip)('found by another host on the network', () => {
  let lan: Lan
  let found: Discovery
  let title: string
  beforeEach(async () => {
    lan = await createLan()
    title = 'Anna & Wei-Ting'
  })
  afterEach(async () => {
    await found.stop()
    await lan.remove()
  })

  const label = `lep-${process.pid}`
  function discovery(askedFor = 750): Discovery {
    found = createDiscovery({
      on: true,
      label: () => label,
      title: () => title,
      services: () => [{ type: 'http', port: 8000, path: '/gallery/' }],
      interfaces: () => [lan.here],
      systemAnswers: false,
      askedFor,
      changed: () => undefined,
      log: silentLog,
    })
    return found
  }
  const on = (...args: string[]) => {
    const [command = '', ...rest] = [...lan.run, process.execPath, ASKER, lan.there, ...args]
    return spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
  }
  const ask = async (name: string, type: string) =>
    JSON.parse(await text(on('ask', name, type).stdout)) as unknown[]
  /** Daemons of other tests find this network, too, and make themselves known there. */
  const own = (answers: unknown[]) => answers.filter((one) => JSON.stringify(one).includes(label))

  test('by its name, which leads to the address on that very network, and by the event’s title', async () => {
    const one = discovery()
    await one.announce()
    expect(one.state()).toEqual({ state: 'published', message: null })
    expect(await ask(`${label}.local`, 'A')).toEqual([{ name: `${label}.local`, type: 'A', data: lan.here }])
    const service = `Anna & Wei-Ting (${label})._http._tcp.local`
    expect(own(await ask('_http._tcp.local', 'PTR'))).toEqual([
      { name: '_http._tcp.local', type: 'PTR', data: service },
    ])
    expect(await ask('somebody-else.local', 'A')).toEqual([])
    title = 'Gala'
    await one.announce()
    expect(own(await ask('_http._tcp.local', 'PTR'))).toMatchObject([
      { data: `Gala (${label})._http._tcp.local` },
    ])
  })

  test('a name that another computer has is left to it, and the state says so', async () => {
    const other = on('answer', `${label}.local`)
    await new Promise((resolve) => other.stdout.once('data', resolve))
    const one = discovery(3000)
    await one.announce()
    expect(one.state()).toEqual({ state: 'taken', message: expect.stringContaining(lan.there) })
    other.stdin.end()
    await new Promise((resolve) => other.once('exit', resolve))
    expect(await ask(`${label}.local`, 'A')).toEqual([])
  })
})
