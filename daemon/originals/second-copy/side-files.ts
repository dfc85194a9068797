import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isCopyName } from '../../catalog/store/copies.ts'
import { JOURNAL } from '../../catalog/store/journal.ts'
import { errnoOf } from '../../errors.ts'
import { isHidden, makeFolder, splitName } from '../../files.ts'
import { KEPT, SENTINEL } from '../../folders.ts'
import { sha256Of } from '../proof.ts'
import { renewFile, sizeOf, type Copying } from './copying.ts'

/** What was noted while the disk of the Event's folder was away: the journal goes on in it. */
export const AWAY_JOURNAL = '.lep-journal-away.jsonl'

/** Whether it is the journal, what was noted while its disk was away, or one of either that stepped aside. */
export const isJournal = (name: string) => name === JOURNAL || /^\.lep-journal(-\w+)+\.jsonl$/.test(name)

/** What this program keeps beside an Event's photos: the journal, and copies of the catalog. */
export const isOurs = (name: string) =>
  name.startsWith('.lep-') && name !== SENTINEL && !name.endsWith('.part')

/** Hears that a file is not what it was: the copy of before is kept under another name. */
export type SteppedAside = (from: string, kept: string) => void

/** Renews the journal of an Event.
 * @param from its folder @param to the counterpart of the buffer folder @param as the journal's name there
 * @throws the system's errors */
export async function copyJournal(
  from: string,
  to: string,
  copying: Copying,
  { as = JOURNAL, aside }: { as?: string; aside: SteppedAside },
): Promise<void> {
  await renew(join(from, JOURNAL), join(to, as), copying, aside)
}

/** Renews the copies of the others that are not what they were made of any more.
 * @param from the Event's buffer folder @param to its counterpart
 * @throws the system's errors */
export async function copySideFiles(
  from: string,
  to: string,
  copying: Copying,
  aside: SteppedAside,
): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!isOurs(entry.name) || entry.name === JOURNAL) continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      await makeFolder(target)
      for (const inner of await readdir(source, { withFileTypes: true }))
        if (inner.isFile() && !inner.name.endsWith('.part'))
          await renew(join(source, inner.name), join(target, inner.name), copying, aside)
      continue
    }
    // Nothing of a copy of the catalog changes: another time is none of its own.
    const isKept = isCopyName(entry.name) && (await sizeOf(source)) === (await sizeOf(target))
    if (entry.isFile() && !isKept) await renew(source, target, copying, aside)
  }
}

/** Copies the finals of an Event that are not there yet, whose names say their bytes: nothing of them changes.
 * @param from the Event's folder of finals @param to its counterpart, which is made where there are any
 * @returns the names of those that are not what their names say: they are left
 * @throws the system's errors, `Unsound` */
export async function copyFinals(
  from: string,
  makeTo: () => Promise<string>,
  copying: Copying,
): Promise<string[]> {
  const names = (await readdir(join(from, KEPT)).catch(() => new Array<string>())).filter(
    (name) => !isHidden(name),
  )
  if (names.length === 0) return []
  const to = await makeTo()
  const damaged: string[] = []
  for (const name of names) {
    const [source, target] = [join(from, KEPT, name), join(to, name)]
    const bytes = await sizeOf(source)
    if (bytes === null || (await sizeOf(target)) === bytes) continue
    await copying.pace()
    if ((await sha256Of(source)) === splitName(name)[0]) await renewFile(source, target, copying)
    else damaged.push(name)
  }
  return damaged
}

async function renew(from: string, to: string, copying: Copying, aside: SteppedAside): Promise<void> {
  const [source, target] = await Promise.all([looksOf(from), looksOf(to)])
  if (source === null || source === target) return
  const kept = await renewFile(from, to, copying)
  if (kept !== null) aside(from, kept)
}

/** Length, and the second of the last change: what every kind of disk keeps. */
async function looksOf(path: string): Promise<string | null> {
  try {
    const { size, mtimeMs } = await stat(path)
    return `${size}|${Math.floor(mtimeMs / 2000)}`
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw error
  }
}
