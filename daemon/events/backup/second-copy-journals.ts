import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JOURNAL } from '../../catalog/store/journal.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { AWAY_JOURNAL, isJournal } from '../../originals/second-copy/side-files.ts'

/** Brings what an Event's journals in a second copy say into one: the journal, those that stepped aside when it was
 * damaged, and what was noted while its disk was away. Each line once; one journal alone is taken as it is. Where one that
 * stepped aside has another line of the same number, the Event went on from before that line (an older backup was
 * restored): of that journal nothing counts from there on.
 * @param from the folder in the second copy @param to where the one goes
 * @returns when the last of them was changed, milliseconds since 1970; null where there is none
 * @throws Refusal 422 `backup_damaged` for one that cannot be read */
export async function bringJournals(from: string, to: string): Promise<number | null> {
  const names = (await readdir(from).catch(() => new Array<string>())).filter(isJournal)
  if (names.length === 0) return null
  const paths = names.toSorted((a, b) => ageOf(a) - ageOf(b)).map((name) => join(from, name))
  const texts: Buffer[] = []
  for (const path of paths) texts.push(await readWhole(path))
  await writeFile(join(to, JOURNAL), texts.length === 1 ? texts[0]! : merge(texts))
  const times = await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs))
  return Math.round(Math.max(...times))
}

/** Orders them, the newest first: of those that stepped aside the last has the highest number. */
function ageOf(name: string): number {
  if (name === JOURNAL) return 0
  return name === AWAY_JOURNAL ? 1 : 1 + 1 / Number(/-(\d+)\.jsonl$/.exec(name)?.[1] ?? 1)
}

/** Byte for byte, also what is damaged: who reads it says so. In the order of their numbers: a reader looks at the end for
 * the one to go on from.
 * @param texts the newest first */
function merge(texts: readonly Buffer[]): Buffer {
  const damaged = new Set<string>()
  const lines = new Map<number, string>()
  for (const text of texts) {
    const own: [n: number, line: string][] = []
    for (const line of text.toString('latin1').split('\n')) {
      const n = /^\{"v":1,"n":(\d+),.*\}$/.exec(line)?.[1]
      if (n !== undefined) own.push([Number(n), line])
      else if (line !== '') damaged.add(line)
    }
    const same = own.reduce((most, [n, line]) => (lines.get(n) === line ? Math.max(most, n) : most), 0)
    // Before one that is alike it is damage, and what was copied first is what was written.
    const isOther = ([n, line]: readonly [number, string]) => n > same && (lines.get(n) ?? line) !== line
    const fork = own.reduce((least, one) => (isOther(one) ? Math.min(least, one[0]) : least), Infinity)
    for (const [n, line] of own) if (n < fork) lines.set(n, line)
  }
  const sorted = [...lines].toSorted(([a], [b]) => a - b).map(([, line]) => line)
  return Buffer.from([...damaged, ...sorted].map((line) => `${line}\n`).join(''), 'latin1')
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
