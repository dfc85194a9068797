import { existsSync } from 'node:fs'
import { chmod, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { syncFile, syncFolder } from '../../files.ts'

/** Copies of the catalog beside the photos: `.lep-catalog-<year><month>...Z.db`, by the time when each was made. */
const NAME = /^\.lep-catalog-(\d{8}T\d{9}Z)\.db$/
const KEPT = 3

/** Whether a file of that name is such a copy. */
export const isCopyName = (name: string): boolean => NAME.test(name)

/** When a copy was made, milliseconds since 1970; 0 for another file. */
export function madeAt(path: string): number {
  const stamp = NAME.exec(basename(path))?.[1]
  const parts = stamp && /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stamp)
  if (!parts) return 0
  const [, year, month, day, hour, minute, second, ms] = parts
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
}

const nameAt = (at: number) => `.lep-catalog-${new Date(at).toISOString().replace(/[-:.]/g, '')}.db`

/** Tables and settings that open a door: none of them leaves this computer's own disk. */
const SECRET_TABLES = ['device_tokens', 'devices', 'requests'] as const
const SECRET_SETTINGS = ['ftp-logins', 'ftp'] as const

/** Puts a copy of the catalog into a folder, without what is secret, reads it back, and forgets older ones than the last
 * three. A running daemon does not notice: it is SQLite's own backup.
 * @param catalog the file
 * @param at milliseconds since 1970
 * @returns its path @throws what the disk throws, and an Error where the copy cannot be read back; nothing is left then */
export async function copyCatalog(catalog: string, folder: string, at: number): Promise<string> {
  const path = join(folder, nameAt(at))
  const part = `${path}.part`
  try {
    await removeWith(part)
    const source = new DatabaseSync(catalog, { readOnly: true, timeout: 5000 })
    try {
      // All pages in one step: a step that has to wait for a writer begins anew.
      await backup(source, part, { rate: 0x7fff_ffff })
    } finally {
      source.close()
    }
    await chmod(part, 0o600).catch(() => undefined)
    withoutSecrets(part)
    await syncFile(part)
    verify(part)
    await rename(part, path)
    await syncFolder(folder)
  } catch (error) {
    await removeWith(part)
    throw error
  }
  await forgetOlder(folder)
  return path
}

async function removeWith(path: string): Promise<void> {
  for (const end of ['', '-wal', '-shm', '-journal']) await rm(path + end, { force: true })
}

function withoutSecrets(path: string): void {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  try {
    // One file, without a log beside it; what is deleted is overwritten.
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON; BEGIN')
    for (const table of SECRET_TABLES) db.exec(`DELETE FROM ${table}`)
    const forget = db.prepare('DELETE FROM settings WHERE key = ?')
    for (const key of SECRET_SETTINGS) forget.run(key)
    db.exec('COMMIT')
  } finally {
    db.close()
  }
}

/** @throws Error where it is not whole */
function verify(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const [found] = db.prepare('PRAGMA quick_check(1)').all()
    if (found?.['quick_check'] !== 'ok') throw new Error(`The copy ${path} is not whole`)
    db.prepare('SELECT count(*) FROM events').get()
  } finally {
    db.close()
  }
}

/** Copies in a folder, newest first. */
export async function copiesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => new Array<string>())
  return names
    .filter(isCopyName)
    .sort()
    .reverse()
    .map((name) => join(folder, name))
}

async function forgetOlder(folder: string): Promise<void> {
  const copies = await copiesIn(folder)
  for (const path of copies.slice(KEPT)) if (existsSync(path)) await rm(path, { force: true })
  await removeHalfCopies(folder)
}

/** What a crash leaves in the middle of a copy, with what SQLite puts beside it: it may hold what is secret. */
const HALF = /^\.lep-catalog-\d{8}T\d{9}Z\.db\.part(-wal|-shm|-journal)?$/

/** Removes them from a folder that no copy is just being made in.
 * @throws what the disk throws */
export async function removeHalfCopies(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (HALF.test(name)) await rm(join(folder, name), { force: true })
}
