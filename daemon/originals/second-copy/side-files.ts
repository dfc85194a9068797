import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { isHidden, makeFolder } from '../../files.ts'
import { KEPT, SENTINEL } from '../../folders.ts'
import { renewFile, sizeOf, type Copying } from './copying.ts'

/** What this program keeps beside an Event's photos: the journal, and copies of the catalog. */
export const isOurs = (name: string) =>
  name.startsWith('.lep-') && name !== SENTINEL && !name.endsWith('.part')

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

/** Copies the finals of an Event that are not there yet, whose names say their bytes: nothing of them changes.
 * @param from the Event's folder of finals @param to its counterpart, which is made where there are any
 * @throws the system's errors, `Unsound` */
export async function copyFinals(
  from: string,
  makeTo: () => Promise<string>,
  copying: Copying,
): Promise<void> {
  const names = (await readdir(join(from, KEPT)).catch(() => new Array<string>())).filter(
    (name) => !isHidden(name),
  )
  if (names.length === 0) return
  const to = await makeTo()
  for (const name of names) {
    const [source, target] = [join(from, KEPT, name), join(to, name)]
    const bytes = await sizeOf(source)
    if (bytes === null || (await sizeOf(target)) === bytes) continue
    await renewFile(source, target, copying)
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
