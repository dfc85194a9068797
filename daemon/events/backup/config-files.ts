import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { isHidden, writeAtomic } from '../../files.ts'
import type { Planned } from './plan.ts'
import type { Snapshot } from './snapshot.ts'

/** What opens a door: the bucket's keys, the desks' passwords and the authority that devices trust. It lies apart in a
 * backup. */
const KEYS = ['cloud.json', 'desks.json', 'tls']
/** What belongs to this Mac and this run alone. */
const OF_THIS_MAC = ['mac', 'terminal.key']

/** The files of `config/`: settings below `config/` of the backup, keys below `keys/` and only where they are asked
 * for. */
export async function planConfig(data: string, keys: boolean): Promise<Planned[]> {
  const folder = join(data, 'config')
  const found: Planned[] = []
  async function walk(below: string, into: string): Promise<void> {
    for (const entry of await entriesOf(join(folder, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (isHidden(entry.name) || entry.name.endsWith('.part') || OF_THIS_MAC.includes(path)) continue
      const isKey = below === '' && KEYS.includes(path)
      if (isKey && !keys) continue
      const top = isKey ? 'keys' : into
      if (entry.isDirectory()) await walk(path, top)
      else if (entry.isFile()) found.push({ path: `${top}/${path}`, from: join(folder, path), sha256: null })
    }
  }
  await walk('', 'config')
  return found
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Keeps what lets paired devices in, with the other keys. */
export async function writeDevices(to: string, devices: Snapshot['devices']): Promise<void> {
  await mkdir(join(to, 'keys'), { recursive: true, mode: 0o700 })
  await writeAtomic(join(to, 'keys', 'devices.json'), `${JSON.stringify(devices)}\n`, 0o600)
}
