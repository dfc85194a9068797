import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newKey, randomHex, randomLetters } from '../../contract/event-document.ts'
import type { RebuiltEvent } from '../../contract/rebuild.ts'
import type { EventSettings } from '../../contract/settings.ts'
import { FOLDER_ROLES, SENTINEL, type FolderPaths, type FolderRole } from '../../folders.ts'
import { isHidden } from '../../files.ts'
import { decodeEvent, DEFAULT_SETTINGS, storedPaths, type EventRecord, type EventRow } from '../event-row.ts'
import { localDate } from '../events.ts'
import { createTransaction, prepare, type Db } from '../store/sql.ts'
import { adoptFiles, type Inspect } from './adopt.ts'
import type { Notes } from './notes.ts'
import type { Place } from './places.ts'
import { namesIn, readPublishedList, type PublishedList } from './published-list.ts'
import { awayOf, noteFolders, readNames, reconcilePhotos } from './reconcile.ts'
import { reconcilePublications } from './reconcile-public.ts'
import { readOr, refuseUnread } from './unread.ts'

interface FoundNeeds {
  readonly db: Db
  readonly data: string
  readonly inspect: Inspect
  readonly note: Notes
  readonly now: () => number
}

/** Compares each Event with its folders, and makes Events of folders that hold photos and of which no journal is left.
 * @param placeOf where each Event's journal lies
 * @returns newest first, as the list of events has them */
export async function makeEvents(
  needs: FoundNeeds,
  places: readonly Place[],
  placeOf: ReadonlyMap<string | null, Place>,
): Promise<RebuiltEvent[]> {
  const { db, data } = needs
  const read = () =>
    // The cast: rows of the catalog, whose schema migrations.ts vouches for.
    (db.prepare('SELECT * FROM events ORDER BY id DESC').all() as unknown as EventRow[]).map((row) =>
      decodeEvent(data, row),
    )
  const taken = new Set(read().flatMap(({ slug, folders }) => [slug, folders.buffer]))
  for (const place of places) {
    const isTaken = taken.has(place.folders.buffer) || (place.slug !== null && taken.has(place.slug))
    if (isTaken) continue
    const owner = slugAt(placeOf, place)
    // A journal that lost the line which opened its Event makes none: its photos are there.
    if (owner === null || !taken.has(owner))
      await adoptEvent(needs, owner === null ? place : { ...place, slug: owner })
  }
  const found: RebuiltEvent[] = []
  for (const event of read()) found.push(await compare(needs, event, placeOf.get(event.slug)))
  return found
}

/** The Event whose journal lies there; null where none says so. */
const slugAt = (placeOf: ReadonlyMap<string | null, Place>, { folders }: Place) =>
  [...placeOf].find(([slug, one]) => slug !== null && one.folders.buffer === folders.buffer)?.[0] ?? null

/** An Event of which nothing can be used but its folders: its photos are there, and nothing of it is published. */
async function adoptEvent(needs: FoundNeeds, { folders, slug }: Place): Promise<void> {
  const { db } = needs
  const names = await readNames(folders, null)
  const list = await readPublishedList(folders.web, refuseUnread)
  const isEmpty = Object.values(names).every((list) => (list ?? []).every((name) => isHidden(name)))
  if (isEmpty && list === null) return
  const now = needs.now()
  const said = list?.head.event
  const wanted = said?.slug ?? slug ?? `${localDate(now)}-${randomLetters(4)}`
  const date = said?.date ?? /^\d{4}-\d\d-\d\d/.exec(wanted)?.[0] ?? localDate(now)
  const settings: EventSettings = {
    ...DEFAULT_SETTINGS,
    ...(said && { event_title: said.title, event_subtitle: said.subtitle }),
  }
  const startsAt = new Date(`${date}T00:00:00`).getTime()
  const paths = storedPaths(needs.data, folders)
  const key = `${date}-${randomLetters(16)}`
  const insert = prepare<{ id: number }>(
    db,
    `INSERT OR IGNORE INTO events
     (slug, prefix, date, starts_at, state, settings, folders, active_at, access_key, access_token)
     VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?) RETURNING id`,
  )
  const made = insert.get(
    wanted, key, date, startsAt, JSON.stringify(settings), paths, now, newKey(), randomHex(16),
  ) // prettier-ignore
  if (!made) return
  const current = prepare(
    db,
    `INSERT INTO settings (key, value) VALUES ('event', ?) ON CONFLICT (key) DO NOTHING`,
  )
  current.run(String(made.id))
  needs.note(made.id, { fact: 'event.opened', slug: wanted, prefix: key, date, startsAt, id: made.id })
  needs.note(made.id, { fact: 'event.changed', settings })
}

async function compare(
  needs: FoundNeeds,
  event: EventRecord,
  place: Place | undefined,
): Promise<RebuiltEvent> {
  const { db, data } = needs
  const { id, slug } = event
  const folders = await settledFolders(event.folders, place?.folders)
  if (folders !== event.folders)
    db.prepare('UPDATE events SET folders = ? WHERE id = ?').run(storedPaths(data, folders), id)
  const [names, list, kept] = await Promise.all([
    readNames(folders, event.spill),
    readPublishedList(folders.web, refuseUnread),
    namesIn(join(folders.trash, 'published'), refuseUnread),
  ])
  const own: PublishedList | null = list?.head.event.slug === slug ? list : null
  const ids = await readIds(folders)
  const transaction = createTransaction(db)
  const { photos, published } = transaction(() => {
    noteFolders(db, folders, { ...place?.ids, ...ids })
    const photos = reconcilePhotos(db, id, names, needs.note)
    return { photos, published: reconcilePublications(db, id, own, names.web, kept ?? [], needs.note) }
  })
  const inBuffer = photos.unknown.filter(({ state }) => state === 'buffer').length
  const adopted = await adoptFiles({
    db, eventId: id, folders, files: photos.unknown, inspect: needs.inspect, note: needs.note, now: needs.now(),
  }) // prettier-ignore
  return {
    slug,
    title: event.settings.event_title,
    ...countsOf(db, id),
    adopted: inBuffer + adopted,
    moved: photos.moved,
    missing: photos.missing,
    taken_out: published.takenOut,
    unknown_names: published.unknownNames,
    missing_published: published.missing,
    away: awayOf(names),
  }
}

/** The folders that the catalog names, or, where those have no sentinel any more, those beside the journal: the data folder
 * was moved, or a disk has another name. */
async function settledFolders(known: FolderPaths, found: FolderPaths | undefined): Promise<FolderPaths> {
  if (!found || found.buffer === known.buffer) return known
  const { buffer } = await readIds(known)
  return buffer === undefined ? found : known
}

async function readIds(folders: FolderPaths): Promise<Partial<Record<FolderRole, string>>> {
  const ids: Partial<Record<FolderRole, string>> = {}
  for (const role of FOLDER_ROLES) {
    const path = join(folders[role], SENTINEL)
    const id = (await readOr(path, refuseUnread, readFile(path, 'utf8')))?.trim()
    if (id) ids[role] = id
  }
  return ids
}

function countsOf(db: Db, eventId: number) {
  const one = (sql: string) => Number(Object.values(db.prepare(sql).get(eventId) ?? { n: 0 })[0])
  const inState = (state: string) =>
    one(`SELECT count(*) FROM photos WHERE event_id = ? AND deleted_at IS NULL AND state = '${state}'`)
  return {
    buffer: inState('buffer'),
    archived: inState('archived'),
    trashed: inState('trashed'),
    edited: one(
      'SELECT count(*) FROM edits e JOIN photos p ON p.id = e.photo_id WHERE p.event_id = ? AND e.given = 0',
    ),
    published: one(`SELECT count(*) FROM publications WHERE event_id = ? AND state = 'live' AND place > 0`),
    names: one(
      `SELECT count(*) FROM (SELECT name_key FROM publications WHERE event_id = ?1
       UNION SELECT name_key FROM used_names WHERE event_id = ?1)`,
    ),
  }
}
