import { nameKey, splitName } from '../../files.ts'
import { prepare, type Db } from '../store/sql.ts'
import type { Notes } from './notes.ts'
import type { PublishedList } from './published-list.ts'

/** What was found of an Event's publications beside the journals. */
export interface PublicFindings {
  readonly takenOut: string[]
  readonly unknownNames: string[]
  readonly missing: string[]
}

/** The list in the bucket, and what guests' pages saw of it, may have been that many revisions ahead of what is known here. */
const AHEAD = 100_000

/** Compares what the journals call published with what guests were shown. Nothing becomes public by it: what guests' list,
 * being newer, had no more is out; a Photo in the trash is not public; and what only the list names gives its name away
 * for good.
 * @param list as it lies in the web folder; null where none can be read, or it is another Event's
 * @param files in the web folder; null while that is away
 * @param kept public names of files that were unpublished and are kept in the trash */
export function reconcilePublications(
  db: Db,
  eventId: number,
  list: PublishedList | null,
  files: readonly string[] | null,
  kept: readonly string[],
  note: Notes,
): PublicFindings {
  const live = prepare<{ id: string; name: string; photo_id: string; published_at: number; state: string }>(
    db,
    `SELECT u.id, u.name, u.photo_id, u.published_at, p.state FROM publications u JOIN photos p ON p.id = u.photo_id
     WHERE u.event_id = ? AND u.state = 'live' AND u.place > 0`,
  )
  const takeOut = prepare(
    db,
    `UPDATE publications SET state = 'gone', gone_at = max(published_at, ?) WHERE id = ?`,
  )
  const count = prepare(db, 'UPDATE photos SET unpublished_count = unpublished_count + 1 WHERE id = ?')
  const isKnown = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM publications WHERE event_id = ? AND name_key = ?',
  )
  const use = prepare(db, 'INSERT OR IGNORE INTO used_names (event_id, name_key) VALUES (?, ?)')
  const raise = prepare(db, `UPDATE events SET revision = max(revision, ?) + ${AHEAD} WHERE id = ?`)
  const said = list === null ? 0 : Date.parse(list.head.updatedAt)
  const there = files && new Set(files)
  const takenOut: string[] = []
  const missing: string[] = []
  for (const { id, name, photo_id: photo, published_at: at, state } of live.all(eventId)) {
    const isDropped = list !== null && list.isWhole && said > at && !list.entries.has(name)
    if (isDropped || state === 'trashed') {
      takeOut.run(said, id)
      count.run(photo)
      note(eventId, { fact: 'publication.gone', publication: id })
      takenOut.push(name)
    } else if (there && !there.has(name)) missing.push(name)
  }
  const unknownNames = [...(list?.entries.keys() ?? [])].filter(
    (name) => !isKnown.get(eventId, nameKey(name)),
  )
  for (const name of [...unknownNames, ...[...(files ?? []), ...kept].filter(isPicture)])
    if (!isKnown.get(eventId, nameKey(name)) && use.run(eventId, nameKey(name)) > 0)
      note(eventId, { fact: 'name.used', name })
  raise.run(list?.head.revision ?? 0, eventId)
  return { takenOut, unknownNames, missing }
}

const isPicture = (name: string) => name.endsWith('.jpg')

/** Queues the removal of what was unpublished and of which nobody knows whether the bucket has it still: the queue that
 * knew is gone. */
export function queueRemovals(db: Db): void {
  const gone = prepare<{
    id: string
    event_id: number
    name: string
    view: number | null
    full: number | null
  }>(
    db,
    `SELECT id, event_id, name, view_bytes AS view, full_bytes AS full FROM publications
     WHERE state = 'gone' AND was_live = 1 AND cleared IS NULL AND place > 0`,
  )
  const waits = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM uploads WHERE event_id = ? AND object_key = ? AND lane = 'removal' AND state = 'waiting'`,
  )
  const add = prepare(
    db,
    `INSERT INTO uploads (event_id, publication_id, lane, object_key, bytes) VALUES (?, ?, 'removal', ?, 0)`,
  )
  for (const { id, event_id: eventId, name, view, full } of gone.all()) {
    const [stem] = splitName(name)
    const keys = [
      name,
      `thumb/${stem}.webp`,
      ...(view === null ? [] : [`view/${stem}.webp`]),
      ...(full ? [`full/${name}`] : []),
    ]
    for (const key of keys) if (!waits.get(eventId, key)) add.run(eventId, id, key)
  }
}
