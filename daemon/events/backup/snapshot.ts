import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { decodeEvent, type EventRow } from '../../catalog/event-row.ts'
import { MIGRATIONS } from '../../catalog/store/migrations.ts'
import { isBusy, isDamage, isDiskFull, Refusal } from '../../errors.ts'
import { splitName, syncFile } from '../../files.ts'
import { FOLDER_OF, FOLDER_ROLES, KEPT, type FolderPaths, type FolderRole } from '../../folders.ts'
import { rehearsalsOf } from '../../catalog/photos/rehearsals.ts'
import type { PhotoState } from '../../contract/photo.ts'

/** A file that the catalog says is there. */
export interface Expected {
  readonly role: FolderRole
  readonly file: string
  /** Null where the catalog does not keep it: of what is published. */
  readonly sha256: string | null
  /** Where it lies as long as the disk of its folder was not back; else in that folder. */
  readonly spilled?: string
}

export interface SnapshotEvent {
  readonly id: number
  readonly slug: string
  readonly title: string
  readonly folders: FolderPaths
  /** What the sentinel of each folder should say; undefined for one that was never used. */
  readonly sentinels: Readonly<Record<FolderRole, string | undefined>>
  readonly photos: Readonly<Record<PhotoState, number>>
  readonly published: number
  readonly expected: readonly Expected[]
  /** Names, without endings, of the test shots there were at that moment: their files are no photos. */
  readonly rehearsals: readonly string[]
}

/** The catalog as it was at one moment, as a file of its own. */
export interface Snapshot {
  readonly version: number
  readonly events: readonly SnapshotEvent[]
  /** The rows that let devices in, apart from the catalog. */
  readonly devices: Readonly<Record<string, readonly object[]>>
}

/** Tables with what opens a door to this computer. */
export const DEVICE_TABLES = ['device_tokens', 'devices'] as const

/** Copies the catalog by SQLite's own backup, which a running daemon does not notice, and takes out of the copy what
 * does not belong into it: devices, and the other events where one was asked for.
 * @param needs.slug the one event, or null for all
 * @throws Refusal 404 `backup_no_catalog`, `backup_no_event`; 409 `catalog_damaged`, `backup_newer_catalog`; 507
 * `backup_disk_full` */
export async function takeSnapshot(needs: {
  data: string
  catalog: string
  to: string
  slug: string | null
}): Promise<Snapshot> {
  const { catalog, to } = needs
  if (!existsSync(catalog))
    throw new Refusal(404, 'backup_no_catalog', `There is no catalog in ${needs.data}: nothing to back up.`, {
      params: { folder: needs.data },
    })
  await rm(to, { force: true })
  try {
    // Beside a log that is there, only reading leaves all as it is; where none is, only who may write takes away again
    // what SQLite puts there while it reads.
    const source = new DatabaseSync(catalog, { readOnly: existsSync(`${catalog}-wal`), timeout: 5000 })
    try {
      // All pages in one step: a step that has to wait for a writer begins anew.
      await backup(source, to, { rate: 0x7fff_ffff })
    } finally {
      source.close()
    }
    const db = new DatabaseSync(to, { timeout: 5000 })
    try {
      return shorten(db, needs)
    } finally {
      db.close()
      await syncFile(to)
    }
  } catch (error) {
    if (isDamage(error)) throw damaged(catalog, error)
    if (isDiskFull(error))
      throw new Refusal(
        507,
        'backup_disk_full',
        `The disk of ${to} is full. Make room there and run it again.`,
        {
          cause: error,
          params: { path: to },
        },
      )
    if (isBusy(error))
      throw new Refusal(503, 'backup_busy', `The catalog ${catalog} is busy. Run it again in a moment.`, {
        cause: error,
        params: { path: catalog },
      })
    throw error
  }
}

function shorten(db: DatabaseSync, needs: { data: string; catalog: string; slug: string | null }): Snapshot {
  // One file, without a log beside it; triggers and references are not asked, for nothing happens to what stays.
  db.exec('PRAGMA journal_mode = DELETE; PRAGMA foreign_keys = OFF')
  const [found] = db.prepare('PRAGMA integrity_check(1)').all()
  if (found?.['integrity_check'] !== 'ok') throw damaged(needs.catalog, found)
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > MIGRATIONS.length)
    throw new Refusal(
      409,
      'backup_newer_catalog',
      `The catalog ${needs.catalog} is of a newer version of this program (${version}). Back it up with that one.`,
      { params: { path: needs.catalog, version } },
    )
  const tables = tablesOf(db)
  const devices: Record<string, object[]> = {}
  for (const table of DEVICE_TABLES.filter((one) => tables.includes(one))) {
    devices[table] = db.prepare(`SELECT * FROM ${table}`).all()
    db.exec(`DELETE FROM ${table}`)
  }
  if (needs.slug !== null) keepOnly(db, needs.slug, tables)
  const events = readEvents(db, needs.data)
  // A backup has everything in its own folder.
  if (hasColumn(db, 'originals', 'spilled')) db.exec('UPDATE originals SET spilled = NULL')
  db.exec('VACUUM')
  return { version, devices, events }
}

const hasColumn = (db: DatabaseSync, table: string, column: string) =>
  db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column) !== undefined

export function tablesOf(db: DatabaseSync): string[] {
  const found = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .all()
  return found.map(({ name }) => String(name))
}

/** Removes the rows of all events but one, and those that stood for rows which are gone then. */
function keepOnly(db: DatabaseSync, slug: string, tables: readonly string[]): void {
  const event = db.prepare('SELECT id FROM events WHERE slug = ?').get(slug)
  if (!event)
    throw new Refusal(404, 'backup_no_event', `There is no event "${slug}".`, { params: { event: slug } })
  const id = Number(event['id'])
  const triggers = db.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`).all()
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${String(name)}`)
  for (const table of tables)
    if (hasColumn(db, table, 'event_id')) db.prepare(`DELETE FROM ${table} WHERE event_id <> ?`).run(id)
  db.prepare('DELETE FROM events WHERE id <> ?').run(id)
  for (let gone = 1; gone > 0;) {
    gone = 0
    for (const table of tables)
      for (const { table: parent, from, to } of db.prepare(`PRAGMA foreign_key_list(${table})`).all()) {
        const sql = `DELETE FROM ${table} WHERE ${String(from)} NOT IN (SELECT ${String(to)} FROM ${String(parent)})`
        gone += Number(db.prepare(sql).run().changes)
      }
  }
  if (tables.includes('fresh_marks'))
    db.exec('DELETE FROM fresh_marks WHERE photo_id NOT IN (SELECT id FROM photos)')
  db.prepare(`UPDATE settings SET value = ? WHERE key = 'event'`).run(String(id))
  for (const { sql } of triggers) db.exec(String(sql))
}

function readEvents(db: DatabaseSync, data: string): SnapshotEvent[] {
  const sentinel = db.prepare('SELECT value FROM settings WHERE key = ?')
  // A test shot is under way, or was cut short: the next start removes what there is of it.
  const own = `(${rehearsalsOf('?1')})`
  const photos = db.prepare(`SELECT * FROM photos WHERE event_id = ?1 AND id NOT IN ${own}`)
  const originals = db.prepare(
    `SELECT o.*, p.state AS photo_state FROM originals o JOIN photos p ON p.id = o.photo_id
     WHERE o.event_id = ?1 AND o.photo_id NOT IN ${own}`,
  )
  const rehearsals = db.prepare(`SELECT filename FROM originals WHERE event_id = ?1 AND photo_id IN ${own}`)
  // A catalog of an earlier version has none.
  const finals = tablesOf(db).includes('finals')
    ? db.prepare('SELECT DISTINCT kept, sha256 FROM finals WHERE event_id = ? AND kept IS NOT NULL')
    : null
  const live = db.prepare(`SELECT name FROM publications WHERE event_id = ? AND state = 'live' AND place > 0`)
  // The cast: rows of the catalog, whose schema migrations.ts vouches for.
  const rows = db.prepare('SELECT * FROM events ORDER BY id').all() as unknown as EventRow[]
  return rows.map((row) => {
    const { id, slug, settings, folders, spill } = decodeEvent(data, row)
    const deleted = new Set<unknown>()
    const count = { buffer: 0, archived: 0, trashed: 0 }
    for (const photo of photos.all(id))
      // What was deleted for good has a row and no file; earlier versions had no such thing.
      if (typeof photo['deleted_at'] === 'number') deleted.add(photo['id'])
      else count[photo['state'] as PhotoState] += 1
    const files = originals.all(id).filter((one) => !deleted.has(one['photo_id']))
    const published = live.all(id)
    const shots = rehearsals.all(id).map((one) => splitName(String(one['filename']))[0])
    const read = (role: FolderRole) =>
      sentinel.get(`folder:${folders[role]}`)?.['value'] as string | undefined
    return {
      id,
      slug,
      title: settings.event_title,
      folders,
      sentinels: Object.fromEntries(FOLDER_ROLES.map((role) => [role, read(role)])) as Record<
        FolderRole,
        string | undefined
      >,
      photos: count,
      published: published.length,
      rehearsals: shots,
      expected: [
        ...files.map((one) => ({
          role: FOLDER_OF[one['photo_state'] as PhotoState],
          file: String(one['filename']),
          sha256: String(one['sha256']),
          ...(typeof one['spilled'] === 'string' && { spilled: join(spill, one['spilled']) }),
        })),
        ...(finals?.all(id) ?? []).map((one) => ({
          role: 'finals' as const,
          file: `${KEPT}/${String(one['kept'])}`,
          sha256: String(one['sha256']),
        })),
        ...published.map(({ name }) => ({ role: 'web' as const, file: String(name), sha256: null })),
      ],
    }
  })
}

function damaged(path: string, cause: unknown): Refusal {
  return new Refusal(
    409,
    'catalog_damaged',
    `The catalog ${path} is damaged and cannot be read. Nothing was changed.`,
    {
      cause,
    },
  )
}
