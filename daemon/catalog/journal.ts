import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Edit } from '../contract/edit.ts'
import type { PhotoState } from '../contract/photo.ts'
import type { EventSettings, EventState } from '../contract/settings.ts'
import { syncFolder } from '../files.ts'
import type { Log } from '../log.ts'
import type { Deed } from './audit.ts'
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
    }
  | {
      readonly fact: 'photo.added'
      readonly photo: string
      readonly filename: string
      readonly width: number
      readonly height: number
      readonly takenAt: number
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
  | { readonly fact: 'photo.marked'; readonly photo: string; readonly rating: number }
  /** The time taken of all of a camera's photos so far moved by so many milliseconds. */
  | { readonly fact: 'photos.shifted'; readonly cameraId: string; readonly by: number }
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
      /** The hash of the Original that it was made from; absent in older lines. */
      readonly source?: string
      /** The publication that left in the same moment. */
      readonly replaced: string | null
    }
  | { readonly fact: 'publication.gone'; readonly publication: string }
  | { readonly fact: 'publication.full'; readonly publication: string; readonly bytes: number }
  /** A line of the audit trail. */
  | ({ readonly fact: 'deed' } & Deed)

export interface Journal {
  /** Call inside the transaction that makes it true: the fact is then as durable as the change. */
  note(eventId: number, fact: JournalFact): void
  /** Writes waiting lines to the files; returns false when a folder is away and lines still wait. */
  drain(): Promise<boolean>
}

/** @param needs.folderOf an Event's buffer folder, or null while its disk is away */
export function createJournal(needs: {
  db: Db
  now: () => number
  folderOf: (eventId: number) => Promise<string | null>
  log: Log
}): Journal {
  const { db } = needs
  const insert = prepare(db, 'INSERT INTO facts (event_id, line) VALUES (?, ?)')
  const waiting = prepare<{ n: number; event_id: number; line: string }>(
    db,
    'SELECT n, event_id, line FROM facts ORDER BY n LIMIT 1000',
  )
  const forget = prepare(db, 'DELETE FROM facts WHERE n <= ? AND event_id = ?')
  let draining: Promise<boolean> | undefined

  async function append(eventId: number, lines: string): Promise<boolean> {
    const folder = await needs.folderOf(eventId)
    if (folder === null) return false
    const handle = await open(join(folder, JOURNAL), 'a+')
    try {
      const { size } = await handle.stat()
      const last = Buffer.alloc(1)
      if (size > 0) await handle.read(last, 0, 1, size - 1)
      // A line that a crash cut short must not swallow the next one.
      await handle.appendFile(size > 0 && last[0] !== 0x0a ? `\n${lines}` : lines)
      await handle.sync()
      if (size === 0) await syncFolder(folder)
    } finally {
      await handle.close()
    }
    return true
  }

  async function drainAll(): Promise<boolean> {
    for (;;) {
      const rows = waiting.all()
      if (rows.length === 0) return true
      for (const [eventId, facts] of Map.groupBy(rows, (row) => row.event_id)) {
        const at = facts.map(({ n, line }) => `${line.replace('"n":0', `"n":${n}`)}\n`).join('')
        if (!(await append(eventId, at))) return false
        forget.run(facts.at(-1)!.n, eventId)
      }
    }
  }

  return {
    note(eventId, fact) {
      const at = new Date(needs.now()).toISOString()
      insert.run(eventId, JSON.stringify({ v: 1, n: 0, at, ...fact }))
    },
    drain() {
      draining ??= drainAll()
        .catch((error: unknown) => {
          needs.log.warn({ error }, 'The journal could not be written; its lines wait in the catalog.')
          return false
        })
        .finally(() => (draining = undefined))
      return draining
    },
  }
}
