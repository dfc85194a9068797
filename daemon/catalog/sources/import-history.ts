import type { SkippedFile } from '../../contract/status.ts'
import { prepare, type Db } from '../store/sql.ts'
import type { Params, Message } from '../../contract/message.ts'

/** What became of the frames that Sources offered, so that a card is read once and nobody is asked twice.
 * `source` is the Source's id, `shot` the frame's key there (path, size and time). */
export interface ImportHistory {
  /** `taken`: its bytes are an Original of the Event; `left`: a person said that it is not wanted. Nothing where the
   * Original's file is gone or written over: the frame is wanted again. */
  outcome(eventId: number, source: string, shot: string): 'taken' | 'left' | undefined
  /** The times of modification that are known of a file of this path and size, in milliseconds since 1970. */
  times(eventId: number, source: string, path: string, bytes: number): number[]
  note(
    eventId: number,
    source: string,
    shots: readonly string[],
    outcome: 'taken' | 'left',
    /** The hash of the one shot, where its bytes were read. */
    sha256?: string,
  ): void
  /** Names of the Photos that came from there and were deleted by a person. */
  deleted(eventId: number, source: string): string[]
}

/** Files that were not taken, and why. One entry a path; a file that changed since is looked at again. */
export interface Skipped {
  /** @param fingerprint size and time, as the file has them now */
  has(eventId: number, source: string, path: string, fingerprint: string): boolean
  put(eventId: number, source: string, path: string, fingerprint: string, reason: Message): void
  /** The file was taken after all, or is gone. */
  remove(eventId: number, source: string, path: string): void
  paths(eventId: number, source: string): string[]
  /** Forgets entries, so that their files are offered again; but not what is said of a Photo that we have.
   * @param path the one that is listed so; all of the Event unless given */
  clear(eventId: number, path?: string): { source: string; fingerprint: string }[]
  /** Newest first. */
  list(eventId: number, limit: number): SkippedFile[]
  count(eventId: number): number
}

export function createImportHistory(db: Db, now: () => number): ImportHistory {
  const find = prepare<{ outcome: 'taken' | 'left' }>(
    db,
    `SELECT outcome FROM ledger l WHERE event_id = ? AND source = ? AND shot = ? AND NOT EXISTS (
       SELECT 1 FROM originals o JOIN photos p ON p.id = o.photo_id
       WHERE o.event_id = l.event_id AND o.sha256 = l.sha256 AND o.lost = 1 AND p.deleted_at IS NULL)`,
  )
  const begins = prepare<{ shot: string }>(
    db,
    'SELECT shot FROM ledger WHERE event_id = ? AND source = ? AND shot >= ? AND shot < ?',
  )
  const put = prepare(
    db,
    `INSERT INTO ledger (event_id, source, shot, outcome, at, sha256) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (event_id, source, shot) DO UPDATE
     SET outcome = excluded.outcome, at = excluded.at, sha256 = coalesce(excluded.sha256, sha256)`,
  )
  const deleted = prepare<{ filename: string }>(
    db,
    `SELECT DISTINCT p.filename FROM photos p JOIN originals o ON o.photo_id = p.id
     JOIN ledger l ON l.event_id = p.event_id AND l.sha256 = o.sha256
     WHERE p.event_id = ? AND p.deleted_at IS NOT NULL AND l.source = ? ORDER BY p.filename`,
  )
  return {
    outcome: (eventId, source, shot) => find.get(eventId, source, shot)?.outcome,
    times(eventId, source, path, bytes) {
      const head = `${path}|${bytes}|`
      return begins
        .all(eventId, source, head, `${path}|${bytes}}`)
        .map(({ shot }) => Number(shot.slice(head.length)))
    },
    note(eventId, source, shots, outcome, sha256) {
      for (const shot of shots) put.run(eventId, source, shot, outcome, now(), sha256 ?? null)
    },
    deleted: (eventId, source) => deleted.all(eventId, source).map(({ filename }) => filename),
  }
}

export function createSkipped(db: Db, now: () => number): Skipped {
  const find = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM set_aside WHERE event_id = ? AND source = ? AND path = ? AND fingerprint = ?',
  )
  const put = prepare(
    db,
    `INSERT INTO set_aside (event_id, source, path, fingerprint, reason, code, params, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (event_id, source, path) DO UPDATE
     SET fingerprint = excluded.fingerprint, reason = excluded.reason, code = excluded.code,
       params = excluded.params, at = excluded.at`,
  )
  const remove = prepare(db, 'DELETE FROM set_aside WHERE event_id = ? AND source = ? AND path = ?')
  const clear = prepare<{ source: string; fingerprint: string }>(
    db,
    `DELETE FROM set_aside WHERE event_id = ? AND path = coalesce(?, path) AND coalesce(code, '') <> 'raw_small_preview'
     RETURNING source, fingerprint`,
  )
  const paths = prepare<{ path: string }>(db, 'SELECT path FROM set_aside WHERE event_id = ? AND source = ?')
  const newest = prepare<{ path: string; reason: string; code: string | null; params: string; at: number }>(
    db,
    'SELECT path, reason, code, params, at FROM set_aside WHERE event_id = ? ORDER BY at DESC, path LIMIT ?',
  )
  const count = prepare<{ n: number }>(db, 'SELECT count(*) AS n FROM set_aside WHERE event_id = ?')
  return {
    has: (eventId, source, path, fingerprint) => find.get(eventId, source, path, fingerprint) !== undefined,
    put(eventId, source, path, fingerprint, reason) {
      const { code, params, message } = reason
      put.run(eventId, source, path, fingerprint, message, code, JSON.stringify(params), now())
    },
    remove(eventId, source, path) {
      remove.run(eventId, source, path)
    },
    paths: (eventId, source) => paths.all(eventId, source).map((row) => row.path),
    clear: (eventId, path) => clear.all(eventId, path ?? null),
    list: (eventId, limit) =>
      newest.all(eventId, limit).map(({ path, reason, code, params, at }) => ({
        path,
        reason,
        ...(code !== null && { code, params: JSON.parse(params) as Params }),
        at: new Date(at).toISOString(),
      })),
    count: (eventId) => count.get(eventId)!.n,
  }
}
