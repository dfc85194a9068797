import type { EventView } from '../contract/settings.ts'
import type { FolderPaths } from '../folders.ts'
import { isStorageFault, Refusal } from '../errors.ts'
import { nameKey } from '../files.ts'
import { randomLetters, RESERVED_PREFIXES } from '../contract/event-document.ts'
import { changedAccess, newAccess, type AccessChange, type EventAccess } from './event-access.ts'
import {
  decodeEvent,
  DEFAULT_SETTINGS,
  journalledPaths,
  storedPaths,
  type EventRecord,
  type EventRow,
} from './event-row.ts'
import type { Journal } from './store/journal.ts'
import { prepare, type Db, type Transaction } from './store/sql.ts'

export type { EventRecord } from './event-row.ts'

/** Milliseconds without a new shot after which an open Event pauses. */
export const PAUSE_AFTER = 12 * 3600_000

export interface Events {
  /** The Event that everything is about: the one opened or switched to last. There is always one after the first
   * start. */
  current(): EventRecord
  find(slug: string): EventRecord | undefined
  /** Newest first. */
  list(): EventRecord[]
  /** The names that the next Event gets: nobody guesses them who was not told, unless they were chosen.
   * @throws Refusal 409 `event_exists`, 422 `prefix_reserved` like `open` */
  plan(wanted?: { slug?: string | undefined; prefix?: string | undefined }): {
    slug: string
    prefix: string
  }
  /** Closes the current Event and opens one for the day of `now`, beginning at its local midnight.
   * @param folders where its photos go; called with the slug it got
   * @param wanted.slug in the gallery's address; the date and a short random tail by default
   * @param wanted.prefix below which its files lie in the bucket; the date and a long random tail by default
   * @throws Refusal 409 `event_exists` when another Event has that slug or prefix, or one that a disk may take for it
   * (another case, another Unicode form); 422 `prefix_reserved` for a folder that is no Event's */
  open(
    title: string,
    folders: (slug: string, first: boolean) => FolderPaths,
    wanted?: { slug?: string | undefined; prefix?: string | undefined },
  ): EventRecord
  /** Goes back to an earlier Event, which is open from then on; the current one is closed. */
  switchTo(id: number): EventRecord
  change(
    id: number,
    change: Partial<Pick<EventRecord, 'state' | 'settings' | 'hero' | 'folders'>>,
  ): EventRecord
  /** Changes who may open it. A PIN that another Mac chose is kept until one is chosen here. */
  changeAccess(id: number, change: AccessChange): EventRecord
  /** Takes over what another Mac that publishes the same Event has decided about it. */
  adoptAccess(id: number, access: EventAccess): EventRecord
  /** Notes a sign of life: it puts off the pause. */
  touch(id: number): void
  /** Pauses the current Event when nothing came for `PAUSE_AFTER`; true when it did so now. */
  pauseIfQuiet(): boolean
  /** The manifest's next revision, higher than any before. It is kept; where the disk does not take it, guests hear of
   * the change all the same, and the next one is kept above it. */
  nextRevision(id: number): number
  view(event: EventRecord): EventView
}

/** Letters and digits of the tails: a slug is typed from a printed card, a prefix never is. */
const TAIL = { slug: 4, prefix: 16 } as const

/** The local calendar day, `YYYY-MM-DD`. */
export function localDate(at: number): string {
  const day = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

export function createEvents(needs: {
  db: Db
  transaction: Transaction
  journal: Journal
  now: () => number
  /** The data folder. */
  base: string
}): Events {
  const { db, journal, transaction, now, base } = needs
  const decode = (row: EventRow) => decodeEvent(base, row)
  /** The highest that each Event's manifest got in this run. */
  const revisions = new Map<number, number>()
  const newest = prepare<EventRow>(
    db,
    `SELECT * FROM events
     ORDER BY id = (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'event') DESC, id DESC LIMIT 1`,
  )
  const setCurrent = prepare(
    db,
    `INSERT INTO settings (key, value) VALUES ('event', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  )
  const byId = prepare<EventRow>(db, 'SELECT * FROM events WHERE id = ?')
  const bySlug = prepare<EventRow>(db, 'SELECT * FROM events WHERE slug = ?')
  const all = prepare<EventRow>(db, 'SELECT * FROM events ORDER BY id DESC')
  const insert = prepare<{ id: number }>(
    db,
    `INSERT INTO events (slug, prefix, date, starts_at, state, settings, folders, active_at)
     VALUES (?, ?, ?, ?, 'open', ?, ?, ?) RETURNING id`,
  )
  const update = prepare(db, 'UPDATE events SET state = ?, settings = ?, hero = ?, folders = ? WHERE id = ?')
  const updateAccess = prepare(
    db,
    `UPDATE events SET visibility = ?, pin = ?, pin_hash = ?, access_key = ?, access_token = ?, ends_at = ?,
     access_at = ? WHERE id = ?`,
  )
  const touch = prepare(db, 'UPDATE events SET active_at = ? WHERE id = ?')
  const bump = prepare<{ revision: number }>(
    db,
    'UPDATE events SET revision = max(revision, ?) + 1 WHERE id = ? RETURNING revision',
  )

  function keepAccess(id: number, access: EventAccess): void {
    const { visibility, pin, pinHash, key, token, endsAt, changedAt } = access
    updateAccess.run(visibility, pin, pinHash, key, token, endsAt, changedAt, id)
  }

  function noteAccess(id: number, access: EventAccess): EventRecord {
    return transaction(() => {
      keepAccess(id, access)
      journal.note(id, { fact: 'event.changed', access })
      return decode(byId.get(id)!)
    })
  }

  function change(id: number, changes: Parameters<Events['change']>[1]): EventRecord {
    return transaction(() => {
      const before = decode(byId.get(id)!)
      const next = { ...before, ...changes }
      // What the bucket says of it has the title as well.
      const access: EventAccess | null =
        next.settings.event_title === before.settings.event_title
          ? null
          : { ...before.access, changedAt: Math.max(now(), before.access.changedAt + 1) }
      if (access) keepAccess(id, access)
      update.run(next.state, JSON.stringify(next.settings), next.hero, storedPaths(base, next.folders), id)
      const { state, settings, hero } = changes
      const folders = changes.folders && journalledPaths(base, changes.folders)
      if ([state, settings, hero, folders].some((one) => one !== undefined))
        journal.note(id, {
          fact: 'event.changed',
          ...(folders && { folders }),
          ...(access && { access }),
          ...(state !== undefined && { state }),
          ...(settings !== undefined && { settings }),
          ...(hero !== undefined && { hero }),
        })
      return next
    })
  }

  function current(): EventRecord {
    const row = newest.get()
    if (!row) throw new Error('The catalog holds no event yet')
    return decode(row)
  }

  function plan(wanted: { slug?: string | undefined; prefix?: string | undefined } = {}) {
    const date = localDate(now())
    const taken = new Set(all.all().flatMap(({ slug, prefix }) => [nameKey(slug), nameKey(prefix)]))
    const isTaken = (name: string) => taken.has(nameKey(name))
    if (wanted.prefix !== undefined && RESERVED_PREFIXES.includes(nameKey(wanted.prefix)))
      throw new Refusal(
        422,
        'prefix_reserved',
        `No event's files can lie in the folder "${wanted.prefix}".`,
        {
          params: { prefix: wanted.prefix },
        },
      )
    for (const name of [wanted.slug, wanted.prefix])
      if (name !== undefined && isTaken(name))
        throw new Refusal(409, 'event_exists', `There is an event "${name}" already.`)
    const newName = (tail: number) => {
      let name: string
      do name = `${date}-${randomLetters(tail)}`
      while (isTaken(name))
      return name
    }
    return { slug: wanted.slug ?? newName(TAIL.slug), prefix: wanted.prefix ?? newName(TAIL.prefix) }
  }

  return {
    current,
    find(slug) {
      const row = bySlug.get(slug)
      return row && decode(row)
    },
    list: () => all.all().map(decode),
    switchTo(id) {
      return transaction(() => {
        const before = current()
        if (before.id !== id && before.state !== 'closed') change(before.id, { state: 'closed' })
        touch.run(now(), id)
        setCurrent.run(String(id))
        return change(id, { state: 'open' })
      })
    },
    plan,
    open(title, folders, wanted) {
      return transaction(() => {
        const { slug, prefix } = plan(wanted)
        const date = localDate(now())
        const before = newest.get()
        if (before && before.state !== 'closed') change(before.id, { state: 'closed' })
        const startsAt = new Date(`${date}T00:00:00`).getTime()
        // Whose photos they are does not change with the event.
        const { credit, show_photographer, privacy_text, words_template, words_mode, show_captions } = before
          ? decode(before).settings
          : DEFAULT_SETTINGS
        const kept = { credit, show_photographer, privacy_text, words_template, words_mode, show_captions }
        const settings = { ...DEFAULT_SETTINGS, event_title: title, ...kept }
        const paths = storedPaths(base, folders(slug, before === undefined))
        const { id } = insert.get(slug, prefix, date, startsAt, JSON.stringify(settings), paths, now())!
        setCurrent.run(String(id))
        const access = newAccess(now())
        keepAccess(id, access)
        journal.note(id, { fact: 'event.opened', slug, prefix, date, startsAt, id })
        journal.note(id, {
          fact: 'event.changed',
          settings,
          access,
          folders: journalledPaths(base, decode(byId.get(id)!).folders),
        })
        return decode(byId.get(id)!)
      })
    },
    change,
    changeAccess(id, wanted) {
      const event = decode(byId.get(id)!)
      const access = changedAccess(event.access, wanted, now())
      return access === event.access ? event : noteAccess(id, access)
    },
    adoptAccess: noteAccess,
    touch(id) {
      touch.run(now(), id)
    },
    pauseIfQuiet() {
      const event = current()
      if (event.state !== 'open' || now() - event.activeAt < PAUSE_AFTER) return false
      change(event.id, { state: 'paused' })
      return true
    },
    nextRevision(id) {
      const given = revisions.get(id) ?? 0
      let next: number
      try {
        next = bump.get(given, id)!.revision
      } catch (error) {
        if (!isStorageFault(error)) throw error
        next = Math.max(given, byId.get(id)!.revision) + 1
      }
      revisions.set(id, next)
      return next
    },
    view: (event) => ({
      slug: event.slug,
      title: event.settings.event_title,
      subtitle: event.settings.event_subtitle,
      date: event.date,
      starts_at: new Date(event.startsAt).toISOString(),
      state: event.state,
      prefix: event.prefix,
      visibility: event.access.visibility,
      ends_at: event.access.endsAt === null ? null : new Date(event.access.endsAt).toISOString(),
      hero_image_url: event.hero && `/assets/${encodeURIComponent(event.hero)}`,
    }),
  }
}
