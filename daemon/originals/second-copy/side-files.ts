import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { makeFolder } from '../../files.ts'
import { SENTINEL } from '../../folders.ts'
import { renewFile, type Copying } from './copying.ts'

/** What this program keeps beside an Event's photos: the journal, and copies of the catalog. */
export const isOurs = (name: string) => name.startsWith('.lep-') && name !== SENTINEL && !name.endsWith('.part')

/** Renews the copies of them that are not what they were made of any more.
 * @param from the Event's buffer folder @param to its counterpart
 * @throws the system's errors */
export async function copySideFiles(from: string, to: string, copying: Copying): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!isOurs(entry.name)) continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      await makeFolder(target)
      for (const inner of await readdir(source, { withFileTypes: true }))
        if (inner.isFile() && !inner.name.endsWith('.part'))
          await renew(join(source, inner.name), join(target, inner.name), copying)
    } else if (entry.isFile()) await renew(source, target, copying)
  }
}

async function renew(from: string, to: string, copying: Copying): Promise<void> {
  const [source, target] = await Promise.all([looksOf(from), looksOf(to)])
  if (source !== null && source !== target) await renewFile(from, to, copying)
}

/** Length, and the second of the last change: what every kind of disk keeps. */
async function looksOf(path: string): Promise<string | null> {
  try {
    const { size, mtimeMs } = await stat(path)
    return `${size}|${Math.floor(mtimeMs / 2000)}`
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}
