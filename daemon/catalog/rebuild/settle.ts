import { prepare, type Db } from '../store/sql.ts'
import { queueRemovals } from './reconcile-public.ts'
import type { JournalLine } from './read-journals.ts'

/** What must not go on by itself, or let anybody in, as it was when the copy was made. */
const LEFT = [
  'DELETE FROM unattended',
  'DELETE FROM fresh_marks',
  `DELETE FROM uploads WHERE lane <> 'removal' OR object_key LIKE 'pages/%'`,
  `UPDATE holds SET code = 'event_left',
   message = 'The event was left before this was published. Publish it again if it is still wanted.' WHERE code IS NULL`,
  `UPDATE jobs SET state = 'paused', reason = 'event_left' WHERE state = 'running'`,
  // It may be on paper since.
  `UPDATE prints SET state = 'unsure' WHERE state IN ('waiting', 'begun')`,
  'DELETE FROM device_tokens',
  'DELETE FROM devices',
  // Names of which a publication is known are looked up there.
  `DELETE FROM used_names WHERE EXISTS (
     SELECT 1 FROM publications u WHERE u.event_id = used_names.event_id AND u.name_key = used_names.name_key)`,
  // What the bucket holds is compared anew before anything is sent.
  `INSERT INTO settings (key, value) VALUES ('store', 'rebuilt') ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
]

/** Makes a catalog of what was replayed one that a start can go on with: the journals go on counting where they end, and
 * nothing is sent, published or opened by itself.
 * @param spilled lines that are in no Event's folder yet: they wait for it, as before */
export function settle(db: Db, lines: readonly JournalLine[], spilled: ReadonlySet<JournalLine>): void {
  for (const sql of LEFT) db.exec(sql)
  queueRemovals(db)
  const written = prepare(db, 'DELETE FROM facts WHERE n = ?')
  const waits = prepare(
    db,
    'INSERT OR REPLACE INTO facts (n, event_id, line) SELECT ?, id, ? FROM events WHERE slug = ?',
  )
  const highest = lines.reduce((most, line) => {
    written.run(line.n)
    if (spilled.has(line)) waits.run(line.n, JSON.stringify(line.fact), line.event)
    return Math.max(most, line.n)
  }, 0)
  const raised = prepare(db, `UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'facts'`)
  if (raised.run(highest) === 0)
    prepare(db, `INSERT INTO sqlite_sequence (name, seq) VALUES ('facts', ?)`).run(highest)
}
