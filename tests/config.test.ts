import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigFault, parseConfig, type Config } from '../daemon/config.ts'
import { tempFolder } from './fixtures/catalog.ts'

let data: string
beforeEach(async () => {
  data = await tempFolder()
  await mkdir(join(data, 'config'))
})
afterEach(() => rm(data, { recursive: true, force: true }))

const writeConfig = (value: unknown) =>
  writeFile(join(data, 'config', 'daemon.json'), typeof value === 'string' ? value : JSON.stringify(value))

function parse(
  args: string[] = [],
  env: Record<string, string> = {},
): { config: Config; warnings: readonly string[] } {
  const parsed = parseConfig(['--data', data, ...args], env)
  if ('help' in parsed) throw new Error('asked for help')
  return { ...parsed, warnings: parsed.warnings.map(({ message }) => message) }
}

function faults(args: string[] = [], env: Record<string, string> = {}): readonly string[] {
  try {
    parse(args, env)
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults
    throw error
  }
  return []
}

test('without anything said the defaults hold', () => {
  const parsed = parseConfig([], {})
  expect(parsed).toMatchObject({
    config: { data: join(homedir(), 'Live Event Photography'), port: 8000, httpsPort: 8443, host: '0.0.0.0' },
    warnings: [],
  })
})

test('a flag wins over the environment, that over the file, and that over the default', async () => {
  await writeConfig({ port: 1000, host: '10.0.0.1', httpsPort: 1443 })
  const { config } = parse(['--port', '3000'], { LEP_PORT: '2000', LEP_HOST: '10.0.0.2' })
  expect(config).toMatchObject({ port: 3000, host: '10.0.0.2', httpsPort: 1443, demo: false })
})

test('every flag has a twin in the environment', () => {
  const { config, warnings } = parse([], {
    LEP_PORT: '1',
    LEP_HTTPS_PORT: '0',
    LEP_HOST: '127.0.0.1',
    LEP_NO_CAMERA: '1',
    LEP_CAMERA_PORT: 'ptpip:192.168.1.5:15740:15740',
    LEP_CARD_ROOT: '/a:/b',
    LEP_WATCH: '/c',
    LEP_DEMO: 'true',
    LEP_NO_TRUST_LOOPBACK: '1',
    LEP_LOG_LEVEL: 'warn',
  })
  expect(warnings).toEqual([])
  expect(config).toMatchObject({
    port: 1,
    httpsPort: 0,
    host: '127.0.0.1',
    camera: false,
    cameraPorts: ['ptpip:192.168.1.5:15740:15740'],
    cardRoots: ['/a', '/b'],
    watch: ['/c'],
    demo: true,
    trustLoopback: false,
    logLevel: 'warn',
  })
})

test('several Wi-Fi cameras can be given, and a demo on a virtual one', () => {
  const ports = ['ptpip:192.168.1.5:15740:15740', 'ptpip:192.168.1.6']
  expect(parse(ports.flatMap((port) => ['--camera-port', port])).config.cameraPorts).toEqual(ports)
  expect(parse([], { LEP_CAMERA_PORT: ports.join(',') }).config.cameraPorts).toEqual(ports)
  expect(parse(['--demo=camera']).config.demo).toBe('camera')
  expect(parse(['--demo']).config.demo).toBe(true)
  expect(faults(['--demo=video'])).toEqual([expect.stringContaining('"video"')])
})

test('all faults are told at once, each with the value', async () => {
  await writeConfig({ httpsPort: -1, folders: { buffer: 7 } })
  expect(faults(['--port', 'eighty', '--nonsense', 'x'], { LEP_CAMERA_PORT: 'usb' })).toEqual([
    expect.stringContaining('--nonsense'),
    expect.stringContaining('"x"'),
    expect.stringContaining('"eighty"'),
    expect.stringMatching(/httpsPort.*-1/),
    expect.stringContaining('"usb"'),
    expect.stringMatching(/folders\.buffer.*7/),
  ])
})

test.each([
  ['port', [80.5, '8e1', true, null, [80]], 'a port from 0 to 65535'],
  ['host', ['', 1, ['::1']], 'a text'],
  ['mdns', ['no', 2, null, []], 'true or false'],
  ['demo', ['video', 1, {}], 'true or false'],
  ['logLevel', ['loud', 3], 'one of debug, info, warn, error, silent'],
  ['cardRoots', [[], [''], ['/a', 7], '/a:', {}], 'folders'],
  ['cameraPorts', [['usb'], 'usb', [7], {}], 'ptpip:IP:PORT:PORT'],
  [
    'allowedHosts',
    [[], ['https://a.example'], 'a.example/b', [7]],
    'names such as gallery.example.org, without https:// or a path',
  ],
] as const)('a %s of another kind is refused', async (key, values, expected) => {
  for (const value of values) {
    await writeConfig({ [key]: value })
    const file = join(data, 'config', 'daemon.json')
    expect(faults()).toEqual([`${file}: ${key}: expected ${expected} but received ${JSON.stringify(value)}`])
  }
})

test.each([
  ['["port"]', 'expected a JSON object but received ["port"]'],
  ['null', 'expected a JSON object but received null'],
  ['{"folders": ["/a"]}', 'folders: expected an object but received ["/a"]'],
  ['{"folders": {"web": ""}}', 'folders.web: expected a folder but received ""'],
])('a file that holds %s is refused', async (file, fault) => {
  await writeConfig(file)
  expect(faults()).toEqual([`${join(data, 'config', 'daemon.json')}: ${fault}`])
})

test('the file takes what JSON has, and the texts that a flag takes', async () => {
  const whole = { port: 80, mdns: false, demo: true, watch: ['/a', '~/b'], allowedHosts: ['A.Example:8443'] }
  await writeConfig(whole)
  const expected = { ...whole, watch: ['/a', join(homedir(), 'b')], allowedHosts: ['a.example:8443'] }
  expect(parse().config).toMatchObject(expected)
  await writeConfig({ port: '80', mdns: 'false', demo: '1', watch: '/a:~/b', allowedHosts: 'A.Example:8443' })
  expect(parse().config).toMatchObject(expected)
})

test('what turns off is said as it is in the file, and the other way round by its flag', async () => {
  await writeConfig({ camera: true, mdns: false, trustLoopback: '0' })
  expect(parse().config).toMatchObject({ camera: true, mdns: false, trustLoopback: false })
  expect(parse(['--no-camera', '--no-mdns=false']).config).toMatchObject({ camera: false, mdns: true })
  expect(parse([], { LEP_NO_TRUST_LOOPBACK: '0' }).config.trustLoopback).toBe(true)
})

test('a file that is no JSON is told by its name', async () => {
  await writeConfig('{"port": 80')
  expect(faults()).toEqual([expect.stringContaining(join(data, 'config', 'daemon.json'))])
})

test('unknown keys and variables warn and do not stop', async () => {
  await writeConfig({ prot: 80, folders: { bufer: '/x' } })
  const { warnings } = parse([], { LEP_PROT: '80', LEP_S3_BUCKET: 'b', HOME: '/root' })
  expect(warnings).toEqual([
    expect.stringContaining('"bufer"'),
    expect.stringContaining('"prot"'),
    'unknown environment variable LEP_PROT',
    expect.stringContaining('LEP_S3_BUCKET'),
  ])
})

test('photo folders can be anywhere, but not in one another', async () => {
  await writeConfig({ folders: { buffer: '/Volumes/SSD/buffer' } })
  expect(parse().config.folders).toEqual({
    buffer: '/Volumes/SSD/buffer',
    web: join(data, 'photos_web'),
    trash: join(data, 'photos_trash'),
    archive: join(data, 'photos_archive'),
    finals: join(data, 'photos_finals'),
  })
  await writeConfig({ folders: { buffer: '/ssd', trash: '/ssd/trash', web: '/ssd' } })
  expect(faults()).toEqual([
    expect.stringContaining('"/ssd" lies in the web folder'),
    expect.stringMatching(/"\/ssd\/trash" lies in the buffer folder/),
    expect.stringMatching(/"\/ssd\/trash" lies in the web folder/),
  ])
})

test('a fifth watched folder is one too many', () => {
  const four = ['/1', '/2', '/3', '/4'].flatMap((folder) => ['--watch', folder])
  expect(parse(four).config.watch).toHaveLength(4)
  expect(faults([...four, '--watch', '/5'])).toEqual([expect.stringContaining('/5')])
})

test('the configuration cannot be changed afterwards', () => {
  const { config } = parse()
  expect(() => ((config as { port: number }).port = 1)).toThrow(TypeError)
  expect(() => ((config.folders as { web: string }).web = '/')).toThrow(TypeError)
})

test('ports for FTP: the switch decides unless one is given, and 0 is off', async () => {
  expect(parse().config).toMatchObject({ ftpPort: null, ftpPassive: { from: 50_000, to: 50_050 } })
  expect(parse(['--ftp-port', '0']).config.ftpPort).toBe(0)
  const { config } = parse(['--ftp-port', '2100', '--ftp-passive', '4000-4000'])
  expect(config).toMatchObject({ ftpPort: 2100, ftpPassive: { from: 4000, to: 4000 } })
  for (const range of ['5-4', '0-5', '70000-70001', '5'])
    expect(faults(['--ftp-passive', range])[0]).toContain('expected ports such as 50000-50050')
})
