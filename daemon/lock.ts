import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Refusal } from './errors.ts'

/** Keeps a second daemon away from a data folder. The lock is the operating system's, on an open file, so that it
 * ends with the process, however that dies.
 * @returns the function that gives it back
 * @throws Refusal 409 `in_use` */
export function lockData(data: string): () => void {
  mkdirSync(data, { recursive: true })
  const db = new DatabaseSync(join(data, '.lock'), { timeout: 0 })
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    throw new Refusal(
      409,
      'in_use',
      `Another daemon is running with the data folder ${data}. Stop it first.`,
      {
        cause: error,
      },
    )
  }
  return () => db.close()
}
