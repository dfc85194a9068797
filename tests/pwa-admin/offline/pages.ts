import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import type { PendingDecision } from '../../../pwa-admin/offline/decision.ts'
import { createDecisions, type DecisionsNeeds } from '../../../pwa-admin/offline/decisions.ts'
import { createOutbox, type Outbox } from '../../../pwa-admin/offline/outbox.ts'
import { openStorage } from '../../../pwa-admin/offline/storage.ts'

/** Stands in for the daemon: does each id once, says so again when asked again, and may be out of reach. */
export function fakeDaemon({ remembers = true } = {}) {
  const replies = new Map<string, unknown>()
  const it = {
    up: true,
    /** Answers get lost on the way back while this says so. */
    loses: (_name: string) => false,
    refuses: (_name: string): ApiFailure | null => null,
    /** What was done, in order: `archive a.jpg`. */
    done: [] as string[],
    /** Ids in the order of their arrival. */
    heard: [] as string[],
    under: 0,
    most: 0,
    /** Tries while it was away. */
    vain: 0,
    async take({ path, body }: PendingDecision): Promise<unknown> {
      await tick()
      if (!it.up) {
        it.vain += 1
        throw new ApiFailure(0, 'no_answer', '')
      }
      it.most = Math.max(it.most, ++it.under)
      await tick()
      it.under--
      const name = String(body['filename'])
      const id = String(body['request_id'])
      it.heard.push(id)
      const no = it.refuses(name)
      if (no) throw no
      if (!remembers || !replies.has(id)) {
        it.done.push(`${path.slice(5)} ${name}`)
        replies.set(id, { status: 'success', filename: name })
      }
      if (it.loses(name)) throw new ApiFailure(0, 'no_answer', '')
      return replies.get(id)
    },
  }
  return it
}

export type FakeDaemon = ReturnType<typeof fakeDaemon>

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1))

export const turns = async (ms = 50) => vi.advanceTimersByTimeAsync(ms)

let ids = 0

const open: { stop(): Promise<void> }[] = []

export function channelPair() {
  const listeners: (() => void)[] = []
  return (own: number) => ({
    announce: () => listeners.forEach((listener, at) => at !== own && setTimeout(listener, 0)),
    hear: (listener: () => void) => void (listeners[own] = listener),
  })
}

/** A page of the app, over whatever the device has written down. */
export function page(daemon: FakeDaemon, more: Partial<DecisionsNeeds> = {}) {
  const settled: string[] = []
  const outbox = openStorage(() => undefined).then((db) => db && createOutbox(db))
  const decisions = createDecisions({
    outbox,
    send: (decision) => daemon.take(decision),
    newId: () => `request-${++ids}`,
    now: () => Date.now(),
    event: () => 'today',
    original: (name) => (name.endsWith('_public.jpg') ? name.replace('_public', '') : undefined),
    stands: () => false,
    onChange: () => undefined,
    onSettled: (decision) => settled.push(`${decision.kind} ${decision.names[0]}`),
    random: () => 0.5,
    ...more,
  })
  open.push(decisions)
  const decide = (what: string, name: string, body: object = {}) =>
    decisions.decide(`/api/${what}`, { filename: name, ...body })
  return { decisions, outbox, settled, decide }
}

/** An outbox that takes nothing more while it is full. */
export async function filling(isFull: () => boolean): Promise<Outbox> {
  const inner = createOutbox((await openStorage(() => undefined))!)
  return {
    ...inner,
    add: (...args) => (isFull() ? Promise.reject(new Error('QuotaExceededError')) : inner.add(...args)),
  }
}

export const caught = (promise: Promise<unknown>) =>
  promise.then(() => null).catch((error: ApiFailure) => error)

// The database keeps real time.
const realTurn = (
  (turn) => () =>
    new Promise<void>((resolve) => void turn(resolve, 0))
)(setTimeout)

/** Lets the database, which keeps real time, and the clock go on until it is so. */
export async function until(isSo: () => boolean, ms = 60_000) {
  for (let at = 0; at < ms && !isSo(); at += 20) {
    await realTurn()
    await turns(20)
  }
  expect(isSo()).toBe(true)
}

/** Gives each test an empty device, pages that are closed after it, and a clock of its own. */
export function usePages(): void {
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory()
    // fake-indexeddb goes on by setImmediate, which stays real.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  })
  afterEach(async () => {
    for (const one of open.splice(0)) await one.stop()
    vi.useRealTimers()
  })
}
