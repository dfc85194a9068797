import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JOURNAL } from '../../catalog/store/journal.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { isJournal } from '../../originals/second-copy/side-files.ts'

/** Brings what an Event's journals in a second copy say into one: the journal, those that stepped aside when it was
 * damaged, and what was noted while its disk was away. Each line once; one journal alone is taken as it is.
 * @param from the folder in the second copy @param to where the one goes
 * @returns when the last of them was changed, milliseconds since 1970; null where there is none
 * @throws Refusal 422 `backup_damaged` for one that cannot be read */
export async function bringJournals(from: string, to: string): Promise<number | null> {
  const names = (await readdir(from).catch(() => new Array<string>())).filter(isJournal)
  if (names.length === 0) return null
  // Those of before first, and what was noted last at the end: a reader looks there for the number to go on from.
  const rank = (name: string) => (name === JOURNAL ? 1 : name.startsWith('.lep-journal-away') ? 2 : 0)
  const paths = names.toSorted((a, b) => rank(a) - rank(b)).map((name) => join(from, name))
  const texts: Buffer[] = []
  for (const path of paths) texts.push(await readWhole(path))
  await writeFile(join(to, JOURNAL), texts.length === 1 ? texts[0]! : linesOf(texts))
  const times = await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs))
  return Math.round(Math.max(...times))
}

/** Byte for byte, also what is damaged: who reads it says so. */
function linesOf(texts: readonly Buffer[]): Buffer {
  const lines = new Set(texts.flatMap((text) => text.toString('latin1').split('\n')))
  lines.delete('')
  return Buffer.from([...lines].map((line) => `${line}\n`).join(''), 'latin1')
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

export const unreadable = (path: string, cause: unknown) =>
  new Refusal(
    422,
    'backup_damaged',
    `${path} cannot be read (${errnoOf(cause) ?? String(cause)}). Nothing was restored; move that file elsewhere to go on without it.`,
    { cause, params: { folder: path } },
  )
