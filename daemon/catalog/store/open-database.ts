import { accessSync, constants, copyFileSync, existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errnoOf, isDamage, isStorageFault, Refusal } from '../../errors.ts'
import { copyBefore } from './copy-before.ts'
import { migrate, MIGRATIONS } from './migrations.ts'
import type { Reserve } from './reserve.ts'

/** Opening needs a little room, and on a disk that may only be read it needs a place of its own. */
export function openSomehow(path: string, reserve: Reserve | null, fits?: (known: Fits) => void): Opened {
  try {
    return { db: openDatabase(path, true, fits), copy: null }
  } catch (error) {
    if (!isStorageFault(error)) throw error
    if (isReadOnly(path)) return openCopy(path)
    if (!reserve?.release()) throw error
    const db = openDatabase(path, true, fits)
    reserve.take('rest')
    return { db, copy: null }
  }
}

export interface Opened {
  readonly db: DatabaseSync
  /** The folder of the copy that is read instead, or null. */
  readonly copy: string | null
}

function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return existsSync(path) && ['EROFS', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')
  }
}

/** What the catalog holds, with its log, where nothing can be written beside it. Every change is refused, for it would
 * be forgotten. */
function openCopy(path: string): Opened {
  const copy = mkdtempSync(join(tmpdir(), 'lep-catalog-'))
  for (const end of ['', '-wal'])
    if (existsSync(path + end)) copyFileSync(path + end, join(copy, basename(path) + end))
  const db = openDatabase(join(copy, basename(path)), false)
  db.exec('PRAGMA query_only = 1')
  return { db, copy }
}

/** @param keepsCopy whether a catalog of an earlier version is copied before it is changed
 *  @throws Refusal `newer_catalog`, `catalog_damaged`, and those of `copyBefore` */
function openDatabase(path: string, keepsCopy = true, fits?: (known: Fits) => void): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 })
    // FULL and fullfsync: NORMAL lost acknowledged rows in simulated power cuts.
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1',
    )
    checkWhole(db, path)
    fits?.(knownBy(db))
    const opened = db
    migrate(db, MIGRATIONS, (version) => {
      if (keepsCopy) copyBefore(opened, path, version)
    })
    return db
  } catch (error) {
    db?.close()
    if (isDamage(error)) throw damaged(path, error)
    throw error
  }
}

/** What tells a catalog from others: the Events that it knows, and how far the journals had got. */
export interface Fits {
  readonly slugs: ReadonlySet<string>
  readonly last: number
}

function knownBy(db: DatabaseSync): Fits {
  const hasTables = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'facts'`).get() !== undefined
  if (!hasTables) return { slugs: new Set(), last: 0 }
  const slugs = db.prepare('SELECT slug FROM events').all()
  const last = db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'facts'`).get()
  return { slugs: new Set(slugs.map(({ slug }) => String(slug))), last: Number(last?.['seq'] ?? 0) }
}

/** Finds pages that no longer fit together before anything is built on them;
 * sqlite.org/pragma.html#pragma_quick_check */
function checkWhole(db: DatabaseSync, path: string): void {
  const [found] = db.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[]
  if (found?.quick_check !== 'ok') throw damaged(path, found?.quick_check)
}

function damaged(path: string, cause: unknown): Refusal {
  return new Refusal(
    409,
    'catalog_damaged',
    `The catalog ${path} is damaged and cannot be read. Rebuild it (npm run rebuild -- --data ${dirname(path)}), or put back a copy of it from a backup; nothing was changed.`,
    { cause, params: { path } },
  )
}
