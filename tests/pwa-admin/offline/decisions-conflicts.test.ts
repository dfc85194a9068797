// @vitest-environment node
import 'fake-indexeddb/auto'
import { describe, expect, test, vi } from 'vitest'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import { type DecisionsNeeds, REPEATED_MS } from '../../../pwa-admin/offline/decisions.ts'
import { caught, fakeDaemon, filling, page, turns, until, usePages } from './pages.ts'

usePages()

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
    // Nothing is known before the lists are here.
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
