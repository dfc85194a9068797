import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errnoOf, isDiskFull } from '../../errors.ts'
import { MIGRATIONS } from '../store/migrations.ts'
import { isCopyName, madeAt } from '../store/copies.ts'

/** A catalog that a rebuild may begin from. */
export interface Base {
  readonly path: string
  /** The journal's number of the last fact that it holds. */
  readonly last: number
  readonly slugs: readonly string[]
  /** Milliseconds since 1970; null for the catalog itself. */
  readonly madeAt: number | null
}

const NONE_LEFT: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM'])

/** What a catalog knows, where it is whole and this program can read it. The file is not touched: it is looked at as a copy.
 * @returns null otherwise @throws the system's error where there is no room for that copy, or no descriptor */
export async function examine(path: string): Promise<Pick<Base, 'last' | 'slugs'> | null> {
  if (!existsSync(path)) return null
  const folder = await mkdtemp(join(tmpdir(), 'lep-look-'))
  try {
    const copy = join(folder, 'catalog.db')
    await bringCatalog(path, copy)
    return read(copy)
  } catch (error) {
    // What this computer has no room or no descriptors for is no damage of the file.
    if (isDiskFull(error) || NONE_LEFT.has(errnoOf(error) ?? '')) throw error
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Copies a catalog and what is not brought into it yet. */
export async function bringCatalog(from: string, to: string): Promise<void> {
  for (const end of ['', '-wal']) if (existsSync(from + end)) await copyFile(from + end, to + end)
}

function read(path: string): Pick<Base, 'last' | 'slugs'> | null {
  const db = new DatabaseSync(path)
  try {
    const [found] = db.prepare('PRAGMA quick_check(1)').all()
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (found?.['quick_check'] !== 'ok' || version < 1 || version > MIGRATIONS.length) return null
    const slugs = db.prepare('SELECT slug FROM events').all()
    const last = db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'facts'`).get()
    return { last: Number(last?.['seq'] ?? 0), slugs: slugs.map(({ slug }) => String(slug)) }
  } finally {
    db.close()
  }
}

/** The catalog that knows most: a copy beside the photos, or the catalog itself, where it is whole and knows an Event of
 * theirs.
 * @param needs.own the catalog, or null where it is not to be used
 * @param needs.buffers folders that may hold copies
 * @param needs.slugs of the Events that the folders are of */
export async function chooseBase(needs: {
  own: string | null
  buffers: readonly string[]
  slugs: ReadonlySet<string>
}): Promise<Base | null> {
  const paths: string[] = needs.own === null ? [] : [needs.own]
  for (const folder of needs.buffers)
    for (const name of await readdir(folder).catch(() => new Array<string>()))
      if (isCopyName(name)) paths.push(join(folder, name))
  let best: Base | null = null
  for (const path of paths) {
    const seen = await examine(path)
    if (!seen?.slugs.some((slug) => needs.slugs.has(slug))) continue
    const one = { ...seen, path, madeAt: path === needs.own ? null : madeAt(path) }
    const isNewer = best === null || one.last > best.last || (one.last === best.last && isLater(one, best))
    if (isNewer) best = one
  }
  return best
}

/** The catalog itself is newer than any copy that holds the same facts. */
const isLater = (one: Base, other: Base) => (one.madeAt ?? Infinity) > (other.madeAt ?? Infinity)
