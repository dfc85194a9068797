import { prepare, type Db } from './store/sql.ts'

/** Small values that outlive a run and belong to no event. */
export interface Settings {
  get(key: string): string | undefined
  set(key: string, value: string): void
  /** Whether some key that begins so has this value. */
  has(prefix: string, value: string): boolean
}

export function createSettings(db: Db): Settings {
  const get = prepare<{ value: string }>(db, 'SELECT value FROM settings WHERE key = ?')
  const set = prepare(
    db,
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const has = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM settings WHERE value = ?1 AND substr(key, 1, length(?2)) = ?2 LIMIT 1',
  )
  return {
    has: (prefix, value) => has.get(value, prefix) !== undefined,
    get: (key) => get.get(key)?.value,
    set(key, value) {
      set.run(key, value)
    },
  }
}
