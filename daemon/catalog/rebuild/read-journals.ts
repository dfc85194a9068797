import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { errnoOf } from '../../errors.ts'
import type { JournalFact } from '../store/journal-facts.ts'

/** A line of a journal, as far as it is one: what its fact carries is looked at where it is used. */
export interface JournalLine {
  readonly n: number
  /** When it was written, milliseconds since 1970. */
  readonly at: number
  /** The slug of the Event that it is about. */
  readonly event: string
  readonly fact: JournalFact
}

/** What a journal said, and how much of it could not be used. */
export interface JournalRead {
  readonly path: string
  /** Whose it is; null where no line says so. */
  readonly slug: string | null
  readonly lines: readonly JournalLine[]
  readonly faults: Readonly<Record<LineFault, number>>
}

/** `torn`: cut short, or no JSON. `newer`: of a version of the program that is not this one. `foreign`: of another Event
 * than the folder is of. */
export const LINE_FAULTS = ['torn', 'newer', 'foreign'] as const
export type LineFault = (typeof LINE_FAULTS)[number]

interface Parsed {
  readonly v?: unknown
  readonly n?: unknown
  readonly at?: unknown
  readonly e?: unknown
  readonly fact?: unknown
  readonly slug?: unknown
}

function parse(text: string): Parsed | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

/** Reads a journal as far as it goes. Nothing is written.
 * @param named the Event's slug where no line says it, such as that of its folder
 * @returns null where there is none @throws the system's error where it cannot be read */
export async function readJournal(path: string, named: string | null): Promise<JournalRead | null> {
  const faults = { torn: 0, newer: 0, foreign: 0 }
  const found: Parsed[] = []
  try {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
    for await (const text of lines) {
      if (text.trim() === '') continue
      const line = parse(text)
      if (line === null) faults.torn += 1
      else if (line.v !== 1) faults.newer += 1
      else found.push(line)
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw error
  }
  const slug = ownerOf(found) ?? named
  const lines: JournalLine[] = []
  for (const line of found) {
    const { n, at, fact } = line
    const time = typeof at === 'string' ? Date.parse(at) : NaN
    if (typeof n !== 'number' || typeof fact !== 'string' || Number.isNaN(time)) faults.torn += 1
    else if (slug === null || (namedBy(line) ?? slug) !== slug) faults.foreign += 1
    // The cast: whoever uses a fact refuses what is not of its shape.
    else lines.push({ n, at: time, event: slug, fact: line as unknown as JournalFact })
  }
  return { path, slug, lines, faults }
}

/** The slug that a line names; undefined where it names none. */
function namedBy({ e, fact, slug }: Parsed): unknown {
  return fact === 'event.opened' ? slug : e
}

/** The Event that most lines name, or that was opened first. */
function ownerOf(lines: readonly Parsed[]): string | null {
  const counts = new Map<string, number>()
  for (const line of lines) {
    const named = namedBy(line)
    if (typeof named === 'string') counts.set(named, (counts.get(named) ?? 0) + 1)
  }
  return [...counts].reduce<[string | null, number]>(
    (most, one) => (one[1] > most[1] ? one : most),
    [null, 0],
  )[0]
}

/** Lines of several journals in the order in which they came about, each once.
 * @returns how many stood twice, too */
export function mergeJournals(journals: readonly JournalRead[]): { lines: JournalLine[]; doubled: number } {
  const seen = new Map<number, string[]>()
  let doubled = 0
  const lines = journals
    .flatMap((journal) => journal.lines)
    .filter((line) => {
      const text = JSON.stringify(line.fact)
      const others = seen.get(line.n) ?? []
      if (others.includes(text)) {
        doubled += 1
        return false
      }
      seen.set(line.n, [...others, text])
      return true
    })
  // Stable: what two histories numbered alike stays in the order of its files.
  return { lines: lines.sort((a, b) => a.n - b.n), doubled }
}
