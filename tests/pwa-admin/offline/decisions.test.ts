// @vitest-environment node
import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import type { PendingDecision } from '../../../pwa-admin/offline/decision.ts'
import { caught, fakeDaemon, type FakeDaemon, filling, page, turns, until, usePages } from './pages.ts'

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

usePages()

test('a decision is written down before it is sent, and gone from there when it is answered', async () => {
  const daemon = fakeDaemon()
  let written: readonly PendingDecision[] = []
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
