import { prepare, type Db } from './sql.ts'

/** Small values that outlive a run and belong to no event. */
export interface Settings {
  get(key: string): string | undefined
  set(key: string, value: string): void
}

export function createSettings(db: Db): Settings {
  const get = prepare<{ value: string }>(db, 'SELECT value FROM settings WHERE key = ?')
  const set = prepare(
    db,
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  return {
    get: (key) => get.get(key)?.value,
    set(key, value) {
      set.run(key, value)
    },
  }
}
