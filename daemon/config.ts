import { readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Type } from 'typebox'
import { Check } from 'typebox/schema'
import { checkBucket, type BucketEntry } from './util/bucket-settings.ts'
import { KINDS, LOG_LEVELS, readValue, type Given, type Kind, type PortRange } from './util/config-value.ts'
import { errnoOf, messageOf, Refusal } from './errors.ts'
import { FOLDER_ROLES, type FolderPaths, type FolderRole } from './folders.ts'
import type { Message } from './contract/message.ts'
import { overlaps } from './util/folder-overlaps.ts'
import { newMessage } from './util/message.ts'

/** Everything that is settled before the start. Flags win over environment, environment over the file, the file over
 * the defaults. Frozen. */
export interface Config {
  /** Holds the catalog, the caches, `config/` and, unless they were put elsewhere, the photo folders. */
  readonly data: string
  readonly port: number
  /** 0 = off. */
  readonly httpsPort: number
  readonly host: string
  /** For cameras that send by FTP; 0 = off, null = the app's switch decides, and the port is `FTP_PORT`. */
  readonly ftpPort: number | null
  /** Ports for their data. */
  readonly ftpPassive: PortRange
  /** Whether this computer is announced by its name on the network. */
  readonly mdns: boolean
  readonly camera: boolean
  /** Wi-Fi cameras, `ptpip:IP:PORT:PORT`; those on USB are found. */
  readonly cameraPorts: readonly string[]
  /** Folders below which memory cards are mounted. */
  readonly cardRoots: readonly string[]
  /** Extra folders to copy new photos from, at most four. */
  readonly watch: readonly string[]
  /** The first event's photo folders. */
  readonly folders: FolderPaths
  /** Whether to play a shoot, and whether through a virtual camera. */
  readonly demo: boolean | 'camera'
  /** The bucket, if the environment names one; it wins over the settings page. */
  readonly s3: BucketEntry | null
  readonly trustLoopback: boolean
  /** Names besides this machine's own that a request may be for, `NAME` or `NAME:PORT`, in lower case: of a proxy. */
  readonly allowedHosts: readonly string[]
  readonly logLevel: string
}

export class ConfigFault extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`)
    this.name = 'ConfigFault'
    this.faults = faults
  }
}

/** Where cameras send by FTP unless another port is given; below 1024 only the system's owner may listen. */
export const FTP_PORT = 2121

/** More watched folders than this are refused. */
export const WATCH_LIMIT = 4

export const USAGE = `Usage: npm run event -- [options]        (or npm start -- [options])

  --data DIR            where everything is kept          (~/Live Event Photography)
  --port N              the port to listen on             (8000)
  --https-port N        the HTTPS port, 0 = off           (8443)
  --host ADDRESS        the address to listen on          (0.0.0.0)
  --ftp-port N          the port for cameras that send by FTP, 0 = off   (2121, once it is switched on)
  --ftp-passive A-B     the ports for what they send      (50000-50050)
  --no-mdns             do not announce this computer by its name on the network
  --no-camera           leave cameras alone
  --camera-port PORT    a Wi-Fi camera, ptpip:IP:PORT:PORT; may be given several times
  --card-root DIR       where cards are mounted; may be given several times
  --watch DIR           also copy new photos from DIR; at most ${WATCH_LIMIT} times
  --demo                play a shoot from built-in photos; --demo=camera plays it on a virtual Wi-Fi camera
  --no-trust-loopback   this computer has to pair too (behind a proxy or tunnel)
  --allow-host NAME     answer to this name as well (a proxy's); may be given several times
  --log-level LEVEL     ${LOG_LEVELS.join(', ')}   (info)
  --help                this text

Each has a twin in the environment (LEP_DATA, LEP_PORT, LEP_NO_CAMERA=1, LEP_CARD_ROOT=a:b, ...) and in
DATA/config/daemon.json ({"port": 8000, "watch": ["/Volumes/SSD/in"], "folders": {"buffer": "/Volumes/SSD/buffer"}}).`

/** What has a flag, a variable and a key in the file. */
type Settings = Omit<Config, 'data' | 'folders' | 's3'>

interface Setting<T> {
  readonly flag: string
  readonly kind: Kind<T>
  /** What the flag and the variable mean by a value, where the file means it as it stands. */
  readonly fromFlag?: (value: T) => T
}

const not = (value: boolean) => !value

/** One row a setting: its key in the file, and the flag (`--https-port`), from which the environment's twin
 * (`LEP_HTTPS_PORT`) follows. */
const SETTINGS: { readonly [K in keyof Settings]: Setting<Settings[K]> } = {
  port: { flag: 'port', kind: KINDS.port },
  httpsPort: { flag: 'https-port', kind: KINDS.port },
  host: { flag: 'host', kind: KINDS.text },
  ftpPort: { flag: 'ftp-port', kind: KINDS.port },
  ftpPassive: { flag: 'ftp-passive', kind: KINDS.ports },
  mdns: { flag: 'no-mdns', kind: KINDS.switch, fromFlag: not },
  camera: { flag: 'no-camera', kind: KINDS.switch, fromFlag: not },
  cameraPorts: { flag: 'camera-port', kind: KINDS.cameras },
  cardRoots: { flag: 'card-root', kind: KINDS.paths },
  watch: { flag: 'watch', kind: KINDS.paths },
  demo: { flag: 'demo', kind: KINDS.demo },
  trustLoopback: { flag: 'no-trust-loopback', kind: KINDS.switch, fromFlag: not },
  allowedHosts: { flag: 'allow-host', kind: KINDS.hosts },
  logLevel: { flag: 'log-level', kind: KINDS.level },
}
const FLAGS = new Map<string, Kind<unknown>>([
  ['data', KINDS.path],
  ...Object.values(SETTINGS).map(({ flag, kind }) => [flag, kind] as const),
])
const JsonObject = Type.Record(Type.String(), Type.Unknown())
const CLOUD = ['ENDPOINT', 'BUCKET', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'REGION'].map((s) => `LEP_S3_${s}`)

/** Set by the agent: the file that it made of the standard error output. */
export const LOG_FILE = 'LEP_LOG_FILE'

/** All of it or nothing. A slip here warns: an event goes on without its cloud. */
function readS3(env: Readonly<Record<string, string | undefined>>, warnings: Message[]): BucketEntry | null {
  const needed = CLOUD.slice(0, 4)
  const given = needed.filter((name) => env[name])
  if (given.length === 0) return null
  const missing = needed.filter((name) => !env[name])
  if (missing.length > 0) {
    warnings.push(
      newMessage(
        'bucket_incomplete',
        `${given.join(', ')} is set without ${missing.join(', ')}: this bucket is not used`,
        { given: given.join(', '), missing: missing.join(', ') },
      ),
    )
    return null
  }
  const trimmed = (name: string) => env[`LEP_S3_${name}`]?.trim() ?? ''
  try {
    return checkBucket({
      endpoint: trimmed('ENDPOINT'),
      bucket: trimmed('BUCKET'),
      region: trimmed('REGION') || 'auto',
      accessKeyId: trimmed('ACCESS_KEY_ID'),
      secretAccessKey: trimmed('SECRET_ACCESS_KEY'),
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    warnings.push(
      newMessage('bucket_unfit', `LEP_S3_...: ${error.message} This bucket is not used`, {
        ...error.params,
        why: error.code,
      }),
    )
    return null
  }
}

function twin(flag: string): string {
  return `LEP_${flag.toUpperCase().replaceAll('-', '_')}`
}

/** @returns every value of each flag that was given, `true` for one without; null when help was asked for */
function readFlags(argv: readonly string[], faults: string[]): Map<string, (string | true)[]> | null {
  const flags = new Map<string, (string | true)[]>()
  const options: Record<string, { type: 'boolean' | 'string' }> = { help: { type: 'boolean' } }
  for (const [flag, kind] of FLAGS) options[flag] = { type: kind.flag === 'switch' ? 'boolean' : 'string' }
  const args = [...argv]
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true, allowPositionals: true })
  for (const token of tokens) {
    if (token.kind === 'positional') faults.push(`expected an option but received "${token.value}"`)
    if (token.kind !== 'option') continue
    const { name, value, rawName } = token
    if (name === 'help') return null
    const kind = FLAGS.get(name)
    if (!kind) faults.push(`${rawName}: no such option (see --help)`)
    else if (value === undefined && kind.flag !== 'switch') faults.push(`${rawName}: a value is missing`)
    else flags.set(name, [...(flags.get(name) ?? []), value ?? true])
  }
  return flags
}

function readFile(path: string, faults: string[]): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (Check(JsonObject, parsed)) return parsed
    faults.push(`${path}: expected a JSON object but received ${JSON.stringify(parsed)}`)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') faults.push(`${path}: ${messageOf(error)}`)
  }
  return {}
}

const unknown = (path: string, what: string, name: string) =>
  newMessage('unknown_setting', `${path}: unknown ${what}`, { path, name })

/** The first event's photo folders: in the data folder, but for those that the file puts elsewhere. */
function readFolders(
  data: string,
  { where, value: given }: Given,
  faults: string[],
  warnings: Message[],
): FolderPaths {
  const own = (role: FolderRole) => join(data, `photos_${role}`)
  const folders = Object.fromEntries(FOLDER_ROLES.map((role) => [role, own(role)])) as Record<
    FolderRole,
    string
  >
  if (!Check(JsonObject, given))
    faults.push(`${where}: folders: expected an object but received ${JSON.stringify(given)}`)
  else
    for (const [name, value] of Object.entries(given)) {
      const role = FOLDER_ROLES.find((one) => one === name)
      const folder = role && readValue(KINDS.path, { where: `${where}: folders.${role}`, value }, faults)
      if (folder) folders[role] = folder
      if (!role) warnings.push(unknown(where, `folder "${name}"`, `folders.${name}`))
    }
  faults.push(...overlaps(folders).map(({ message }) => message))
  return Object.freeze(folders)
}

export type Parsed =
  { readonly help: true } | { readonly config: Config; readonly warnings: readonly Message[] }

/** Merges flags, environment and `<data>/config/daemon.json` into one frozen, validated value.
 * @throws ConfigFault that lists every fault at once, each with the offending value */
export function parseConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Parsed {
  const faults: string[] = []
  const warnings: Message[] = []
  const flags = readFlags(argv, faults)
  if (!flags) return { help: true }

  /** A flag wins over its twin in the environment. */
  const givenOf = (flag: string): Given | null => {
    const values = flags.get(flag)
    if (values)
      return { where: `--${flag}`, value: FLAGS.get(flag)?.flag === 'list' ? values : values.at(-1) }
    const variable = env[twin(flag)]
    return variable ? { where: twin(flag), value: variable } : null
  }
  const home = { where: 'LEP_DATA', value: join(homedir(), 'Live Event Photography') }
  const data = readValue(KINDS.path, givenOf('data') ?? home, faults)
  if (data === undefined) throw new ConfigFault(faults)
  const path = join(data, 'config', 'daemon.json')
  const file = readFile(path, faults)

  /** Both win over the file. */
  function read<K extends keyof Settings>(key: K): Settings[K] | undefined {
    const { flag, kind, fromFlag }: Setting<Settings[K]> = SETTINGS[key]
    const given = givenOf(flag)
    if (!given && file[key] === undefined) return undefined
    const value = readValue(kind, given ?? { where: `${path}: ${key}`, value: file[key] }, faults)
    return given && fromFlag && value !== undefined ? fromFlag(value) : value
  }
  const user = userInfo().username
  const settings: Settings = {
    port: read('port') ?? 8000,
    httpsPort: read('httpsPort') ?? 8443,
    host: read('host') ?? '0.0.0.0',
    ftpPort: read('ftpPort') ?? null,
    ftpPassive: read('ftpPassive') ?? { from: 50_000, to: 50_050 },
    mdns: read('mdns') ?? true,
    camera: read('camera') ?? true,
    cameraPorts: read('cameraPorts') ?? [],
    cardRoots: read('cardRoots') ?? ['/Volumes', `/media/${user}`, `/run/media/${user}`],
    watch: read('watch') ?? [],
    demo: read('demo') ?? false,
    trustLoopback: read('trustLoopback') ?? true,
    allowedHosts: read('allowedHosts') ?? [],
    logLevel: read('logLevel') ?? 'info',
  }
  const folders = readFolders(data, { where: path, value: file.folders ?? {} }, faults, warnings)

  for (const key of Object.keys(file))
    if (!Object.hasOwn(SETTINGS, key) && key !== 'folders')
      warnings.push(unknown(path, `key ${JSON.stringify(key)}`, key))
  const variables = new Set([...[...FLAGS.keys()].map(twin), ...CLOUD, LOG_FILE])
  for (const name of Object.keys(env))
    if (name.startsWith('LEP_') && !variables.has(name))
      warnings.push(newMessage('unknown_variable', `unknown environment variable ${name}`, { name }))

  const { watch } = settings
  if (watch.length > WATCH_LIMIT)
    faults.push(
      `watch: expected at most ${WATCH_LIMIT} folders but received ${watch.length}: ${watch.join(', ')}`,
    )
  const s3 = readS3(env, warnings)
  if (faults.length > 0) throw new ConfigFault(faults)
  return { config: Object.freeze({ data, ...settings, folders, s3 }), warnings }
}
