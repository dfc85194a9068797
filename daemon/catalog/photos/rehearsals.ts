import { prepare, type Db, type Transaction } from '../store/sql.ts'

/** The origin of a test shot's Original. Every Source's own has a colon, or is another word. */
export const REHEARSAL = 'rehearsal'

/** Photos of an Event that are test shots: `event` names the parameter. */
export const rehearsalsOf = (event: string) =>
  `SELECT photo_id FROM originals WHERE event_id = ${event} AND origin = '${REHEARSAL}'`

/** Test shots, which the program makes by itself to try out the way to the guests. They are Photos and publications like
 * any other, but are in no list, count or journal, and once they are gone so are their rows. */
export interface Rehearsals {
  /** Ids of the Photos that are test shots, of all Events. */
  list(): { photoId: string; eventId: number }[]
  /** Public names that a test shot has or had, and what state each is in. */
  publicationsOf(photoId: string): { id: string; name: string; state: 'pending' | 'live' | 'gone' }[]
  /** Removes the rows of a test shot: there is nothing of it any more, here or in the bucket.
   * @returns false, and nothing is changed, where it is no test shot, is not deleted yet, or something of it waits for
   * the bucket */
  forget(photoId: string): boolean
}

/** Tables whose rows stand for a Photo, or for one of its publications; those that are pointed at last. */
const OF_PHOTO = ['traces', 'last_words', 'holds', 'unattended', 'edits', 'former_names', 'milestones', 'publications', 'originals'] // prettier-ignore

export function createRehearsals(db: Db, transaction: Transaction): Rehearsals {
  const list = prepare<{ photoId: string; eventId: number }>(
    db,
    `SELECT o.photo_id AS photoId, o.event_id AS eventId FROM events e
     JOIN originals o ON o.event_id = e.id AND o.origin = '${REHEARSAL}'`,
  )
  const publicationsOf = prepare<{ id: string; name: string; state: 'pending' | 'live' | 'gone' }>(
    db,
    'SELECT id, name, state FROM publications WHERE photo_id = ?',
  )
  const mayGo = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM photos p JOIN originals o ON o.photo_id = p.id AND o.role = 'main'
     WHERE p.id = ?1 AND o.origin = '${REHEARSAL}' AND p.deleted_at IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM publications u WHERE u.photo_id = ?1 AND (u.state <> 'gone' OR EXISTS (
         SELECT 1 FROM uploads WHERE publication_id = u.id AND state = 'waiting')))`,
  )
  const sent = prepare(
    db,
    'DELETE FROM uploads WHERE publication_id IN (SELECT id FROM publications WHERE photo_id = ?)',
  )
  const pictures = prepare(
    db,
    'DELETE FROM former_pictures WHERE (event_id, sha256) IN (SELECT event_id, sha256 FROM originals WHERE photo_id = ?)',
  )
  const rows = OF_PHOTO.map((table) => prepare(db, `DELETE FROM ${table} WHERE photo_id = ?`))
  const photo = prepare(db, 'DELETE FROM photos WHERE id = ?')
  return {
    list: () => list.all(),
    publicationsOf: (photoId) => publicationsOf.all(photoId),
    forget: (photoId) =>
      transaction(() => {
        if (!mayGo.get(photoId)) return false
        for (const statement of [sent, pictures, ...rows, photo]) statement.run(photoId)
        return true
      }),
  }
}
