import { prepare, type Db } from '../store/sql.ts'

/** What guests did, counted. Nothing in it tells one guest from another. */
export interface AudienceCounts {
  /** The most pages that were open at once. */
  readonly peak: number
  /** Photos that were opened. */
  readonly opened: number
  /** How often each was saved, by public name. */
  readonly saved: Readonly<Record<string, number>>
}

/** Anonymous counts of each Event, by where they were counted: `network`, or a counter of the internet. */
export interface AudienceTable {
  /** All sources together; the peak is the highest of any. */
  of(eventId: number): AudienceCounts
  /** Adds to what the source has counted; its peak only rises. */
  add(eventId: number, source: string, counts: AudienceCounts): void
  /** Replaces what the source has counted: it keeps its own sum. */
  put(eventId: number, source: string, counts: AudienceCounts): void
}

interface Row {
  readonly peak: number
  readonly opened: number
  readonly saved: string
}

const NOTHING: AudienceCounts = { peak: 0, opened: 0, saved: {} }
/** Names kept of one source; more photos than an evening has. */
const MOST_NAMES = 20_000

function sum(one: AudienceCounts, other: AudienceCounts): AudienceCounts {
  const saved: Record<string, number> = { ...one.saved }
  for (const [name, count] of Object.entries(other.saved))
    if (Object.hasOwn(saved, name) || Object.keys(saved).length < MOST_NAMES)
      saved[name] = (Object.hasOwn(saved, name) ? saved[name]! : 0) + count
  return { peak: Math.max(one.peak, other.peak), opened: one.opened + other.opened, saved }
}

const decode = ({ peak, opened, saved }: Row): AudienceCounts => ({
  peak,
  opened,
  saved: JSON.parse(saved) as Record<string, number>,
})

export function createAudienceTable(db: Db): AudienceTable {
  const all = prepare<Row>(db, 'SELECT peak, opened, saved FROM audience WHERE event_id = ?')
  const one = prepare<Row>(db, 'SELECT peak, opened, saved FROM audience WHERE event_id = ? AND source = ?')
  const put = prepare(
    db,
    'INSERT OR REPLACE INTO audience (event_id, source, peak, opened, saved) VALUES (?, ?, ?, ?, ?)',
  )
  const write = (eventId: number, source: string, { peak, opened, saved }: AudienceCounts) =>
    void put.run(eventId, source, peak, opened, JSON.stringify(saved))
  return {
    of: (eventId) => all.all(eventId).map(decode).reduce(sum, NOTHING),
    add(eventId, source, counts) {
      const before = one.get(eventId, source)
      write(eventId, source, sum(before ? decode(before) : NOTHING, counts))
    },
    put: write,
  }
}
