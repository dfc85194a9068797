import { prepare, type Db } from '../store/sql.ts'

/** Frames that are published by themselves when their time is over, unless a person deals with them first. Which ones
 * wait is kept by the catalog's triggers (see migrations.ts): frames of a camera it is switched on for, from the
 * moment they are added, until they are edited, moved or published, or their event is closed. */
export interface Unattended {
  /** Seconds from coming in to being published, by camera. */
  cameras(): { cameraId: string; seconds: number }[]
  /** @param seconds null switches it off, also for what waits */
  set(cameraId: string, seconds: number | null): void
  /** Frames whose time is over, oldest first. */
  due(eventId: number, now: number): { photoId: string; tries: number }[]
  /** When the next one's time is over, or null when none waits. */
  nextDue(eventId: number): number | null
  waiting(eventId: number, cameraId: string): number
  isWaiting(photoId: string): boolean
  /** Moves the end of the Photo's wait by `by` milliseconds. */
  shift(photoId: string, by: number): void
  /** Lets no Photo wait for longer from now on than its camera's frames do, whatever the clock was. */
  dueInTime(now: number): void
  /** Makes what failed before due at `at` or earlier. */
  hurry(at: number): void
  /** Publishing failed; tries again at `at`. */
  retryAt(photoId: string, at: number): void
  /** Whether the photographer marked it a moment ago; true once for each mark. */
  takeMark(photoId: string): boolean
  /** Photos whose marks nobody has acted on. */
  freshMarks(): string[]
  /** What was marked until now is a person's to see to. */
  forgetMarks(): void
  /** A person has to see to it. */
  giveUp(photoId: string): void
}

export function createUnattended(db: Db): Unattended {
  const cameras = prepare<{ cameraId: string; seconds: number }>(
    db,
    'SELECT camera_id AS cameraId, seconds FROM unattended_cameras ORDER BY camera_id',
  )
  const on = prepare(
    db,
    `INSERT INTO unattended_cameras (camera_id, seconds) VALUES (?, ?)
     ON CONFLICT (camera_id) DO UPDATE SET seconds = excluded.seconds`,
  )
  const off = prepare(db, 'DELETE FROM unattended_cameras WHERE camera_id = ?')
  const due = prepare<{ photoId: string; tries: number }>(
    db,
    `SELECT photo_id AS photoId, tries FROM unattended WHERE event_id = ? AND due_at <= ? ORDER BY due_at, photo_id`,
  )
  const nextDue = prepare<{ due: number | null }>(
    db,
    'SELECT min(due_at) AS due FROM unattended WHERE event_id = ?',
  )
  const waiting = prepare<{ n: number }>(
    db,
    'SELECT count(*) AS n FROM unattended WHERE event_id = ? AND camera_id = ?',
  )
  const isWaiting = prepare<{ found: number }>(db, 'SELECT 1 AS found FROM unattended WHERE photo_id = ?')
  const retry = prepare(db, 'UPDATE unattended SET due_at = ?, tries = tries + 1 WHERE photo_id = ?')
  const shift = prepare(db, 'UPDATE unattended SET due_at = due_at + ? WHERE photo_id = ?')
  const dueInTime = prepare(
    db,
    `UPDATE unattended SET due_at = ?1 + seconds * 1000 FROM unattended_cameras AS camera
     WHERE camera.camera_id = unattended.camera_id AND tries = 0 AND due_at > ?1 + seconds * 1000`,
  )
  const hurry = prepare(db, 'UPDATE unattended SET due_at = ?1 WHERE tries > 0 AND due_at > ?1')
  const takeMark = prepare(db, 'DELETE FROM fresh_marks WHERE photo_id = ?')
  const freshMarks = prepare<{ photo_id: string }>(db, 'SELECT photo_id FROM fresh_marks')
  const forgetMarks = prepare(db, 'DELETE FROM fresh_marks')
  const remove = prepare(db, 'DELETE FROM unattended WHERE photo_id = ?')
  return {
    cameras: () => cameras.all(),
    set(cameraId, seconds) {
      if (seconds === null) off.run(cameraId)
      else on.run(cameraId, seconds)
    },
    due: (eventId, now) => due.all(eventId, now),
    nextDue: (eventId) => nextDue.get(eventId)?.due ?? null,
    waiting: (eventId, cameraId) => waiting.get(eventId, cameraId)!.n,
    isWaiting: (photoId) => isWaiting.get(photoId) !== undefined,
    shift(photoId, by) {
      shift.run(Math.round(by), photoId)
    },
    dueInTime(now) {
      if (cameras.all().length > 0) dueInTime.run(Math.round(now))
    },
    hurry(at) {
      hurry.run(Math.round(at))
    },
    retryAt(photoId, at) {
      retry.run(Math.round(at), photoId)
    },
    takeMark: (photoId) => takeMark.run(photoId) > 0,
    freshMarks: () => freshMarks.all().map((row) => row.photo_id),
    forgetMarks() {
      forgetMarks.run()
    },
    giveUp(photoId) {
      remove.run(photoId)
    },
  }
}
