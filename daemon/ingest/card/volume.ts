import { execFile } from 'node:child_process'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** How a card is known when it comes back: its name, and its volume's own id where the system reports it. A wrong
 * guess costs time, not photos: the ledger compares path, size and time, and what is new is compared by its bytes. */
export async function volumeId(mount: string): Promise<string> {
  const uuid = await (process.platform === 'darwin' ? uuidOnMac(mount) : uuidOnLinux(mount)).catch(() => null)
  const name = basename(mount).normalize('NFC')
  return uuid === null ? name : `${name}:${uuid}`
}

async function uuidOnMac(mount: string): Promise<string | null> {
  if (await isPartOfParent(mount)) return null
  const { stdout } = await promisify(execFile)('/usr/sbin/diskutil', ['info', '-plist', mount], {
    timeout: 3000,
  })
  return /<key>VolumeUUID<\/key>\s*<string>([^<]+)<\/string>/.exec(stdout)?.[1] ?? null
}

async function uuidOnLinux(mount: string): Promise<string | null> {
  if (await isPartOfParent(mount)) return null
  const { dev } = await stat(mount)
  const folder = '/dev/disk/by-uuid'
  for (const uuid of await readdir(folder)) {
    const device = await stat(await realpath(join(folder, uuid)))
    if (device.rdev === dev) return uuid
  }
  return null
}

/** A plain folder has no volume of its own. */
async function isPartOfParent(mount: string): Promise<boolean> {
  const [own, parent] = await Promise.all([stat(mount), stat(dirname(mount))])
  return own.dev === parent.dev
}
