import { prepare, type Db } from './store/sql.ts'

export interface FaultCount {
  /** What was in the way. */
  readonly kind: string
  /** How often it came up. */
  readonly came: number
  /** How often it was over again, without a restart. */
  readonly healed: number
}

/** What was in the way during each Event, by kind: numbers alone. */
export interface Faults {
  /** Most frequent first. */
  of(eventId: number): FaultCount[]
  /** Adds to what was counted. */
  add(eventId: number, count: FaultCount): void
}

export function createFaults(db: Db): Faults {
  const of = prepare<FaultCount>(
    db,
    'SELECT kind, came, healed FROM faults WHERE event_id = ? ORDER BY came DESC, kind',
  )
  const add = prepare(
    db,
    `INSERT INTO faults (event_id, kind, came, healed) VALUES (?, ?, ?, ?)
     ON CONFLICT (event_id, kind) DO UPDATE SET came = came + excluded.came, healed = healed + excluded.healed`,
  )
  return {
    of: (eventId) => of.all(eventId).map((row) => ({ ...row })),
    add: (eventId, { kind, came, healed }) => void add.run(eventId, kind, came, healed),
  }
}
