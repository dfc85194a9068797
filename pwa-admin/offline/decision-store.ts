import type { Outcome, PendingDecision } from './decision.ts'
import { createMemoryOutbox, type Outbox } from './outbox.ts'

/** Above every number that IndexedDB will ever give. */
const SPARE_FIRST = 2 ** 52

/** The decision store holds what is not settled yet, in order: written down, and in memory. Everything that touches the
 * outbox is done one after the other. Where storage breaks while the page is open, the page goes on with what it
 * remembers.
 * @param opening null: this browser keeps nothing */
export function createDecisionStore(opening: Promise<Outbox | null>) {
  let items: readonly PendingDecision[] = []
  let outbox: Outbox = createMemoryOutbox(SPARE_FIRST)
  let durable = true
  let work: Promise<unknown> = opening.then(async (opened) => {
    if (opened) outbox = opened
    durable = outbox.durable
    items = await outbox.list().catch(() => [])
  })

  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = work.then(step)
    work = done.catch(() => undefined)
    return done
  }
  function remember() {
    if (outbox.durable) outbox = createMemoryOutbox(SPARE_FIRST)
    durable = false
  }

  return {
    get items() {
      return items
    },
    /** False: what waits is gone when the page closes. */
    get durable() {
      return durable
    },
    /** Settles when everything so far is written down. */
    written: () => work,
    inTurn,

    // These belong into `inTurn`.
    async add(decision: Omit<PendingDecision, 'n'>, instead?: PendingDecision): Promise<PendingDecision> {
      const whole = await outbox.add(decision, instead?.n).catch(() => {
        // Full or gone: better remembered than refused, and the screen says so.
        remember()
        return outbox.add(decision)
      })
      items = [...items.filter((one) => one !== instead), whole]
      return whole
    },
    async replace(decision: PendingDecision): Promise<void> {
      items = items.map((one) => (one.n === decision.n ? decision : one))
      await outbox.put(decision).catch(remember)
    },
    /** @param outcome left for the tab that made it, where that is another one */
    async remove({ n }: PendingDecision, outcome?: Outcome): Promise<void> {
      items = items.filter((one) => one.n !== n)
      await outbox.settle(n, outcome).catch(remember)
    },
    /** Looks at what the device's other tabs did meanwhile.
     * @param missed the ids of those that are gone without this page's doing, asked once the others are known
     * @returns what became of them, as far as that was left; null where nobody else can have done anything */
    async reread(missed: () => readonly string[]): Promise<readonly Outcome[] | null> {
      if (!outbox.durable) return null
      try {
        items = await outbox.list()
        const ids = missed()
        return ids.length > 0 ? await outbox.collect(ids) : []
      } catch {
        remember()
        return null
      }
    },

    claim: (holder: string, now: number, until: number) => outbox.claim(holder, now, until),
    release: (holder: string) => outbox.release(holder),
  }
}
