// @vitest-environment node
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { Outbox } from '../../../pwa-admin/offline/outbox.ts'
import { channelPair, fakeDaemon, page, turns, until, usePages } from './pages.ts'

usePages()

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
