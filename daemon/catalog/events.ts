import type { EventSettings, EventState, EventView } from '../contract/settings.ts'
import { isAbsolute, join, relative } from 'node:path'
import { FOLDER_ROLES, type FolderPaths } from '../folders.ts'
import { isStorageFault, Refusal } from '../errors.ts'
import { nameKey } from '../files.ts'
import type { Journal } from './store/journal.ts'
import { prepare, type Db, type Transaction } from './store/sql.ts'

/** Milliseconds without a new shot after which an open Event pauses. */
export const PAUSE_AFTER = 12 * 3600_000

export interface EventRecord {
  readonly id: number
  readonly slug: string
  readonly prefix: string
  /** `YYYY-MM-DD`, local. */
  readonly date: string
  readonly startsAt: number
  readonly state: EventState
  readonly settings: EventSettings
  /** File name of the hero picture among the Event's assets. */
  readonly hero: string | null
  readonly folders: FolderPaths
  readonly activeAt: number
  /** The revision of its manifest. */
  readonly revision: number
}

export interface Events {
  /** The Event that everything is about: the one opened or switched to last. There is always one after the first
   * start. */
  current(): EventRecord
  find(slug: string): EventRecord | undefined
  /** Newest first. */
  list(): EventRecord[]
  /** The names that the next Event gets.
   * @throws Refusal 409 `event_exists` like `open` */
  plan(wanted?: { slug?: string | undefined; prefix?: string | undefined }): {
    slug: string
    prefix: string
  }
  /** Closes the current Event and opens one for the day of `now`, beginning at its local midnight.
   * @param folders where its photos go; called with the slug it got
   * @param wanted.slug in the gallery's address; the date by default
   * @param wanted.prefix below which its files lie in the bucket; the slug by default
   * @throws Refusal 409 `event_exists` when another Event has that slug or prefix, or one that a disk may take for it
   * (another case, another Unicode form) */
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
  /** Notes a sign of life: it puts off the pause. */
  touch(id: number): void
  /** Pauses the current Event when nothing came for `PAUSE_AFTER`; true when it did so now. */
  pauseIfQuiet(): boolean
  /** The manifest's next revision, higher than any before. It is kept; where the disk does not take it, guests hear of
   * the change all the same, and the next one is kept above it. */
  nextRevision(id: number): number
  view(event: EventRecord): EventView
}

type Row = Record<'slug' | 'prefix' | 'date' | 'settings' | 'folders', string> &
  Record<'id' | 'starts_at' | 'active_at' | 'revision', number> & { state: EventState; hero: string | null }

const SETTINGS: EventSettings = {
  event_title: '',
  event_subtitle: '',
  title_font_family: 'system',
  title_font_size: 72,
  subtitle_font_family: 'system',
  subtitle_font_size: 22,
  accent_color: '',
  credit: '',
  privacy_text: '',
}

type Paths = Record<keyof FolderPaths, string>

/** Folders inside the data folder are kept relative to it, so that it can be moved as a whole. */
function storedPaths(base: string, paths: FolderPaths): string {
  const stored = FOLDER_ROLES.map((role) => {
    const inside = relative(base, paths[role])
    return [role, inside.startsWith('..') || isAbsolute(inside) ? paths[role] : inside]
  })
  return JSON.stringify(Object.fromEntries(stored))
}

function readPaths(base: string, stored: string): FolderPaths {
  const paths = JSON.parse(stored) as Paths
  for (const role of FOLDER_ROLES) if (!isAbsolute(paths[role])) paths[role] = join(base, paths[role])
  return paths
}

function decodeFrom(base: string, row: Row): EventRecord {
  return {
    id: row.id,
    slug: row.slug,
    prefix: row.prefix,
    date: row.date,
    startsAt: row.starts_at,
    state: row.state,
    // Events of an earlier version lack what came since.
    settings: { ...SETTINGS, ...(JSON.parse(row.settings) as Partial<EventSettings>) },
    hero: row.hero,
    folders: readPaths(base, row.folders),
    activeAt: row.active_at,
    revision: row.revision,
  }
}

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
  const decode = (row: Row) => decodeFrom(base, row)
  /** The highest that each Event's manifest got in this run. */
  const revisions = new Map<number, number>()
  const newest = prepare<Row>(
    db,
    `SELECT * FROM events
     ORDER BY id = (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'event') DESC, id DESC LIMIT 1`,
  )
  const setCurrent = prepare(
    db,
    `INSERT INTO settings (key, value) VALUES ('event', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  )
  const byId = prepare<Row>(db, 'SELECT * FROM events WHERE id = ?')
  const bySlug = prepare<Row>(db, 'SELECT * FROM events WHERE slug = ?')
  const all = prepare<Row>(db, 'SELECT * FROM events ORDER BY id DESC')
  const insert = prepare<{ id: number }>(
    db,
    `INSERT INTO events (slug, prefix, date, starts_at, state, settings, folders, active_at)
     VALUES (?, ?, ?, ?, 'open', ?, ?, ?) RETURNING id`,
  )
  const update = prepare(db, 'UPDATE events SET state = ?, settings = ?, hero = ?, folders = ? WHERE id = ?')
  const touch = prepare(db, 'UPDATE events SET active_at = ? WHERE id = ?')
  const bump = prepare<{ revision: number }>(
    db,
    'UPDATE events SET revision = max(revision, ?) + 1 WHERE id = ? RETURNING revision',
  )

  function change(id: number, changes: Parameters<Events['change']>[1]): EventRecord {
    return transaction(() => {
      const next = { ...decode(byId.get(id)!), ...changes }
      update.run(next.state, JSON.stringify(next.settings), next.hero, storedPaths(base, next.folders), id)
      const { state, settings, hero } = changes
      if (state !== undefined || settings !== undefined || hero !== undefined)
        journal.note(id, {
          fact: 'event.changed',
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
    for (const name of [wanted.slug, wanted.prefix])
      if (name !== undefined && isTaken(name))
        throw new Refusal(409, 'event_exists', `There is an event "${name}" already.`)
    let slug = wanted.slug ?? date
    for (let n = 2; isTaken(slug); n += 1) slug = `${date}-${n}`
    return { slug, prefix: wanted.prefix ?? slug }
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
        const { credit, privacy_text } = before ? decode(before).settings : SETTINGS
        const settings = { ...SETTINGS, event_title: title, credit, privacy_text }
        const paths = storedPaths(base, folders(slug, before === undefined))
        const { id } = insert.get(slug, prefix, date, startsAt, JSON.stringify(settings), paths, now())!
        setCurrent.run(String(id))
        journal.note(id, { fact: 'event.opened', slug, prefix, date, startsAt })
        journal.note(id, { fact: 'event.changed', settings })
        return decode(byId.get(id)!)
      })
    },
    change,
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
      hero_image_url: event.hero && `/assets/${encodeURIComponent(event.hero)}`,
    }),
  }
}
