import type { Outcome, PendingDecision } from './decision.ts'
import type { Database } from './storage.ts'

/** Where decisions are written down. Calls take effect in the order in which they are made. */
export interface Outbox {
  /** False: what it holds is gone with the page. */
  readonly durable: boolean
  /** Resolves when it is kept, with its number. `instead` goes out in the same step.
   * @throws what the browser throws when there is no room */
  add(decision: Omit<PendingDecision, 'n'>, instead?: number): Promise<PendingDecision>
  list(): Promise<PendingDecision[]>
  put(decision: PendingDecision): Promise<void>
  /** Takes a decision out. @param outcome left for the tab that made it, where that is another one */
  settle(n: number, outcome?: Outcome): Promise<void>
  /** Outcomes for these ids; each is handed out once. */
  collect(ids: readonly string[]): Promise<Outcome[]>
  /** Makes `holder` the only one that sends until `until`.
   * @returns false while another one is */
  claim(holder: string, now: number, until: number): Promise<boolean>
  release(holder: string): Promise<void>
}

/** Outcomes that no tab fetched, because it was closed, are dropped after this long; milliseconds. */
const OUTCOME_MS = 3600_000
const LEASE = 'sender'

/** In IndexedDB. A decision counts as written when it would survive the battery running out. */
export function createOutbox(db: Database): Outbox {
  const strict = { durability: 'strict' } as const
  return {
    durable: true,
    async add(decision, instead) {
      const tx = db.transaction('decisions', 'readwrite', strict)
      if (instead !== undefined) void tx.store.delete(instead)
      const key = tx.store.add(decision as PendingDecision)
      // Committed explicitly, because a page that is going away may not live to see the automatic one.
      tx.commit()
      const [n] = await Promise.all([key, tx.done])
      return { ...decision, n }
    },
    list: () => db.getAll('decisions'),
    async put(decision) {
      await db.put('decisions', decision)
    },
    async settle(n, outcome) {
      const tx = db.transaction(['decisions', 'outcomes'], 'readwrite')
      const steps: Promise<unknown>[] = [tx.objectStore('decisions').delete(n)]
      if (outcome) steps.push(tx.objectStore('outcomes').put(outcome))
      await Promise.all([...steps, tx.done])
    },
    async collect(ids) {
      const wanted = new Set(ids)
      const tx = db.transaction('outcomes', 'readwrite')
      const found: Outcome[] = []
      for (const outcome of await tx.store.getAll()) {
        if (wanted.has(outcome.id)) found.push(outcome)
        if (wanted.has(outcome.id) || outcome.at < Date.now() - OUTCOME_MS) void tx.store.delete(outcome.id)
      }
      await tx.done
      return found
    },
    async claim(holder, now, until) {
      const tx = db.transaction('lease', 'readwrite')
      const held = await tx.store.get(LEASE)
      const free =
        !held || held.holder === holder || held.until <= now || held.until > now + 10 * (until - now)
      if (free) await tx.store.put({ key: LEASE, holder, until })
      await tx.done
      return free
    },
    async release(holder) {
      const tx = db.transaction('lease', 'readwrite')
      if ((await tx.store.get(LEASE))?.holder === holder) await tx.store.delete(LEASE)
      await tx.done
    },
  }
}

/** For a browser that keeps nothing: everything works, until the page closes. */
export function createMemoryOutbox(first = 1): Outbox {
  const rows = new Map<number, PendingDecision>()
  let next = first
  return {
    durable: false,
    async add(decision, instead) {
      if (instead !== undefined) rows.delete(instead)
      const whole = { ...decision, n: next++ }
      rows.set(whole.n, whole)
      return whole
    },
    list: async () => [...rows.values()].sort((a, b) => a.n - b.n),
    async put(decision) {
      rows.set(decision.n, decision)
    },
    async settle(n) {
      rows.delete(n)
    },
    collect: async () => [],
    claim: async () => true,
    release: async () => undefined,
  }
}
