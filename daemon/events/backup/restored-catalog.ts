import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { glance, JOURNAL } from '../../catalog/store/journal.ts'
import { MIGRATIONS } from '../../catalog/store/migrations.ts'
import { Refusal } from '../../errors.ts'
import { syncFile, writeAtomic } from '../../files.ts'
import { FOLDER_ROLES, SENTINEL, type FolderRole } from '../../folders.ts'
import { DEVICE_TABLES, tablesOf } from './snapshot.ts'

/** Where the restored photo folders lie below the data folder: the first event's at its top. */
export function ownFolder(role: FolderRole, slug: string, first: boolean): string {
  return first ? `photos_${role}` : join('events', slug, `photos_${role}`)
}

/** @returns the events' slugs, oldest first @throws Refusal 409 `backup_newer_catalog` */
export function readSlugs(path: string): string[] {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > MIGRATIONS.length)
      throw new Refusal(
        409,
        'backup_newer_catalog',
        `The backup's catalog is of a newer version of this program (${version}). Restore it with that one; nothing was changed.`,
        { params: { path, version } },
      )
    return db
      .prepare('SELECT slug FROM events ORDER BY id')
      .all()
      .map(({ slug }) => String(slug))
  } finally {
    db.close()
  }
}

/** Makes the copied catalog that of its new data folder: photo folders and their ids, and nothing of it publishes,
 * removes or answers by itself what was decided somewhere else meanwhile.
 * @param needs.devices rows that let devices in, or null
 * @param needs.madeAt of the backup, ISO 8601 */
export async function correctCatalog(needs: {
  path: string
  data: string
  slugs: readonly string[]
  devices: Readonly<Record<string, readonly Record<string, string | number | null>[]>> | null
  madeAt: string
}): Promise<void> {
  const { data, slugs, devices } = needs
  const ids = new Map<string, string>()
  for (const [n, slug] of slugs.entries())
    for (const role of FOLDER_ROLES) {
      const folder = join(data, ownFolder(role, slug, n === 0))
      await mkdir(folder, { recursive: true })
      // A new one: the folder of before and this one are never taken for each other.
      ids.set(folder, randomUUID())
      await writeAtomic(join(folder, SENTINEL), `${ids.get(folder)}\n`)
    }
  const db = new DatabaseSync(needs.path)
  try {
    const tables = tablesOf(db)
    const run = (table: string, sql: string) => tables.includes(table) && db.exec(sql)
    const set = db.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)')
    db.exec('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE')
    for (const [n, slug] of slugs.entries()) {
      const paths = FOLDER_ROLES.map((role) => [role, ownFolder(role, slug, n === 0)])
      db.prepare('UPDATE events SET folders = ? WHERE slug = ?').run(
        JSON.stringify(Object.fromEntries(paths)),
        slug,
      )
    }
    db.exec(`DELETE FROM settings WHERE key LIKE 'folder:%' OR key = 'mac'`)
    for (const [folder, id] of ids) set.run(`folder:${folder}`, id)
    // Another bucket, of which nothing is known: what is there is looked at before anything is sent.
    set.run('store', 'restored')
    set.run('restored', needs.madeAt)
    // What the journals got while the backup was made stays theirs.
    const ends = slugs.map((slug, n) => glance(join(data, ownFolder('buffer', slug, n === 0), JOURNAL)).last)
    db.prepare(`UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'facts'`).run(Math.max(0, ...ends))
    run('uploads', `DELETE FROM uploads WHERE lane <> 'removal' OR object_key LIKE 'pages/%'`)
    run(
      'holds',
      `UPDATE holds SET code = 'event_left',
       message = 'The event was left before this was published. Publish it again if it is still wanted.' WHERE code IS NULL`,
    )
    run('jobs', `UPDATE jobs SET state = 'paused', reason = 'event_left' WHERE state = 'running'`)
    run('unattended', 'DELETE FROM unattended')
    run('desk_sends', `UPDATE desk_sends SET state = 'before' WHERE state = 'waiting'`)
    run('prints', `UPDATE prints SET state = 'unsure' WHERE state IN ('waiting', 'begun')`)
    run('fresh_marks', 'DELETE FROM fresh_marks')
    if (devices)
      for (const table of DEVICE_TABLES.toReversed())
        for (const row of tables.includes(table) ? (devices[table] ?? []) : []) {
          const columns = Object.keys(row).filter((name) => /^\w+$/.test(name))
          const values = columns.map((name) => row[name] ?? null)
          db.prepare(
            `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          ).run(...values)
        }
    db.exec('COMMIT')
  } finally {
    db.close()
  }
  await syncFile(needs.path)
}
