import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isBusy, messageOf, Refusal } from '../errors.ts'

/** Takes a lock that is the operating system's, on an open file, so that it ends with the process, however that dies.
 * @param path the file, made where it is not there
 * @returns the function that gives it back
 * @throws SQLite's SQLITE_BUSY when another has it; the errors of opening and writing a file */
export function lockFile(path: string): () => void {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 0 })
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE')
    // One page of its own, once: locking an empty file would write it each time, which a full disk refuses.
    const { user_version: made } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    if (made === 0) db.exec('PRAGMA user_version = 1')
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db?.close()
    throw error
  }
  const lock = db
  return () => lock.close()
}

/** Keeps a second daemon away from a data folder.
 * @returns the function that gives it back
 * @throws Refusal 409 `in_use`; 503 `data_folder_closed` when nothing can be written there */
export function lockData(data: string): () => void {
  mkdirSync(data, { recursive: true })
  try {
    return lockFile(join(data, '.lock'))
  } catch (cause) {
    if (isBusy(cause))
      throw new Refusal(
        409,
        'in_use',
        `The program is running already with the data folder ${data}. Stop it first.`,
        { cause },
      )
    throw new Refusal(
      503,
      'data_folder_closed',
      `The data folder ${data} cannot be written (${messageOf(cause)}). Its disk may be read-only or not allow it.`,
      { cause },
    )
  }
}
