import { readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkBucket } from './util/bucket-settings.ts'
import { LOG_LEVELS, readValue, type Given, type Kind } from './util/config-value.ts'
import { errnoOf, messageOf, Refusal } from './errors.ts'
import { FOLDER_ROLES, type FolderPaths } from './folders.ts'
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
  readonly s3: S3Environment | null
  readonly trustLoopback: boolean
  /** Names beyond this machine's own that a request may be for, `NAME` or `NAME:PORT`, in lower case: of a proxy. */
  readonly allowedHosts: readonly string[]
  readonly logLevel: string
}

/** The bucket's settings as the store takes them. */
export interface S3Environment {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export class ConfigFault extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`)
    this.name = 'ConfigFault'
    this.faults = faults
  }
}

export const WATCH_LIMIT = 4

export const USAGE = `Usage: npm run event -- [options]        (or npm start -- [options])

  --data DIR            where everything is kept          (~/Live Event Photography)
  --port N              the port to listen on             (8000)
  --https-port N        the HTTPS port, 0 = off           (8443)
  --host ADDRESS        the address to listen on          (0.0.0.0)
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

/** One row a setting: its key in the file, from which the flag (`--https-port`) and the environment's twin
 * (`LEP_HTTPS_PORT`) follow. `off` settings are true unless `--no-...` is given. */
const SETTINGS: readonly { key: keyof Config; flag: string; kind: Kind }[] = [
  { key: 'port', flag: 'port', kind: 'port' },
  { key: 'httpsPort', flag: 'https-port', kind: 'port' },
  { key: 'host', flag: 'host', kind: 'text' },
  { key: 'mdns', flag: 'no-mdns', kind: 'off' },
  { key: 'camera', flag: 'no-camera', kind: 'off' },
  { key: 'cameraPorts', flag: 'camera-port', kind: 'cameras' },
  { key: 'cardRoots', flag: 'card-root', kind: 'paths' },
  { key: 'watch', flag: 'watch', kind: 'paths' },
  { key: 'demo', flag: 'demo', kind: 'demo' },
  { key: 'trustLoopback', flag: 'no-trust-loopback', kind: 'off' },
  { key: 'allowedHosts', flag: 'allow-host', kind: 'hosts' },
  { key: 'logLevel', flag: 'log-level', kind: 'level' },
]
/** Kinds that a flag without a value switches. */
const IS_SWITCH: ReadonlySet<Kind> = new Set(['on', 'off', 'demo'])
/** Kinds that may be given several times. */
const IS_LIST: ReadonlySet<Kind> = new Set(['paths', 'cameras', 'hosts'])
const CLOUD = ['ENDPOINT', 'BUCKET', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'REGION'].map((s) => `LEP_S3_${s}`)

/** All of it or nothing. A slip here warns: an event goes on without its cloud. */
function readS3(
  env: Readonly<Record<string, string | undefined>>,
  warnings: Message[],
): S3Environment | null {
  const [endpoint, bucket, accessKeyId, secretAccessKey] = CLOUD.slice(0, 4).map((name) => env[name] ?? '')
  if (!endpoint && !bucket && !accessKeyId && !secretAccessKey) return null
  const missing = CLOUD.slice(0, 4).filter((name) => !env[name])
  const given = CLOUD.slice(0, 4).filter((name) => env[name])
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
  try {
    return checkBucket({
      endpoint: endpoint!.trim(),
      bucket: bucket!.trim(),
      region: env.LEP_S3_REGION?.trim() || 'auto',
      accessKeyId: accessKeyId!.trim(),
      secretAccessKey: secretAccessKey!.trim(),
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

function readFile(path: string, faults: string[]): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>
    faults.push(`${path}: expected a JSON object but received ${JSON.stringify(parsed)}`)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') faults.push(`${path}: ${messageOf(error)}`)
  }
  return {}
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
  const flags: Record<string, unknown> = {}
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries<{ type: 'boolean' | 'string' }>([
      ['help', { type: 'boolean' }],
      ['data', { type: 'string' }],
      ...SETTINGS.map(({ flag, kind }): [string, { type: 'boolean' | 'string' }] => [
        flag,
        { type: IS_SWITCH.has(kind) ? 'boolean' : 'string' },
      ]),
    ]),
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  for (const token of tokens) {
    if (token.kind === 'positional') faults.push(`expected an option but received "${token.value}"`)
    if (token.kind !== 'option') continue
    const setting = SETTINGS.find(({ flag }) => flag === token.name)
    if (token.name === 'help') return { help: true }
    if (!setting && token.name !== 'data') faults.push(`${token.rawName}: no such option (see --help)`)
    else if (setting && IS_SWITCH.has(setting.kind)) flags[token.name] = token.value ?? true
    else if (token.value === undefined) faults.push(`${token.rawName}: a value is missing`)
    else if (setting && IS_LIST.has(setting.kind))
      flags[token.name] = [...((flags[token.name] as string[] | undefined) ?? []), token.value]
    else flags[token.name] = token.value
  }

  const dataGiven: Given =
    flags.data !== undefined
      ? { where: '--data', value: flags.data }
      : { where: 'LEP_DATA', value: env.LEP_DATA || join(homedir(), 'Live Event Photography') }
  const data = readValue('path', dataGiven, faults) as string | undefined
  if (data === undefined) throw new ConfigFault(faults)
  const path = join(data, 'config', 'daemon.json')
  const file = readFile(path, faults)

  const values: Partial<Record<keyof Config, unknown>> = {}
  /** Each value is of the kind that its row of SETTINGS says, or not given. */
  const settled = values as Partial<Config>
  for (const { key, flag, kind } of SETTINGS) {
    const fromEnv = env[twin(flag)]
    const given: Given | null =
      flags[flag] !== undefined
        ? { where: `--${flag}`, value: flags[flag] }
        : fromEnv !== undefined && fromEnv !== ''
          ? { where: twin(flag), value: fromEnv }
          : null
    if (given) {
      const value = readValue(kind, given, faults)
      values[key] = kind === 'off' && value !== undefined ? !value : value
    } else if (file[key] !== undefined) {
      values[key] = readValue(kind, { where: `${path}: ${key}`, value: file[key] }, faults)
    }
  }

  const folders = Object.fromEntries(
    FOLDER_ROLES.map((role) => [role, join(data, `photos_${role}`)]),
  ) as Record<keyof FolderPaths, string>
  const given = file.folders ?? {}
  if (typeof given !== 'object' || Array.isArray(given))
    faults.push(`${path}: folders: expected an object but received ${JSON.stringify(given)}`)
  else
    for (const [role, value] of Object.entries(given) as [string, unknown][]) {
      if (!(FOLDER_ROLES as readonly string[]).includes(role))
        warnings.push(
          newMessage('unknown_setting', `${path}: unknown folder "${role}"`, {
            path,
            name: `folders.${role}`,
          }),
        )
      else {
        const folder = readValue('path', { where: `${path}: folders.${role}`, value }, faults) as
          string | undefined
        if (folder !== undefined) folders[role as keyof FolderPaths] = folder
      }
    }
  faults.push(...overlaps(folders).map(({ message }) => message))

  const known = new Set<string>([...SETTINGS.map(({ key }) => key), 'folders'])
  for (const key of Object.keys(file))
    if (!known.has(key))
      warnings.push(
        newMessage('unknown_setting', `${path}: unknown key ${JSON.stringify(key)}`, { path, name: key }),
      )
  const twins = new Set([...SETTINGS.map(({ flag }) => twin(flag)), 'LEP_DATA'])
  for (const name of Object.keys(env)) {
    if (name.startsWith('LEP_') && !twins.has(name) && !CLOUD.includes(name))
      warnings.push(newMessage('unknown_variable', `unknown environment variable ${name}`, { name }))
  }

  const watch = settled.watch ?? []
  if (watch.length > WATCH_LIMIT)
    faults.push(
      `watch: expected at most ${WATCH_LIMIT} folders but received ${watch.length}: ${watch.join(', ')}`,
    )
  const s3 = readS3(env, warnings)
  if (faults.length > 0) throw new ConfigFault(faults)

  const user = userInfo().username
  const config: Config = {
    data,
    port: settled.port ?? 8000,
    httpsPort: settled.httpsPort ?? 8443,
    host: settled.host ?? '0.0.0.0',
    mdns: settled.mdns ?? true,
    camera: settled.camera ?? true,
    cameraPorts: settled.cameraPorts ?? [],
    cardRoots: settled.cardRoots ?? ['/Volumes', `/media/${user}`, `/run/media/${user}`],
    watch,
    folders: Object.freeze(folders),
    demo: settled.demo ?? false,
    s3,
    trustLoopback: settled.trustLoopback ?? true,
    allowedHosts: settled.allowedHosts ?? [],
    logLevel: settled.logLevel ?? 'info',
  }
  return { config: Object.freeze(config), warnings }
}
