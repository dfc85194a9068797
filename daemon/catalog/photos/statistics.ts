import type { EventStatistics } from '../../contract/settings.ts'
import { rehearsalsOf } from './rehearsals.ts'
import { prepare, type Db } from '../store/sql.ts'

const HOUR = 3600_000

/** What became of an Event so far. */
export interface Statistics {
  of(eventId: number): Omit<EventStatistics, 'set_aside' | 'guests'>
  /** Bytes of the photos of any Event that came since then, milliseconds since 1970. */
  bytesSince(at: number): number
}

export function createStatistics(db: Db): Statistics {
  const photos = prepare<{ state: string; n: number; first: number }>(
    db,
    `SELECT state, count(*) AS n, min(added_at) AS first FROM photos
     WHERE event_id = ?1 AND id NOT IN (${rehearsalsOf('?1')}) GROUP BY state`,
  )
  const published = prepare<{ now: number; ever: number }>(
    db,
    `SELECT count(DISTINCT CASE WHEN state = 'live' THEN photo_id END) AS now,
       count(DISTINCT CASE WHEN was_live = 1 THEN photo_id END) AS ever
     FROM publications WHERE event_id = ? AND place > 0`,
  )
  const arrivals = prepare<{ hour: number; n: number }>(
    db,
    `SELECT added_at / ${HOUR} AS hour, count(*) AS n FROM photos
     WHERE event_id = ?1 AND id NOT IN (${rehearsalsOf('?1')}) GROUP BY hour`,
  )
  const publications = prepare<{ hour: number; n: number }>(
    db,
    `SELECT published_at / ${HOUR} AS hour, count(DISTINCT photo_id) AS n FROM publications
     WHERE event_id = ? AND was_live = 1 AND place > 0 GROUP BY hour`,
  )
  const came = prepare<{ bytes: number }>(
    db,
    `SELECT coalesce(sum(o.bytes), 0) AS bytes FROM photos p JOIN originals o ON o.photo_id = p.id WHERE p.added_at >= ?`,
  )
  return {
    bytesSince: (at) => came.get(at)!.bytes,
    of(eventId) {
      const states = photos.all(eventId)
      const count = (state: string) => states.find((row) => row.state === state)?.n ?? 0
      const hours = new Map<number, { in: number; published: number }>()
      const at = (hour: number) => {
        const known = hours.get(hour) ?? { in: 0, published: 0 }
        hours.set(hour, known)
        return known
      }
      for (const { hour, n } of arrivals.all(eventId)) at(hour).in = n
      for (const { hour, n } of publications.all(eventId)) at(hour).published = n
      const { now, ever } = published.get(eventId)!
      return {
        started_at:
          states.length > 0 ? new Date(Math.min(...states.map(({ first }) => first))).toISOString() : null,
        in: states.reduce((sum, { n }) => sum + n, 0),
        published: now,
        published_ever: ever,
        rejected: count('trashed'),
        archived: count('archived'),
        hours: [...hours]
          .sort(([a], [b]) => a - b)
          .map(([hour, counts]) => ({ at: new Date(hour * HOUR).toISOString(), ...counts })),
      }
    },
  }
}
