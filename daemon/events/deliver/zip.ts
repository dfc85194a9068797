import { createHash, hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makeZip } from 'client-zip'
import type { Copied } from './copying.ts'
import type { Item } from './items.ts'
import type { Delivered } from './receipt.ts'
import { unsound } from './faults.ts'

/** The source of what is made of the delivery itself. */
export const NONE = { kind: 'text', paths: [], text: async () => '' } as const

/** The zip of a delivery's files: another set of files is another version. */
export function zipItem(slug: string, files: readonly Delivered[]): Item {
  const version = hash('sha256', files.map(({ path, sha256 }) => `${sha256} ${path}\n`).join(''))
  return { key: 'zip', version, name: `${slug}.zip`, source: NONE }
}

/** Writes files of a folder into a zip, stored as they are, for photos do not get smaller. What goes in is compared
 * with its hash; ZIP64, so that its length has no limit.
 * @param part a new file, flushed
 * @throws Refusal `deliver_unsound` for a file that is not what it was; the system's errors; the signal's reason */
export async function writeZip(
  folder: string,
  files: readonly Delivered[],
  part: string,
  signal: AbortSignal,
): Promise<Copied> {
  async function* contents(path: string, sha256: string): AsyncGenerator<Buffer> {
    const read = createHash('sha256')
    for await (const chunk of createReadStream(join(folder, path), { highWaterMark: 1 << 20 })) {
      const bytes = chunk as Buffer
      read.update(bytes)
      yield bytes
    }
    if (read.digest('hex') !== sha256) throw unsound(join(folder, path))
  }
  async function* entries() {
    for (const { path, sha256, bytes } of files) {
      const { mtime } = await stat(join(folder, path))
      yield { name: path, lastModified: mtime, size: bytes, input: contents(path, sha256) }
    }
  }
  const whole = createHash('sha256')
  let bytes = 0
  const handle = await open(part, 'wx')
  try {
    for await (const chunk of makeZip(entries(), { buffersAreUTF8: true })) {
      signal.throwIfAborted()
      whole.update(chunk)
      bytes += chunk.length
      for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { sha256: whole.digest('hex'), bytes }
}
