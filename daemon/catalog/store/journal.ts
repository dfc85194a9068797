import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { mkdir, open, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../../files.ts'
import type { Log } from '../../log.ts'
import type { JournalFact } from './journal-facts.ts'
import { prepare, type Db } from './sql.ts'

/** The journal's name in an Event's buffer folder. Each line is `{"v":1,"n":...,"at":...,"e":<slug>,"fact":...}` and what
 * the fact carries (`journal-facts.ts`); older lines lack `e`. `n` rises over all Events; a line may stand twice (same
 * `n`) after a crash, and a reader takes it once. Replaying the lines in order of `n` (`catalog/rebuild`) makes the
 * catalog again. */
export const JOURNAL = '.lep-journal.jsonl'

/** Where an Event's lines lie as well while its folder is away: on the disk of the data folder, beside the photos that wait
 * there. They wait in the catalog too, which is what brings them into the folder; the file is for a rebuild, and goes when
 * they are there. */
export interface SpilledJournal {
  /** The Event's spill folder. */
  of(eventId: number): string
  /** The data folder. */
  readonly base: string
}

export interface Journal {
  /** Call inside the transaction that makes it true: the fact is then as durable as the change.
   * @param at when it came about, where a row says so as well; milliseconds since 1970 */
  note(eventId: number, fact: JournalFact, at?: number): void
  /** Writes waiting lines to the files, each Event's into its own folder; returns false when some wait still, for
   * their folder is away or could not be written. */
  drain(): Promise<boolean>
  /** Events whose lines could not be written for `ms` milliseconds, and how many lines that are. */
  late(ms: number): { eventId: number; lines: number }[]
  /** The number of the last line that was ever noted. */
  last(): number
  /** Goes on counting where the files end, also where the catalog is older than they are. Call once, before the first
   * line. */
  resume(): Promise<void>
}

/** Lines that are read and written at once. */
const CHUNK = 1000
/** Within how many of its last bytes a journal's last line lies. */
const TAIL = 256 * 1024
/** Within how many of its first bytes the line that opened its Event lies. */
const HEAD = 16 * 1024

/** @param needs.folderOf an Event's buffer folder, or null while its disk is away
 *  @param needs.events the ids of all Events */
export function createJournal(needs: {
  db: Db
  now: () => number
  folderOf: (eventId: number) => Promise<string | null>
  /** Nothing is written elsewhere where it is left out. */
  spill?: SpilledJournal
  events: () => readonly number[]
  log: Log
}): Journal {
  const { db } = needs
  const insert = prepare(db, 'INSERT INTO facts (event_id, line) VALUES (?, ?)')
  const slugOf = prepare<{ slug: string }>(db, 'SELECT slug FROM events WHERE id = ?')
  const events = prepare<{ event_id: number; lines: number }>(
    db,
    'SELECT event_id, count(*) AS lines FROM facts GROUP BY event_id ORDER BY event_id DESC',
  )
  const waiting = prepare<{ n: number; line: string }>(
    db,
    `SELECT n, line FROM facts WHERE event_id = ? AND n > ? ORDER BY n LIMIT ${CHUNK}`,
  )
  const forget = prepare(db, 'DELETE FROM facts WHERE n <= ? AND event_id = ?')
  const last = prepare<{ seq: number }>(db, `SELECT seq FROM sqlite_sequence WHERE name = 'facts'`)
  const setLast = prepare(db, `UPDATE sqlite_sequence SET seq = ? WHERE name = 'facts'`)
  const addLast = prepare(db, `INSERT INTO sqlite_sequence (name, seq) VALUES ('facts', ?)`)
  /** Since when an Event's lines could not be written, by a clock that does not jump. */
  const since = new Map<number, number>()
  let draining: Promise<boolean> | undefined

  async function append(folder: string, lines: string): Promise<void> {
    const handle = await open(join(folder, JOURNAL), 'a+')
    try {
      const { size } = await handle.stat()
      const end = Buffer.alloc(1)
      if (size > 0) await handle.read(end, 0, 1, size - 1)
      // A line that a crash cut short must not swallow the next one.
      await handle.appendFile(size > 0 && end[0] !== 0x0a ? `\n${lines}` : lines)
      await handle.sync()
      if (size === 0) await syncFolder(folder)
    } finally {
      await handle.close()
    }
  }

  const textOf = (rows: readonly { n: number; line: string }[]) =>
    rows.map(({ n, line }) => `${line.replace('"n":0', `"n":${n}`)}\n`).join('')

  async function drainEvent(eventId: number): Promise<boolean> {
    for (let rows = waiting.all(eventId, 0); rows.length > 0; rows = waiting.all(eventId, 0)) {
      const folder = await needs.folderOf(eventId)
      if (folder === null) {
        await spill(eventId)
        return false
      }
      await append(folder, textOf(rows))
      forget.run(rows.at(-1)!.n, eventId)
    }
    await unspill(eventId)
    return true
  }

  /** The number of the last line that lies in an Event's spill folder, of those that were looked at. */
  const spilled = new Map<number, number>()
  async function spill(eventId: number): Promise<void> {
    if (!needs.spill) return
    const { base, of } = needs.spill
    const folder = of(eventId)
    let last = spilled.get(eventId) ?? glance(join(folder, JOURNAL)).last
    for (let rows = waiting.all(eventId, last); rows.length > 0; rows = waiting.all(eventId, last)) {
      await mkdir(folder, { recursive: true })
      await append(folder, textOf(rows))
      if (!spilled.get(eventId)) for (const one of [dirname(folder), base]) await syncFolder(one)
      last = rows.at(-1)!.n
      spilled.set(eventId, last)
    }
  }
  async function unspill(eventId: number): Promise<void> {
    if (!needs.spill || spilled.get(eventId) === 0) return
    const folder = needs.spill.of(eventId)
    await rm(join(folder, JOURNAL), { force: true })
    // Photos may wait there still.
    await rmdir(folder).catch(() => undefined)
    spilled.set(eventId, 0)
  }

  async function drainAll(): Promise<boolean> {
    let all = true
    for (const id of new Set([...events.all().map((one) => one.event_id), ...spilled.keys()])) {
      const done = await drainEvent(id).catch((err: unknown) => {
        if (!since.has(id))
          needs.log.warn({ err }, 'A journal could not be written; its lines wait in the catalog.')
        return false
      })
      if (done) since.delete(id)
      else if (!since.has(id)) since.set(id, performance.now())
      all &&= done
    }
    return all
  }

  return {
    note(eventId, fact, when = needs.now()) {
      const at = new Date(when).toISOString()
      insert.run(eventId, JSON.stringify({ v: 1, n: 0, at, e: slugOf.get(eventId)?.slug, ...fact }))
    },
    drain() {
      draining ??= drainAll()
        .catch((err: unknown) => {
          needs.log.warn({ err }, 'The journals could not be written; their lines wait in the catalog.')
          return false
        })
        .finally(() => (draining = undefined))
      return draining
    },
    late(ms) {
      const before = performance.now() - ms
      return events
        .all()
        .filter(({ event_id: id }) => (since.get(id) ?? Infinity) <= before)
        .map(({ event_id: eventId, lines }) => ({ eventId, lines }))
    },
    last: () => last.get()?.seq ?? 0,
    async resume() {
      const known = last.get()
      let highest = known?.seq ?? 0
      for (const id of needs.events()) {
        const folder = await needs.folderOf(id)
        if (folder !== null) highest = Math.max(highest, glance(join(folder, JOURNAL)).last)
        const { last: there } = needs.spill ? glance(join(needs.spill.of(id), JOURNAL)) : { last: 0 }
        if (there > 0) spilled.set(id, there)
        highest = Math.max(highest, there)
      }
      if (highest === (known?.seq ?? 0)) return
      needs.log.warn(`The journal goes on after line ${highest}: it is ahead of the catalog.`)
      if (known) setLast.run(highest)
      else addLast.run(highest)
    },
  }
}

/** What a journal's first and last lines say: whose it is, null where they do not say, and the number of the last whole
 * one; 0 where there is none. */
export function glance(path: string): { slug: string | null; last: number } {
  const [head, tail] = endsOf(path)
  const numbers = [...tail.matchAll(/^\{"v":1,"n":(\d+),.*\}$/gm)].map(([, n]) => Number(n))
  const opened = /^\{"v":1,"n":\d+,.*"fact":"event\.opened","slug":("(?:[^"\\]|\\.)*")/m.exec(head)
  const named = /^\{"v":1,"n":\d+,"at":"[^"]*","e":("(?:[^"\\]|\\.)*")/m.exec(tail)
  const said = (opened ?? named)?.[1]
  return { slug: said === undefined ? null : String(JSON.parse(said)), last: Math.max(0, ...numbers) }
}

function endsOf(path: string): [head: string, tail: string] {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return ['', '']
  }
  try {
    const { size } = fstatSync(file)
    const [head, tail] = [Buffer.alloc(Math.min(size, HEAD)), Buffer.alloc(Math.min(size, TAIL))]
    readSync(file, head, 0, head.length, 0)
    readSync(file, tail, 0, tail.length, size - tail.length)
    return [head.toString('utf8'), tail.toString('utf8')]
  } finally {
    closeSync(file)
  }
}
