import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isDiskFull, messageOf, Refusal } from '../../errors.ts'

/** How many copies of earlier versions are kept beside the catalog. */
const KEPT = 2

/** Puts a copy of the catalog beside it (`catalog.db.version-<n>`) before a migration changes it, reads it back and
 * compares it. It holds what was committed, the log included.
 * @param version that the catalog has
 * @throws Refusal 507 `no_room_for_copy` when the disk has no room for it, 503 `copy_failed` when the copy does not say
 * what the catalog says; what SQLite throws where the folder cannot be written. The catalog is not changed then, and
 * nothing half-done is left */
export function copyBefore(db: DatabaseSync, path: string, version: number): void {
  const target = `${path}.version-${version}`
  const part = `${target}.part`
  try {
    rmSync(part, { force: true })
    refuseWithoutRoom(db, path, version)
    db.prepare('VACUUM INTO ?').run(part)
    compare(db, part, path)
    flush(part)
    renameSync(part, target)
    flush(dirname(path))
  } catch (error) {
    rmSync(part, { force: true })
    if (isDiskFull(error)) throw noRoom(path, version, error)
    throw error
  }
  forgetOlder(path)
}

function refuseWithoutRoom(db: DatabaseSync, path: string, version: number): void {
  const read = (what: string) => Number(Object.values(db.prepare(`PRAGMA ${what}`).get()!)[0])
  const { bavail, bsize } = statfsSync(dirname(path))
  // The migration itself wants room as well, in the log.
  if (bavail * bsize < 2 * read('page_count') * read('page_size')) throw noRoom(path, version)
}

function noRoom(path: string, version: number, cause?: unknown): Refusal {
  return new Refusal(
    507,
    'no_room_for_copy',
    `The catalog ${path} is of an earlier version (${version}), and its disk has no room for the copy that is made before it is changed. Nothing was changed: make room on that disk and start again, or go on with the program of before.`,
    { cause, params: { path, version } },
  )
}

/** @throws Refusal when the copy is damaged, or says anything else than the catalog */
function compare(db: DatabaseSync, copy: string, path: string): void {
  const other = new DatabaseSync(copy, { readOnly: true })
  try {
    const [found] = other.prepare('PRAGMA integrity_check(1)').all() as { integrity_check: string }[]
    if (found?.integrity_check === 'ok' && summary(other) === summary(db)) return
  } catch (cause) {
    throw failed(path, messageOf(cause), cause)
  } finally {
    other.close()
  }
  throw failed(path, 'it holds something else')
}

function failed(path: string, why: string, cause?: unknown): Refusal {
  return new Refusal(
    503,
    'copy_failed',
    `The copy of the catalog ${path} that is made before it is changed could not be read back (${why}). Nothing was changed; its disk may be failing.`,
    { cause, params: { path, why } },
  )
}

/** Version, schema and the number of rows of every table. */
function summary(db: DatabaseSync): string {
  const schema = db.prepare(`SELECT type, name, sql FROM sqlite_schema ORDER BY type, name`).all()
  const counts = schema
    .filter(({ type }) => type === 'table')
    .map(({ name }) => db.prepare(`SELECT count(*) AS n FROM "${String(name)}"`).get()!['n'])
  return JSON.stringify([db.prepare('PRAGMA user_version').get(), schema, counts])
}

function flush(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function forgetOlder(path: string): void {
  const start = `${basename(path)}.version-`
  const versions = readdirSync(dirname(path))
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .toSorted((a, b) => b - a)
  for (const version of versions.slice(KEPT))
    rmSync(join(dirname(path), `${start}${version}`), { force: true })
}
