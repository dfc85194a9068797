import { ApiFailure } from '../connection/api.ts'
import { retryDelay } from '../connection/socket.ts'
import { createCallers } from './callers.ts'
import { kindOf, namesIn, shareNames, type Conflict, type Outcome, type PendingDecision } from './decision.ts'
import { createDecisionStore } from './decision-store.ts'
import type { Outbox } from './outbox.ts'
import { createSender, LEASE_MS, type Delivery } from './sender.ts'

/** The daemon repeats a first reply for 24 hours. What is older by this device's clock is not sent unseen. */
export const REPEATED_MS = 23 * 3600_000
export type Body = Readonly<Record<string, unknown>>

export interface DecisionsNeeds {
  /** Null: this browser keeps nothing. */
  outbox: Promise<Outbox | null>
  /** @throws ApiFailure */
  send(decision: PendingDecision, options: { signal?: AbortSignal; keepalive?: boolean }): Promise<unknown>
  newId(): string
  /** Milliseconds since 1970. */
  now(): number
  /** The slug of the event on the screen. */
  event(): string | null
  /** The photo behind a public name, by its file name. */
  original(publicName: string): string | undefined
  /** Whether what was decided is so already; null as long as that is not known. */
  stands(decision: PendingDecision): boolean | null
  /** Something about what waits changed. */
  onChange(): void
  /** The daemon has it. @param own this page made it, so its caller is answered as well */
  onSettled?(decision: PendingDecision, reply: unknown, own: boolean): void
  /** Tells the device's other tabs that something changed, and hears them. */
  channel?: { announce(): void; hear(listener: () => void): void }
  random?: () => number
}

/** No answer, or one that is not the daemon's (a proxy's, a captive portal's), or one that says "later". */
const isSilence = ({ status, code }: ApiFailure) =>
  status === 0 || status === 429 || status === 503 || code === 'bad_reply' || /^http_\d/.test(code)

/** What a person decided, until the daemon has it: written down first, then sent, and sent again with the same id
 * until it is answered. A decision that the daemon refuses stays and waits for a person. */
export function createDecisions(needs: DecisionsNeeds) {
  const page = needs.newId()
  const callers = createCallers()
  const store = createDecisionStore(needs.outbox)
  const fresh = new Set<number>()
  /** Sent at least once, in whatever way. */
  const sent = new Set<number>()
  let refused = false
  let leaving = false

  function changed(announce = true) {
    needs.onChange()
    if (announce) needs.channel?.announce()
  }
  function remove(decision: PendingDecision, outcome?: Outcome) {
    fresh.delete(decision.n)
    return store.remove(decision, outcome)
  }

  /** An edit that nobody has seen yet gives way to the next one of the same photo. */
  function superseded({ kind, names, event }: Omit<PendingDecision, 'n'>): PendingDecision | undefined {
    if (kind !== 'edit') return undefined
    const last = store.items.findLast((one) => one.names.includes(names[0]!))
    const same = last?.kind === 'edit' && last.event === event && !sender.isUnderWay(last.n)
    return same ? last : undefined
  }

  async function keep(decision: Omit<PendingDecision, 'n'>) {
    const older = superseded(decision)
    const { n, id } = await store.add(decision, older)
    if (older) callers.follow(older.id, id)
    fresh.add(n)
    callers.markWritten(id)
  }

  /** @returns the daemon's reply, however long that takes; it may come in another page's life
   *  @throws ApiFailure, `listed` where the decision stays among the conflicts */
  function decide(path: string, given: Body): Promise<unknown> {
    const kind = kindOf(path, given)
    if (kind === null) throw new Error(`decisions: "${path}" is not a decision`)
    const id = typeof given['request_id'] === 'string' ? given['request_id'] : needs.newId()
    const known = callers.find(id)
    if (known) return known
    const body = { ...given, request_id: id }
    const named = namesIn(body)
    const originals = named.map(needs.original).filter((name) => name !== undefined)
    const decision: Omit<PendingDecision, 'n'> = {
      ...{ id, page, kind, path, body, event: needs.event(), at: needs.now() },
      ...{ names: [...new Set([...named, ...originals])], doubtful: false, conflict: null },
    }
    const answer = callers.add(id)
    // Sent in duplicate, which is once for the daemon: the page may not live to send it in turn.
    if (leaving && !store.items.some((one) => shareNames(one, { ...decision, n: 0 })))
      void needs.send({ ...decision, n: 0 }, { keepalive: true }).catch(() => undefined)
    void store
      .inTurn(() => keep(decision))
      .then(() => {
        changed()
        sender.kick()
      })
    return answer
  }

  async function settle(decision: PendingDecision, reply: unknown) {
    const own = decision.page === page
    await store.inTurn(() => remove(decision, own ? undefined : { id: decision.id, at: needs.now(), reply }))
    const caller = callers.has(decision.id)
    callers.resolve(decision.id, reply)
    needs.onSettled?.(decision, reply, caller)
    if (!caller) await listErrors(decision, reply)
    changed()
  }

  /** A batch that nobody waits for any more: each photo that did not go through becomes a conflict of its own. */
  async function listErrors(decision: PendingDecision, reply: unknown) {
    const errors = (reply as { errors?: unknown } | null)?.errors
    if (decision.path !== '/api/batch_publish' || !Array.isArray(errors)) return
    const rows = (decision.body['items'] ?? []) as { filename: string }[]
    for (const { filename, error } of errors as { filename: string; error: string }[]) {
      const row = rows.find((one) => one.filename === filename) ?? { filename }
      const id = needs.newId()
      const conflict: Conflict = { status: 422, code: 'not_published', message: error, blocks: decision.n }
      const single = { ...decision, path: '/api/publish', id, body: { ...row, request_id: id } }
      const { n: _, ...rest } = { ...single, names: [filename], conflict }
      await store.inTurn(() => store.add(rest))
    }
  }

  async function refuse(decision: PendingDecision, { status, code, message }: ApiFailure) {
    const conflict: Conflict = { status, code, message, blocks: store.items.at(-1)?.n ?? decision.n }
    await store.inTurn(() => store.replace({ ...decision, conflict }))
    fresh.delete(decision.n)
    callers.reject(decision.id, conflict)
    changed()
  }

  async function deliver(decision: PendingDecision, signal: AbortSignal): Promise<Delivery> {
    if (refused) return 'no-answer'
    if (decision.doubtful || needs.now() - decision.at > REPEATED_MS) {
      const stands = needs.stands(decision)
      if (stands === null) return 'no-answer'
      if (stands) await settle(decision, { status: 'success', already: true })
      else await refuse(decision, new ApiFailure(0, 'too_old', 'It was decided more than a day ago.'))
      return 'answered'
    }
    let reply: unknown
    sent.add(decision.n)
    try {
      reply = await needs.send(decision, { signal })
    } catch (error) {
      const failure =
        error instanceof ApiFailure ? error : new ApiFailure(500, 'fault', String(error), { cause: error })
      if (failure.status === 401) {
        // Whatever this device becomes next, the daemon will not know what it has sent so far.
        refused = true
        for (const one of store.items)
          if (!fresh.has(one.n) && !one.conflict)
            await store.inTurn(() => store.replace({ ...one, doubtful: true }))
        return 'no-answer'
      }
      if (isSilence(failure)) {
        fresh.delete(decision.n)
        changed(false)
        return 'no-answer'
      }
      // Sent before, and then the Mac lost its power between doing it and remembering the reply.
      if (!fresh.has(decision.n) && needs.stands(decision) === true)
        await settle(decision, { status: 'success', already: true })
      else await refuse(decision, failure)
      return 'answered'
    }
    await settle(decision, reply)
    return 'answered'
  }

  /** Looks at what the device's other tabs did meanwhile. */
  async function refresh(): Promise<void> {
    await store.inTurn(async () => {
      let missing: string[] = []
      const outcomes = await store.reread(() => {
        const here = new Set(store.items.map(({ id }) => id))
        return (missing = callers.writtenIds().filter((id) => !here.has(id)))
      })
      for (const outcome of outcomes ?? [])
        callers.resolve(outcome.id, 'reply' in outcome ? outcome.reply : undefined)
      if (outcomes === null) return
      for (const id of missing) callers.reject(id, { status: 0, code: 'dropped', message: 'Dropped' })
      for (const { id, conflict } of store.items) if (conflict) callers.reject(id, conflict)
    })
    changed(false)
  }

  const sender = createSender({
    waiting: () => store.items,
    isFresh: ({ n }) => fresh.has(n),
    async claim() {
      await store.written()
      const at = needs.now()
      if (!(await store.claim(page, at, at + LEASE_MS))) return false
      await refresh()
      return true
    },
    release: () => store.release(page),
    deliver,
    delay: (attempt) => retryDelay(attempt, (needs.random ?? Math.random)()),
  })

  const isUnsent = ({ n }: PendingDecision) => fresh.has(n) && !sent.has(n)

  needs.channel?.hear(() => void refresh().then(sender.kick))
  void store.written().then(() => {
    changed(false)
    sender.kick()
  })

  return {
    decide,
    get items() {
      return store.items
    },
    /** False: what waits is gone when the page closes. */
    get durable() {
      return store.durable
    },
    isOwn: (decision: PendingDecision) => decision.page === page,
    isUnsent,
    /** Settles when everything decided so far is written down. */
    written: () => store.written(),
    /** The daemon answers: nothing waits any longer. */
    linked() {
      refused = false
      sender.restart()
    },
    /** Takes back a decision that was never sent. @returns false when it may have been */
    cancel(id: string): boolean {
      const decision = store.items.find((one) => one.id === id)
      if (!decision || !isUnsent(decision)) return false
      callers.reject(id, { status: 0, code: 'cancelled', message: 'Taken back' })
      void store.inTurn(() => remove(decision)).then(() => changed())
      return true
    },
    /** A person has looked at a conflict: it is decided again, in its old place. */
    async retry(n: number): Promise<void> {
      const decision = store.items.find((one) => one.n === n)
      if (!decision?.conflict) return
      const id = needs.newId()
      const body = { ...decision.body, request_id: id }
      fresh.add(n)
      await store.inTurn(() =>
        store.replace({ ...decision, id, body, page, at: needs.now(), doubtful: false, conflict: null }),
      )
      changed()
      sender.kick()
    },
    async drop(n: number): Promise<void> {
      const decision = store.items.find((one) => one.n === n)
      if (!decision || (!decision.conflict && sender.isUnderWay(n))) return
      await store.inTurn(() => remove(decision))
      changed()
      sender.kick()
    },
    /** The page is going away: what `act` decides goes out in requests that outlive it. */
    leave(act: () => void) {
      leaving = true
      act()
      leaving = false
    },
    async stop() {
      await sender.stop()
      await store.written()
    },
  }
}
export type Decisions = ReturnType<typeof createDecisions>
