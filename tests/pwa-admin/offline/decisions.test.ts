import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import type { Decision } from '../../../pwa-admin/offline/decision.ts'
import { createDecisions, REPEATED_MS, type DecisionsNeeds } from '../../../pwa-admin/offline/decisions.ts'
import { createOutbox, type Outbox } from '../../../pwa-admin/offline/outbox.ts'
import { nextToSend } from '../../../pwa-admin/offline/sender.ts'
import { openStorage } from '../../../pwa-admin/offline/storage.ts'

/** Stands in for the daemon: does each id once, says so again when asked again, and may be out of reach. */
function fakeDaemon({ remembers = true } = {}) {
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
    async take({ path, body }: Decision): Promise<unknown> {
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
type FakeDaemon = ReturnType<typeof fakeDaemon>

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1))
const turns = async (ms = 50) => vi.advanceTimersByTimeAsync(ms)
let ids = 0
const open: { stop(): Promise<void> }[] = []

function channelPair() {
  const listeners: (() => void)[] = []
  return (own: number) => ({
    tell: () => listeners.forEach((listener, at) => at !== own && setTimeout(listener, 0)),
    hear: (listener: () => void) => void (listeners[own] = listener),
  })
}

/** A page of the app, over whatever the device has written down. */
function page(daemon: FakeDaemon, more: Partial<DecisionsNeeds> = {}) {
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
async function filling(isFull: () => boolean): Promise<Outbox> {
  const inner = createOutbox((await openStorage(() => undefined))!)
  return {
    ...inner,
    add: (...args) => (isFull() ? Promise.reject(new Error('QuotaExceededError')) : inner.add(...args)),
  }
}
const caught = (promise: Promise<unknown>) => promise.then(() => null).catch((error: ApiFailure) => error)

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  // fake-indexeddb goes on by setImmediate, which stays real.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop()
  vi.useRealTimers()
})
// The database keeps real time.
const realTurn = (
  (turn) => () =>
    new Promise<void>((resolve) => void turn(resolve, 0))
)(setTimeout)
/** Lets the database, which keeps real time, and the clock go on until it is so. */
async function until(isSo: () => boolean, ms = 60_000) {
  for (let at = 0; at < ms && !isSo(); at += 20) {
    await realTurn()
    await turns(20)
  }
  expect(isSo()).toBe(true)
}

test('a decision is written down before it is sent, and gone from there when it is answered', async () => {
  const daemon = fakeDaemon()
  let written: readonly Decision[] = []
  const it = page(daemon, {
    async send(decision) {
      written = await (await it.outbox)!.list()
      return daemon.take(decision)
    },
  })
  const reply = it.decide('archive', 'a.jpg')
  await until(() => daemon.done.length > 0)
  expect(written.map(({ kind, names, event }) => [kind, names, event])).toEqual([
    ['archive', ['a.jpg'], 'today'],
  ])
  expect(await reply).toEqual({ status: 'success', filename: 'a.jpg' })
  expect(await (await it.outbox)!.list()).toEqual([])
})

test('what was decided while older decisions waited goes one by one as well', async () => {
  const daemon = fakeDaemon()
  daemon.up = false
  const it = page(daemon)
  for (let n = 0; n < 8; n++) void it.decide('publish', `${n}.jpg`)
  // As many as may be under way at once have had to wait: what is under way when it comes back is part of the backlog.
  await until(() => it.decisions.items.length === 8 && daemon.vain >= 4)
  daemon.up = true
  it.decisions.linked()
  await until(() => it.decisions.items.length === 0)
  expect(daemon.most).toBe(1)
  expect(daemon.done).toEqual(Array.from({ length: 8 }, (_, n) => `publish ${n}.jpg`))
})

/** Thirty photos are edited and then dealt with while the daemon is away; in the middle the page is closed. */
async function sixty(daemon: FakeDaemon) {
  daemon.up = false
  const expected: string[] = []
  for (const half of [0, 1]) {
    const it = page(daemon)
    for (let n = half * 15; n < half * 15 + 15; n++)
      for (const what of ['edit', n % 3 ? 'archive' : 'publish']) {
        void it.decide(what, `${n}.jpg`).catch(() => undefined)
        expected.push(`${what} ${n}.jpg`)
      }
    await until(() => it.decisions.items.length === half * 30 + 30)
    await it.decisions.stop()
  }
  daemon.up = true
  const it = page(daemon)
  await it.decisions.written()
  expect(it.decisions.items).toHaveLength(60)
  await until(() => it.decisions.items.length === 0)
  return expected
}

test('sixty decisions without the daemon, over two lives of the page, arrive once each and in order', async () => {
  const daemon = fakeDaemon()
  expect(await sixty(daemon)).toEqual(daemon.done)
  // One by one, so that guests see a backlog in the order in which it was decided.
  expect(daemon.most).toBe(1)
})

test('answers that get lost make nothing happen twice; without ids they would', async () => {
  for (const remembers of [true, false]) {
    globalThis.indexedDB = new IDBFactory()
    const daemon = fakeDaemon({ remembers })
    const lost = new Set<string>()
    daemon.loses = (name) => !lost.has(name) && lost.add(name).size > 0
    const expected = await sixty(daemon)
    if (remembers) expect(daemon.done).toEqual(expected)
    else expect(daemon.done.length).toBeGreaterThan(expected.length)
  }
})

test('as long as nothing had to wait, photos do not wait for each other, and one photo keeps its order', async () => {
  const daemon = fakeDaemon()
  const it = page(daemon)
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((name) => [
    it.decide('edit', name),
    it.decide('publish', name),
  ])
  await until(() => daemon.done.length === 12)
  await Promise.all(all)
  expect(daemon.most).toBe(4)
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
    expect(daemon.done.indexOf(`edit ${name}`)).toBeLessThan(daemon.done.indexOf(`publish ${name}`))
})

test('an unpublish, which names a public name, keeps its place among what was decided about the photo', async () => {
  const daemon = fakeDaemon()
  const it = page(daemon)
  void it.decide('unpublish', 'a_public.jpg')
  void it.decide('publish', 'a.jpg')
  await until(() => daemon.done.length === 2)
  expect(daemon.done).toEqual(['unpublish a_public.jpg', 'publish a.jpg'])
})

describe('a decision that is refused', () => {
  const live = new ApiFailure(409, 'photo_is_live', 'Guests can see it.')
  async function blocked() {
    const daemon = fakeDaemon()
    daemon.up = false
    const it = page(daemon)
    const answers = [
      ['reject', 'a.jpg'],
      ['rate', 'a.jpg'],
      ['archive', 'b.jpg'],
    ].map(([what, name]) => caught(it.decide(what!, name!)))
    await until(() => it.decisions.items.length === 3)
    daemon.refuses = (name) => (name === 'a.jpg' ? live : null)
    daemon.up = true
    it.decisions.linked()
    await until(() => daemon.done.length === 1)
    return { daemon, it, answers }
  }

  test('stays for a person to see, holds up its own photo alone, and outlives the page', async () => {
    const { daemon, it, answers } = await blocked()
    expect(daemon.done).toEqual(['archive b.jpg'])
    expect(await answers[0]).toMatchObject({ code: 'photo_is_live', listed: true })
    expect(await answers[2]).toBe(null)
    await it.decisions.stop()
    const next = page(daemon)
    await until(() => next.decisions.items.length === 2)
    expect(next.decisions.items.map(({ kind, conflict }) => [kind, conflict?.code])).toEqual([
      ['reject', 'photo_is_live'],
      ['rate', undefined],
    ])
  })

  test('goes again with a new id when a person says so, before what waited for it', async () => {
    const { daemon, it } = await blocked()
    daemon.refuses = () => null
    await it.decisions.retry(it.decisions.items[0]!.n)
    await until(() => it.decisions.items.length === 0)
    expect(daemon.done.slice(1)).toEqual(['reject a.jpg', 'rate a.jpg'])
    expect(new Set(daemon.heard).size).toBe(daemon.heard.length)
  })

  test('lets what waited for it go when it is dropped', async () => {
    const { daemon, it } = await blocked()
    daemon.refuses = () => null
    await it.decisions.drop(it.decisions.items[0]!.n)
    await until(() => it.decisions.items.length === 0)
    expect(daemon.done).toEqual(['archive b.jpg', 'rate a.jpg'])
  })

  test('does not hold up what a person decides after having seen it', async () => {
    const { daemon, it } = await blocked()
    daemon.refuses = () => null
    void it.decide('unpublish', 'a_public.jpg')
    await until(() => daemon.done.length === 2)
    expect(daemon.done[1]).toBe('unpublish a_public.jpg')
  })
})

test('of two tabs one sends at a time, and each hears the answers to its own', async () => {
  const daemon = fakeDaemon()
  daemon.up = false
  const channel = channelPair()
  const [one, two] = [page(daemon, { channel: channel(0) }), page(daemon, { channel: channel(1) })]
  const answers: Promise<unknown>[] = []
  for (let n = 0; n < 20; n++) answers.push((n % 2 ? one : two).decide('archive', `${n}.jpg`))
  await until(() => one.decisions.items.length === 20 && two.decisions.items.length === 20)
  daemon.up = true
  for (const tab of [one, two]) tab.decisions.linked()
  await until(() => one.decisions.items.length + two.decisions.items.length === 0)
  const names = (await Promise.all(answers)).map((reply) => (reply as { filename: string }).filename)
  expect(names).toEqual(Array.from({ length: 20 }, (_, n) => `${n}.jpg`))
  expect(daemon.most).toBe(1)
  expect(daemon.heard).toHaveLength(20)
})

test('two tabs that cannot talk to each other still hear their answers', async () => {
  const daemon = fakeDaemon()
  const [one, two] = [page(daemon), page(daemon)]
  const answers = [one.decide('archive', 'a.jpg'), two.decide('archive', 'b.jpg')]
  await until(() => daemon.done.length === 2)
  await until(() => one.decisions.items.length + two.decisions.items.length === 0)
  expect(await Promise.all(answers)).toMatchObject([{ filename: 'a.jpg' }, { filename: 'b.jpg' }])
})

test('a tab that froze while it was sending is waited for no longer than its turn', async () => {
  const daemon = fakeDaemon()
  const it = page(daemon)
  const outbox = (await it.outbox) as Outbox
  await outbox.claim('a frozen tab', Date.now(), Date.now() + 60_000)
  void it.decide('archive', 'a.jpg')
  await until(() => it.decisions.items.length === 1)
  await turns(5_000)
  expect(daemon.done).toEqual([])
  await until(() => daemon.done.length === 1, 120_000)
})

describe('a decision older than the daemon remembers', () => {
  async function old(more: Partial<DecisionsNeeds>) {
    const daemon = fakeDaemon()
    daemon.up = false
    const it = page(daemon)
    void caught(it.decide('archive', 'a.jpg'))
    await until(() => it.decisions.items.length === 1)
    await it.decisions.stop()
    vi.setSystemTime(Date.now() + REPEATED_MS + 1)
    daemon.up = true
    return { daemon, it: page(daemon, more) }
  }

  test('is done with when it is so already', async () => {
    const { daemon, it } = await old({ stands: () => true })
    await until(() => it.settled.length === 1)
    expect(daemon.heard).toEqual([])
    expect(it.decisions.items).toEqual([])
  })

  test('is shown and not sent when it is not, and sent when a person says so', async () => {
    let known: boolean | null = null
    const { daemon, it } = await old({ stands: () => known })
    await it.decisions.written()
    await turns(5_000)
    // Nobody can tell before the lists are here.
    expect(it.decisions.items[0]?.conflict).toBe(null)
    known = false
    await until(() => it.decisions.items[0]?.conflict?.code === 'too_old')
    expect(daemon.heard).toEqual([])
    await it.decisions.retry(it.decisions.items[0]!.n)
    await until(() => daemon.done.length === 1)
  })
})

test('what was done before the Mac lost its power and its reply is no conflict', async () => {
  const daemon = fakeDaemon()
  daemon.loses = () => true
  const it = page(daemon, { stands: () => true })
  const reply = it.decide('unpublish', 'a_public.jpg')
  await until(() => daemon.done.length === 1)
  daemon.loses = () => false
  daemon.refuses = () => new ApiFailure(409, 'not_live', '')
  expect(
    await Promise.race([reply, until(() => it.decisions.items.length === 0).then(() => reply)]),
  ).toMatchObject({
    already: true,
  })
  // The control: the first answer to a decision is always taken at its word.
  const first = caught(it.decide('unpublish', 'b_public.jpg'))
  await until(() => it.decisions.items.some(({ conflict }) => conflict !== null))
  expect(await first).toMatchObject({ code: 'not_live' })
})

test('a device that is not known any more sends nothing, and keeps it for when it is', async () => {
  const daemon = fakeDaemon()
  daemon.loses = () => true
  let known = true
  const it = page(daemon, {
    stands: () => null,
    send: (decision) =>
      known ? daemon.take(decision) : Promise.reject(new ApiFailure(401, 'not_paired', 'Who are you?')),
  })
  void caught(it.decide('archive', 'a.jpg'))
  await until(() => daemon.done.length === 1)
  known = false
  void caught(it.decide('archive', 'b.jpg'))
  await until(() => it.decisions.items[0]?.doubtful === true)
  expect(it.decisions.items.map(({ doubtful }) => doubtful)).toEqual([true, false])
  await turns(30_000)
  expect(daemon.heard).toHaveLength(1)
})

test('answers that are not the daemon’s are no answers', async () => {
  const daemon = fakeDaemon()
  const portal = [new ApiFailure(200, 'bad_reply', ''), new ApiFailure(403, 'http_403', '')]
  const it = page(daemon, {
    send: (decision) => (portal.length > 0 ? Promise.reject(portal.shift()!) : daemon.take(decision)),
  })
  const reply = it.decide('archive', 'a.jpg')
  await until(() => daemon.done.length === 1)
  expect(await reply).toMatchObject({ status: 'success' })
})

test('an edit that nobody has seen gives way to the next one of the photo, unless something came in between', async () => {
  const daemon = fakeDaemon()
  daemon.up = false
  const it = page(daemon)
  void caught(it.decide('rate', 'first.jpg'))
  const replies = [1, 2, 3].map((exposure) => it.decide('edit', 'a.jpg', { edit: { exposure } }))
  void it.decide('publish', 'a.jpg')
  void it.decide('edit', 'a.jpg', { edit: { exposure: 4 } })
  await until(() => it.decisions.items.length === 4)
  expect(
    it.decisions.items.map(({ body }) => (body['edit'] as { exposure: number } | undefined)?.exposure),
  ).toEqual([undefined, 3, undefined, 4])
  daemon.up = true
  it.decisions.linked()
  await until(() => it.decisions.items.length === 0)
  await Promise.all(replies)
  expect(daemon.done).toEqual(['rate first.jpg', 'edit a.jpg', 'publish a.jpg', 'edit a.jpg'])
})

test('a decision that was never sent can be taken back', async () => {
  const daemon = fakeDaemon()
  daemon.up = false
  const it = page(daemon)
  void caught(it.decide('archive', 'a.jpg'))
  await until(() => it.decisions.items.length === 1 && !it.decisions.isUnsent(it.decisions.items[0]!))
  const second = caught(it.decide('archive', 'b.jpg', { request_id: 'request-b' }))
  await until(() => it.decisions.items.length === 2)
  expect(it.decisions.cancel(it.decisions.items[0]!.id)).toBe(false)
  expect(it.decisions.cancel('request-b')).toBe(true)
  expect(await second).toMatchObject({ code: 'cancelled' })
  daemon.up = true
  it.decisions.linked()
  await until(() => it.decisions.items.length === 0)
  expect(daemon.done).toEqual(['archive a.jpg'])
})

describe('a browser that keeps nothing', () => {
  test('decides and sends all the same, and says so', async () => {
    const daemon = fakeDaemon()
    const it = page(daemon, { outbox: Promise.resolve(null) })
    void it.decide('archive', 'a.jpg')
    await until(() => daemon.done.length === 1)
    expect(it.decisions.durable).toBe(false)
  })

  test('also when its storage fills up in the middle', async () => {
    const daemon = fakeDaemon()
    daemon.up = false
    let full = false
    const it = page(daemon, { outbox: filling(() => full) })
    void it.decide('archive', 'a.jpg')
    await until(() => it.decisions.items.length === 1)
    expect(it.decisions.durable).toBe(true)
    full = true
    void it.decide('archive', 'b.jpg')
    await until(() => it.decisions.items.length === 2)
    expect(it.decisions.durable).toBe(false)
    daemon.up = true
    it.decisions.linked()
    await until(() => it.decisions.items.length === 0)
    expect(daemon.done).toEqual(['archive a.jpg', 'archive b.jpg'])
  })
})

test('what hangs in a dead connection is sent anew when the daemon is there again', async () => {
  const daemon = fakeDaemon()
  let hangs = true
  const it = page(daemon, {
    send: (decision, { signal }) =>
      hangs
        ? new Promise((_, reject) =>
            signal!.addEventListener('abort', () => reject(new ApiFailure(0, 'no_answer', ''))),
          )
        : daemon.take(decision),
  })
  const reply = it.decide('archive', 'a.jpg')
  await until(() => it.decisions.items.length === 1 && !it.decisions.isUnsent(it.decisions.items[0]!))
  hangs = false
  it.decisions.linked()
  await until(() => daemon.done.length === 1)
  expect(await reply).toMatchObject({ status: 'success' })
})

test.each([
  ['', false],
  [', also where the storage is full', true],
])('the errors of a batch whose page was closed become conflicts, photo by photo%s', async (_, full) => {
  const daemon = fakeDaemon()
  daemon.up = false
  const first = page(daemon)
  const items = ['a.jpg', 'b.jpg'].map((filename) => ({ filename, exposure: 1 }))
  void caught(first.decisions.decide('/api/batch_publish', { items }))
  await until(() => first.decisions.items.length === 1)
  await first.decisions.stop()
  const it = page(daemon, {
    outbox: filling(() => full),
    send: async () => ({
      status: 'completed',
      success: [],
      errors: [{ filename: 'b.jpg', error: 'It is archived.' }],
    }),
  })
  await until(() => it.decisions.items[0]?.conflict?.code === 'not_published')
  expect(it.decisions.items).toMatchObject([
    { kind: 'publish', path: '/api/publish', names: ['b.jpg'], body: { filename: 'b.jpg', exposure: 1 } },
  ])
})

test('the next one is the first whose photo has nothing open before it', () => {
  const one = (n: number, names: string[], blocks?: number) =>
    ({ n, names, conflict: blocks === undefined ? null : { blocks } }) as unknown as Decision
  const list = [one(1, ['a'], 3), one(2, ['a', 'b']), one(3, ['b']), one(4, ['a']), one(5, ['c'])]
  // The second and third were decided before the first one failed, the fourth after it.
  expect(nextToSend(list, new Set())?.n).toBe(4)
  expect(nextToSend(list, new Set([4]))?.n).toBe(5)
  expect(nextToSend(list.slice(1), new Set([2]))?.n).toBe(5)
})
