import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { CALLS_AN_HOUR } from '../../daemon/contract/guest-calls.ts'
import { createFeed } from '../../gallery/feed/feed.ts'
import type { Line } from '../../gallery/feed/line.ts'
import { createRead } from '../../gallery/feed/read.ts'
import { startPages, type Pages } from '../fixtures/cloud/pages.ts'
import { headOf } from '../fixtures/heads.ts'

/** The page's own feed visits Pages in the real runtime for an hour, of which only the clock is not real. */

const LONG = process.env['LONG_TESTS'] === '1'
const PREFIX = '2026-01-20'
/** Minutes that are visited: a part of the hour shows what it costs, but for what is asked every quarter of an hour. */
const MINUTES = LONG ? 60 : 4
const PHOTO_EVERY = 30

let bucket: Server
let asked = 0
let stored = ''
let base = ''
let pages: Pages
beforeAll(async () => {
  // The bucket's own address.
  bucket = createServer((request, reply) => {
    asked += 1
    const isHead = request.url === `/${PREFIX}/manifest.json`
    reply.writeHead(isHead ? 200 : 404, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
    })
    reply.end(isHead ? stored : '')
  })
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`
  const index = {
    v: 1,
    current: 'night',
    photoBaseUrl: base,
    events: { night: { prefix: PREFIX, title: '' } },
  }
  stored = JSON.stringify(headOf(1, 2))
  pages = await startPages(
    { 'events.json': JSON.stringify(index), [`${PREFIX}/manifest.json`]: stored },
    'GALLERY',
    { push: true },
  )
}, 120_000)
afterAll(async () => {
  await pages.end()
  bucket.closeAllConnections()
  await new Promise((resolve) => bucket.close(resolve))
})
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => vi.useRealTimers())

let revision = 1

/** @returns calls of the Functions, and photos that the page has shown */
async function visit(withPush: boolean): Promise<{ calls: number; shown: number; other: number }> {
  let pending = 0
  let heard = 0
  let calls = 0
  const quiet = async () => {
    for (let idle = 0; idle < 5; idle = pending > 0 ? 0 : idle + 1)
      await new Promise((resolve) => setImmediate(resolve))
  }
  const settled = async <T>(work: Promise<T>): Promise<T> => {
    pending += 1
    return work.finally(() => (pending -= 1))
  }
  const read = createRead({
    fetch: (url, options) => {
      const at = url as string
      if (at.startsWith('/')) calls += 1
      const { signal: _, ...rest } = options ?? {}
      const whole = async () => {
        const reply = await fetch(at.startsWith('/') ? pages.url + at : at, rest)
        return new Response(await reply.arrayBuffer(), { status: reply.status, headers: reply.headers })
      }
      return settled(whole())
    },
  })
  const open = (slug: string): Line => {
    calls += 1
    const socket = new WebSocket(`${pages.url.replace('http', 'ws')}/guests/${slug}/socket`)
    pending += 1
    socket.once('message', () => (pending -= 1))
    socket.on('message', () => (heard += 1))
    // Its pings are answered by the runtime, which nobody waits for here.
    return {
      set onmessage(listen: Line['onmessage']) {
        socket.removeAllListeners('message')
        socket.once('message', () => (pending -= 1))
        socket.on('message', (data: Buffer) => {
          heard += 1
          listen?.({ data: data.toString() })
        })
      },
      set onclose(listen: Line['onclose']) {
        socket.on('close', () => listen?.())
      },
      set onerror(_listen: Line['onerror']) {
        socket.on('error', () => undefined)
      },
      send: (text) => socket.send(text),
      close: () => socket.terminate(),
    }
  }
  const before = asked
  const feed = createFeed({
    read,
    slug: null,
    changed: () => undefined,
    hidden: () => false,
    random: () => 0.5,
    ...(withPush && { open }),
  })
  void feed.start()
  await quiet()
  for (let second = 1; second <= MINUTES * 60; second += 1) {
    await vi.advanceTimersByTimeAsync(1000)
    await quiet()
    if (second % PHOTO_EVERY !== 0) continue
    revision += 1
    stored = JSON.stringify(headOf(revision, revision + 1))
    const news = heard
    await settled(pages.put({ [`${PREFIX}/manifest.json`]: stored }))
    if (!withPush) continue
    await settled(fetch(`${pages.url}/guests/night/poke`, { method: 'POST' }))
    await expect.poll(() => heard, { timeout: 10_000, interval: 20 }).toBeGreaterThan(news)
  }
  await quiet()
  const shown = feed.state().album?.head.revision ?? 0
  feed.stop()
  return { calls, shown, other: asked - before }
}

/** @param fixed calls of a visit that do not come again */
const anHour = (calls: number, fixed: number) => fixed + ((calls - fixed) * 60) / MINUTES

test('an hour of a guest costs no more calls than the app says: without push', async () => {
  const { calls, shown, other } = await visit(false)
  // Nothing was saved by asking for less: each photo was shown before the next but one.
  expect(shown).toBeGreaterThanOrEqual(revision - 1)
  expect(other).toBeGreaterThan(5 * MINUTES)
  expect(anHour(calls, 2)).toBeGreaterThan(60)
  expect(anHour(calls, 2)).toBeLessThanOrEqual(CALLS_AN_HOUR.poll)
  expect(CALLS_AN_HOUR.poll).toBeLessThanOrEqual(300)
}, 240_000)

test('an hour of a guest costs no more calls than the app says: with push', async () => {
  const { calls, shown, other } = await visit(true)
  expect(shown).toBe(revision)
  // The index, the head and the line; then the index and a head every quarter of an hour.
  expect(calls).toBeLessThanOrEqual(3 + 2 * Math.ceil(MINUTES / 12))
  expect(other).toBeLessThanOrEqual(Math.ceil(MINUTES / 12))
  expect(3 + 2 * (60 / 12) - 1).toBeLessThanOrEqual(CALLS_AN_HOUR.push)
  expect(CALLS_AN_HOUR.push).toBeLessThanOrEqual(15)
}, 240_000)
