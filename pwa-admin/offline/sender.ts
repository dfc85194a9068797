import type { PendingDecision } from './decision.ts'

/** How many decisions of different photos are under way at once, as long as nothing had to wait. */
const AT_ONCE = 4
/** How often somebody else's turn is looked at, milliseconds. */
const TURN_MS = 1_000
export const LEASE_MS = 10_000

export type Delivery = 'answered' | 'no-answer'

export interface SenderNeeds {
  /** Every decision that is not settled, in order. */
  waiting(): readonly PendingDecision[]
  /** Made by this page, and no sending of it failed. */
  isFresh(decision: PendingDecision): boolean
  /** Takes or keeps the one place of the device's sender, and looks again at what waits.
   * @returns false while another tab has it */
  claim(): Promise<boolean>
  release(): Promise<void>
  /** Sends one and does what its answer asks for. Never rejects. */
  deliver(decision: PendingDecision, signal: AbortSignal): Promise<Delivery>
  /** Milliseconds before the nth try after silence. */
  delay(attempt: number): number
}

/** The first decision that may go now: none before it that is about the same photo is still open.
 * @param under numbers of those under way */
export function nextToSend(
  waiting: readonly PendingDecision[],
  under: { has(n: number): boolean },
): PendingDecision | undefined {
  const heldUpTo = new Map<string, number>()
  for (const decision of waiting) {
    const { n, names, conflict } = decision
    const held = Math.max(...names.map((name) => heldUpTo.get(name) ?? -1))
    if (held < n && conflict === null && !under.has(n)) return decision
    // One that failed, and what waits for it, hold up what was decided in ignorance of that, and nothing since.
    const upTo = conflict?.blocks ?? (held < n ? Infinity : held)
    for (const name of names) heldUpTo.set(name, Math.max(upTo, heldUpTo.get(name) ?? -1))
  }
  return undefined
}

/** Sends decisions in their order, one tab at a time. What had to wait goes one by one, so that guests see a
 * backlog in the order in which it was decided. */
export function createSender(needs: SenderNeeds) {
  const under = new Map<number, AbortController>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let renewal: ReturnType<typeof setInterval> | undefined
  let attempt = 0
  let claimed = false
  let claiming = false
  let stopped = false

  const next = () => nextToSend(needs.waiting(), under)
  /** Something had to wait; so has whatever was decided since, until all of it is through. */
  let backlog = false
  const room = () => {
    backlog ||= needs.waiting().some((one) => one.conflict === null && !needs.isFresh(one))
    return (backlog ? 1 : AT_ONCE) - under.size
  }

  function pauseFor(ms: number) {
    clearTimeout(timer)
    timer = setTimeout(() => {
      timer = undefined
      void pump()
    }, ms)
  }

  async function claim() {
    claiming = true
    const mine = await needs.claim().catch(() => true)
    claiming = false
    if (mine === claimed) return
    claimed = mine
    clearInterval(renewal)
    // Calls that came meanwhile were turned away.
    if (mine) renewal = setInterval(() => void claim().then(pump), LEASE_MS / 3)
  }

  async function letGo() {
    claimed = false
    clearInterval(renewal)
    await needs.release().catch(() => undefined)
  }

  async function pump(): Promise<void> {
    if (stopped || timer !== undefined || claiming) return
    if (!next()) {
      if (under.size > 0) return
      backlog = false
      return claimed ? letGo() : undefined
    }
    if (!claimed) {
      await claim()
      if (stopped) return letGo()
      if (!claimed) return pauseFor(TURN_MS)
    }
    for (let decision = next(); decision && room() > 0; decision = next()) fly(decision)
    if (under.size === 0 && claimed) await letGo()
  }

  function fly(decision: PendingDecision) {
    const controller = new AbortController()
    under.set(decision.n, controller)
    void needs.deliver(decision, controller.signal).then((delivery) => {
      under.delete(decision.n)
      if (delivery === 'answered') attempt = 0
      else if (!controller.signal.aborted && timer === undefined) pauseFor(needs.delay(attempt++))
      void pump()
    })
  }

  return {
    isUnderWay: (n: number) => under.has(n),
    kick: () => void pump(),
    /** The daemon is there (again): what hangs in a dead connection is sent again, which it takes for the same. */
    restart() {
      clearTimeout(timer)
      timer = undefined
      attempt = 0
      for (const controller of under.values()) controller.abort()
      void pump()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      for (const controller of under.values()) controller.abort()
      if (claimed) await letGo()
    },
  }
}
