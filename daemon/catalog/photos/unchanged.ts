import { prepareTuples, type Db } from '../store/sql.ts'

/** Readings that are kept: ten thousand photos in pages of two hundred, and some more. */
const MOST = 64

/** Keeps what was read until anything in the catalog changes, through this connection or another. Ten devices that come
 * back to the network at once ask for the same pages.
 * @returns reads by a key, or gives what was read under it before; the caller must not change it */
export function createUnchanged<T>(db: Db): (key: string, read: () => T) => T {
  const own = prepareTuples<[number]>(db, 'SELECT total_changes()')
  const others = prepareTuples<[number]>(db, 'PRAGMA data_version')
  const readings = new Map<string, T>()
  let seen = ''

  return (key, read) => {
    // What a transaction reads may never have been: the counter does not go back with it.
    if (db.isTransaction) return read()
    const now = `${own.get()![0]} ${others.get()![0]}`
    if (now !== seen || readings.size >= MOST) readings.clear()
    seen = now
    const known = readings.get(key)
    if (known !== undefined) return known
    const value = read()
    readings.set(key, value)
    return value
  }
}
