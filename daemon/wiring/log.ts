import { arch, homedir, hostname, platform, release, totalmem, userInfo } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createLogView, type LogSource, type LogView } from '../views/log/log-view.ts'
import type { Known } from '../views/log/redaction.ts'
import type { Publishing } from './publishing.ts'
import type { Storage } from './storage.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')
/** Words that every computer has: hiding them hides what happened. */
const COMMON = new Set(['localhost', 'root', 'photos', 'camera', 'system', 'auto', 'node', 'ubuntu', 'test'])

function user(): string {
  try {
    return userInfo().username
  } catch {
    // A user without an entry in the system's list, as in a container.
    return ''
  }
}

/** The log for the owner, and for a bug report. */
export function buildLog(
  storage: Storage,
  { cloud, registry }: Pick<Publishing, 'cloud' | 'registry'>,
  own: { source: LogSource; version: string; terminalKey: string | null },
): LogView {
  return createLogView({
    source: own.source,
    known: () => knownOf(storage, cloud.settings.current(), registry.list(), own.terminalKey),
    about: () => aboutOf(storage, cloud.settings.current(), own.version),
  })
}

type Cloud = ReturnType<Publishing['cloud']['settings']['current']>
type Cameras = ReturnType<Publishing['registry']['list']>

/** What must not leave this computer with its log, as it is now. */
function knownOf({ config, catalog }: Storage, cloud: Cloud, cameras: Cameras, key: string | null): Known {
  const { events, devices, removalRequests, originals, publications } = catalog
  const all = events.list()
  const names: [string, string][] = []
  const add = (mark: string, ...words: (string | null | undefined)[]) => {
    for (const word of words) if (word && !COMMON.has(word.toLowerCase())) names.push([word, mark])
  }
  const host = (url: string) => (URL.canParse(url) ? new URL(url).host : '')
  for (const { slug, prefix, settings } of all)
    add('<event>', settings.event_title, settings.event_subtitle, settings.credit, slug, prefix)
  for (const { id, name } of devices.list()) add('<device>', name, id)
  for (const { name, id } of cameras) add('<camera>', name, id.replace(/^camera:/, ''))
  for (const { reason } of removalRequests.list()) add('<words of a guest>', reason)
  add('<user>', user())
  add('<computer>', hostname(), hostname().split('.')[0])
  const { s3, publicUrl, photoBaseUrl, purge } = cloud
  add('<bucket>', s3?.bucket, host(s3?.endpoint ?? ''), host(publicUrl), host(photoBaseUrl), purge.zone)
  const secrets = [
    ...[key, s3?.secretAccessKey, s3?.accessKeyId, purge.token],
    ...all.flatMap(({ access }) => [access.pin, access.pinHash, access.key, access.token]),
  ]
  return {
    secrets: secrets.filter((one): one is string => typeof one === 'string' && one !== ''),
    folders: [
      [config.data, '<data>'],
      [ROOT, '<program>'],
      [homedir(), '<home>'],
      ...all.flatMap(({ folders }) =>
        Object.entries(folders).map(([role, path]) => [path, `<${role} folder>`] as const),
      ),
      ...config.watch.map((path) => [path, '<watched folder>'] as const),
      ...config.cardRoots.map((path) => [path, '<cards>'] as const),
    ],
    names,
    isFile: (name) => all.some(({ id }) => originals.byName(id, name) ?? publications.byName(id, name)),
  }
}

/** What of the computer and its settings matters, and names nobody. */
function aboutOf(
  { config, catalog }: Storage,
  { s3, publicUrl, uploadLimit, fault }: Cloud,
  version: string,
) {
  const on = (value: boolean) => (value ? 'on' : 'off')
  const { state } = catalog.events.current()
  return [
    `Live Event Photography ${version}`,
    `Node: ${process.version}`,
    `Platform: ${platform()} ${release()} ${arch()}, ${Math.round(totalmem() / 1e9)} GB`,
    `Running for: ${Math.round(process.uptime() / 60)} min`,
    `Ports: ${config.port}, https ${config.httpsPort === 0 ? 'off' : config.httpsPort}; name on the network ${on(config.mdns)}`,
    `Cameras: ${on(config.camera)}, of the Wi-Fi ${config.cameraPorts.length}; watched folders ${config.watch.length}`,
    `Bucket: ${s3 ? 'on' : 'a folder'}${fault === null ? '' : ', with trouble'}; public address ${on(publicUrl !== '')}; limit ${uploadLimit} kbit/s`,
    `This computer is trusted: ${on(config.trustLoopback)}; log level ${config.logLevel}; demo ${String(config.demo)}`,
    `Events: ${catalog.events.list().length}, the current one ${state}`,
  ]
}
