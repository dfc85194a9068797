import { prepare, type Db } from '../store/sql.ts'

/** What the facts of a journal change in the catalog's tables. */
export type RebuildStatements = ReturnType<typeof createStatements>

export function createStatements(db: Db) {
  const change = (sql: string) => prepare(db, sql)
  return {
    setting: change(
      `INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    ),
    eventState: change('UPDATE events SET state = ? WHERE id = ?'),
    eventSettings: change('UPDATE events SET settings = ? WHERE id = ?'),
    eventHero: change('UPDATE events SET hero = ? WHERE id = ?'),
    eventFolders: change('UPDATE events SET folders = ? WHERE id = ?'),
    eventActive: change('UPDATE events SET active_at = max(active_at, ?) WHERE id = ?'),
    eventAccess: change(
      `UPDATE events SET visibility = ?, pin = ?, pin_hash = ?, access_key = ?, access_token = ?, ends_at = ?, access_at = ?
       WHERE id = ?`,
    ),
    addPhoto: change(
      `INSERT INTO photos
       (id, event_id, filename, state, width, height, taken_at, added_at, camera, serial, rating, camera_id, marked,
        taken_offset, exposure_value)
       VALUES (?, ?, ?, 'buffer', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    photoName: change('UPDATE photos SET filename = ? WHERE id = ?'),
    photoSize: change('UPDATE photos SET width = ?, height = ? WHERE id = ?'),
    photoShown: change('UPDATE photos SET filename = ?, width = ?, height = ? WHERE id = ?'),
    photoMoved: change('UPDATE photos SET state = ?, deleted_at = NULL WHERE id = ?'),
    photoDeleted: change(`UPDATE photos SET deleted_at = ?, state = 'trashed' WHERE id = ?`),
    photoRated: change('UPDATE photos SET rating = ?, pick = ?, seen = ? WHERE id = ?'),
    photoMarked: change('UPDATE photos SET marked = 1, rating = max(rating, ?) WHERE id = ?'),
    photoWorded: change(
      `INSERT OR REPLACE INTO photo_words (photo_id, found, own, label, rejected) VALUES (?, ?, ?, ?, ?)`,
    ),
    photoCounted: change('UPDATE photos SET published_count = ?, unpublished_count = ? WHERE id = ?'),
    photosShifted: change('UPDATE photos SET taken_at = taken_at + ? WHERE event_id = ? AND camera_id = ?'),
    photosClaimed: change(
      'UPDATE photos SET camera_id = ? WHERE event_id = ? AND camera_id IS NULL AND serial = ?',
    ),
    demote: change(`UPDATE originals SET role = 'raw' WHERE photo_id = ? AND role = 'main'`),
    // No file is called so: see Originals.rename.
    parkName: change(
      `UPDATE originals SET filename_key = '/' || sha256 WHERE event_id = ? AND filename_key = ? AND sha256 <> ?`,
    ),
    addOriginal: change(
      `INSERT INTO originals
       (event_id, sha256, photo_id, role, filename, filename_key, bytes, modified_at, kind, origin, origin_stem, picture,
        shot_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    original: prepare<{ filename: string; role: string }>(
      db,
      'SELECT filename, role FROM originals WHERE event_id = ? AND sha256 = ?',
    ),
    rename: change('UPDATE originals SET filename = ?, filename_key = ? WHERE event_id = ? AND sha256 = ?'),
    renew: change(
      `UPDATE originals SET sha256 = ?, bytes = ?, modified_at = ?, picture = ?, shot_at = ?, stat = NULL
       WHERE event_id = ? AND sha256 = ?`,
    ),
    addFormer: change(
      'INSERT OR REPLACE INTO former_names (event_id, filename_key, photo_id) VALUES (?, ?, ?)',
    ),
    dropFormer: change('DELETE FROM former_names WHERE event_id = ? AND filename_key = ?'),
    keepEdit: change(
      `INSERT INTO edits (photo_id, edit, kept_at, given) VALUES (?, ?, ?, ?)
       ON CONFLICT (photo_id) DO UPDATE SET edit = excluded.edit, kept_at = excluded.kept_at, given = excluded.given`,
    ),
    useName: change('INSERT OR IGNORE INTO used_names (event_id, name_key) VALUES (?, ?)'),
    comeBack: change(`UPDATE publications SET state = 'live', gone_at = NULL, cleared = NULL WHERE id = ?`),
    addPublication: change(
      `INSERT INTO publications
       (id, event_id, photo_id, name, name_key, edit, edit_key, finish, source, photographer, state, was_live, place, width,
        height, bytes, thumbhash, view_bytes, full_bytes, published_at, cleared, words)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'live', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    publicationGone: prepare<{ photo_id: string }>(
      db,
      `UPDATE publications SET state = 'gone', gone_at = ? WHERE id = ? AND state = 'live' RETURNING photo_id`,
    ),
    publicationFull: change('UPDATE publications SET full_bytes = ? WHERE id = ?'),
    publicationCleared: change(`UPDATE publications SET cleared = ? WHERE id = ? AND state = 'gone'`),
    countPublished: change('UPDATE photos SET published_count = published_count + 1 WHERE id = ?'),
    countUnpublished: change('UPDATE photos SET unpublished_count = unpublished_count + 1 WHERE id = ?'),
    addFinal: change(
      `INSERT INTO finals (id, event_id, filename, sha256, kept, bytes, kind, width, height, shot_at, serial, came_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    // What waits for a person is matched anew.
    finalDecided: change(
      `UPDATE finals SET state = ?, photo_id = ?, before_id = ?, edit_before = ?, reason = NULL WHERE id = ?`,
    ),
    finalShown: change('UPDATE photos SET final_id = ? WHERE id = ?'),
    finalsDeleted: change('UPDATE finals SET kept = NULL WHERE photo_id = ?'),
    putPrint: change(
      `INSERT OR REPLACE INTO prints (id, event_id, photo_id, copies, again, state, version, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    dropPrint: change('DELETE FROM prints WHERE id = ?'),
    addDeed: change(
      `INSERT INTO audit (event_id, at, device, name, role, what, subject, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  }
}
