import type { FolderPaths } from '../../folders.ts'
import type { Settings } from '../settings.ts'
import { prepare, type Db, type Transaction } from './sql.ts'
import type { Journal } from './journal.ts'

/** Settings of the program that the journal keeps, so that they outlive the catalog. What is secret (logins of cameras that
 * send by FTP), what speaks of this computer (ids of folders, the bucket's state) and what says what may happen by itself
 * is not among them. */
const KEPT = [
  'looks',
  'incoming-looks',
  'finish',
  'cameras',
  'camera-serials',
  'camera-settings',
  'hold_seconds',
]
const KEPT_SINCE = 'camera-since:'

export const isKeptSetting = (key: string): boolean => KEPT.includes(key) || key.startsWith(KEPT_SINCE)

/** Set once what an older program had not put into the journals is there. */
const WRITTEN = 'journal.whole'

/** Settings whose changes are facts of the current Event's journal, where they are to be kept.
 * @param needs.eventId undefined while there is none */
export function journalSettings(needs: {
  settings: Settings
  transaction: Transaction
  journal: Pick<Journal, 'note'>
  eventId: () => number | undefined
}): Settings {
  const { settings, transaction } = needs
  return {
    ...settings,
    set(key, value) {
      const eventId = isKeptSetting(key) && settings.get(key) !== value ? needs.eventId() : undefined
      if (eventId === undefined) return settings.set(key, value)
      transaction(() => {
        settings.set(key, value)
        needs.journal.note(eventId, { fact: 'setting.changed', key, value })
      })
    },
  }
}

/** Puts into the journals, once for each catalog, what programs of before did not write there: where each Event's folders
 * are, names that were used up, and the settings.
 */
export function completeJournal(needs: {
  db: Db
  settings: Settings
  transaction: Transaction
  journal: Pick<Journal, 'note'>
  eventId: () => number | undefined
}): void {
  const { db, settings, transaction, journal } = needs
  const current = needs.eventId()
  if (current === undefined || settings.get(WRITTEN) !== undefined) return
  const events = prepare<{ id: number; folders: string }>(db, 'SELECT id, folders FROM events ORDER BY id')
  const names = prepare<{ event_id: number; name: string }>(
    db,
    `SELECT event_id, name FROM publications WHERE was_live = 0 AND place > 0`,
  )
  transaction(() => {
    for (const { id, folders } of events.all())
      journal.note(id, { fact: 'event.changed', folders: JSON.parse(folders) as FolderPaths })
    for (const { event_id: id, name } of names.all()) journal.note(id, { fact: 'name.used', name })
    noteSettings(needs, current)
    settings.set(WRITTEN, '1')
  })
}

/** Puts all settings that are kept into an Event's journal: the disk with another's may be gone when they are wanted. */
export function noteSettings(needs: { db: Db; journal: Pick<Journal, 'note'> }, eventId: number): void {
  const all = prepare<{ key: string; value: string }>(
    needs.db,
    'SELECT key, value FROM settings ORDER BY key',
  )
  for (const { key, value } of all.all())
    if (isKeptSetting(key)) needs.journal.note(eventId, { fact: 'setting.changed', key, value })
}
