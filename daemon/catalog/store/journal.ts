import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Edit } from '../../contract/edit.ts'
import type { PhotoState } from '../../contract/photo.ts'
import type { FinalState } from '../../contract/final.ts'
import type { EventSettings, EventState } from '../../contract/settings.ts'
import type { WordsChange } from '../../contract/words.ts'
import { syncFolder } from '../../files.ts'
import type { Log } from '../../log.ts'
import type { EventAccess } from '../event-access.ts'
import type { AuditActor, AuditText } from '../people/audit-line.ts'
import { prepare, type Db } from './sql.ts'

/** The journal's name in an Event's buffer folder. Each line is `{"v":1,"n":...,"at":...,"fact":...}` and what the
 * fact carries. `n` rises; a line may stand twice (same `n`) after a crash, and a reader takes it once. Replaying the
 * lines in order of `n` rebuilds the catalog's events, photos, originals, edits and publications. */
export const JOURNAL = '.lep-journal.jsonl'

export interface OriginalFact {
  readonly photo: string
  readonly role: 'main' | 'raw'
  readonly filename: string
  readonly sha256: string
  readonly bytes: number
  readonly modifiedAt: number
  readonly kind: string
  readonly origin: string
}

/** Ids are the catalog's; times are milliseconds since 1970. */
export type JournalFact =
  | {
      readonly fact: 'event.opened'
      readonly slug: string
      readonly prefix: string
      readonly date: string
      readonly startsAt: number
    }
  | {
      readonly fact: 'event.changed'
      readonly state?: EventState
      readonly settings?: EventSettings
      readonly hero?: string | null
      readonly access?: EventAccess
    }
  | {
      readonly fact: 'photo.added'
      readonly photo: string
      readonly filename: string
      readonly width: number
      readonly height: number
      readonly takenAt: number
      /** Absent in lines that are older than it. */
      readonly offset?: number
      readonly camera: string | null
      readonly serial: string | null
      readonly rating: number
      readonly cameraId: string | null
      readonly marked: boolean
    }
  | ({ readonly fact: 'original.added' } & OriginalFact)
  /** Another program renamed its file. */
  | {
      readonly fact: 'original.renamed'
      readonly photo: string
      readonly sha256: string
      readonly filename: string
    }
  /** The same frame has other bytes from now on, with stars, a caption or another orientation; of a main Original the
   * size, too, as it is shown. */
  | {
      readonly fact: 'original.renewed'
      readonly photo: string
      readonly was: string
      readonly sha256: string
      readonly bytes: number
      readonly modifiedAt: number
      readonly width?: number
      readonly height?: number
    }
  /** A JPEG joined a RAW that came first: the Photo shows the JPEG from now on. */
  | {
      readonly fact: 'photo.shown'
      readonly photo: string
      readonly filename: string
      readonly width: number
      readonly height: number
    }
  /** After `photo.deleted` it also says that the photo is back. */
  | { readonly fact: 'photo.moved'; readonly photo: string; readonly state: PhotoState }
  /** Emptied from the trash: its files are gone for good, and are not taken in again from a card. */
  | { readonly fact: 'photo.deleted'; readonly photo: string }
  | {
      readonly fact: 'photo.rated'
      readonly photo: string
      readonly rating: number
      readonly pick: boolean
      /** Absent in lines that are older than the mark. */
      readonly seen?: boolean
    }
  /** All that is said of it in words from now on, the colour that came with it and whether it was rejected elsewhere. */
  | {
      readonly fact: 'photo.worded'
      readonly photo: string
      readonly found: WordsChange
      readonly own: WordsChange
      readonly label: string
      readonly rejected: boolean
    }
  | { readonly fact: 'photo.marked'; readonly photo: string; readonly rating: number }
  /** The time taken of all of a camera's photos so far moved by `by` milliseconds. */
  | { readonly fact: 'photos.shifted'; readonly cameraId: string; readonly by: number }
  /** All photos so far that were of no known camera, and whose files say this number, are this camera's. */
  | { readonly fact: 'photos.claimed'; readonly serial: string; readonly cameraId: string }
  | { readonly fact: 'edit.kept'; readonly photo: string; readonly edit: Edit }
  | {
      readonly fact: 'publication.live'
      readonly publication: string
      readonly photo: string
      readonly name: string
      readonly edit: Edit
      readonly finish: string
      readonly place: number
      readonly width: number
      readonly height: number
      readonly bytes: number
      readonly thumbhash: string
      /** Bytes of the view, null where there is none; absent in older lines. */
      readonly view?: number | null
      /** The hash of the Original that it was made from; absent in older lines. */
      readonly source?: string
      /** Who was said to have shot it; absent for nobody. */
      readonly photographer?: string
      /** The words in its files, as JSON; absent where there are none. */
      readonly words?: string
      /** The publication that left in the same moment. */
      readonly replaced: string | null
    }
  | { readonly fact: 'publication.gone'; readonly publication: string }
  | { readonly fact: 'publication.full'; readonly publication: string; readonly bytes: number }
  /** A finished picture came back; its bytes lie in the finals folder, under this hash. */
  | {
      readonly fact: 'final.taken'
      readonly final: string
      readonly filename: string
      readonly sha256: string
      readonly kept: string
      readonly bytes: number
      readonly kind: string
      readonly width: number
      readonly height: number
      readonly shotAt: number | null
      readonly serial: string | null
      readonly cameAt: number
    }
  /** What became of it: see the table. Of one that is placed, the final and the Edit that the Photo had before. */
  | {
      readonly fact: 'final.decided'
      readonly final: string
      readonly state: FinalState
      readonly photo: string | null
      readonly before: string | null
      readonly editBefore: Edit | null
    }
  /** What the Photo shows from now on: a final, or its Original (null). */
  | { readonly fact: 'final.shown'; readonly photo: string; readonly final: string | null }
  /** A line of the audit trail. */
  | ({ readonly fact: 'deed' } & AuditActor & AuditText)

export interface Journal {
  /** Call inside the transaction that makes it true: the fact is then as durable as the change. */
  note(eventId: number, fact: JournalFact): void
  /** Writes waiting lines to the files, each Event's into its own folder; returns false when some wait still, for
   * their folder is away or could not be written. */
  drain(): Promise<boolean>
  /** Events whose lines could not be written for `ms` milliseconds, and how many lines that are. */
  late(ms: number): { eventId: number; lines: number }[]
  /** Goes on counting where the files end, also where the catalog is older than they are. Call once, before the first
   * line. */
  resume(): Promise<void>
}

/** Lines that are read and written at once. */
const CHUNK = 1000
/** Within how many of its last bytes a journal's last line lies. */
const TAIL = 256 * 1024

/** @param needs.folderOf an Event's buffer folder, or null while its disk is away
 *  @param needs.events the ids of all Events */
export function createJournal(needs: {
  db: Db
  now: () => number
  folderOf: (eventId: number) => Promise<string | null>
  events: () => readonly number[]
  log: Log
}): Journal {
  const { db } = needs
  const insert = prepare(db, 'INSERT INTO facts (event_id, line) VALUES (?, ?)')
  const events = prepare<{ event_id: number; lines: number }>(
    db,
    'SELECT event_id, count(*) AS lines FROM facts GROUP BY event_id ORDER BY event_id DESC',
  )
  const waiting = prepare<{ n: number; line: string }>(
    db,
    `SELECT n, line FROM facts WHERE event_id = ? ORDER BY n LIMIT ${CHUNK}`,
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

  async function drainEvent(eventId: number): Promise<boolean> {
    for (let rows = waiting.all(eventId); rows.length > 0; rows = waiting.all(eventId)) {
      const folder = await needs.folderOf(eventId)
      if (folder === null) return false
      await append(folder, rows.map(({ n, line }) => `${line.replace('"n":0', `"n":${n}`)}\n`).join(''))
      forget.run(rows.at(-1)!.n, eventId)
    }
    return true
  }

  async function drainAll(): Promise<boolean> {
    let all = true
    for (const { event_id: id } of events.all()) {
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
    note(eventId, fact) {
      const at = new Date(needs.now()).toISOString()
      insert.run(eventId, JSON.stringify({ v: 1, n: 0, at, ...fact }))
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
    async resume() {
      const known = last.get()
      let highest = known?.seq ?? 0
      for (const id of needs.events()) {
        const folder = await needs.folderOf(id)
        if (folder !== null) highest = Math.max(highest, await lastNumber(join(folder, JOURNAL)))
      }
      if (highest === (known?.seq ?? 0)) return
      needs.log.warn(`The journal goes on after line ${highest}: it is ahead of the catalog.`)
      if (known) setLast.run(highest)
      else addLast.run(highest)
    },
  }
}

/** The number of a journal's last whole line; 0 where there is none. */
async function lastNumber(path: string): Promise<number> {
  const handle = await open(path, 'r').catch(() => null)
  if (!handle) return 0
  try {
    const { size } = await handle.stat()
    const tail = Buffer.alloc(Math.min(size, TAIL))
    await handle.read(tail, 0, tail.length, size - tail.length)
    const numbers = tail.toString('utf8').matchAll(/^\{"v":1,"n":(\d+),.*\}$/gm)
    return Math.max(0, ...[...numbers].map(([, n]) => Number(n)))
  } finally {
    await handle.close()
  }
}
