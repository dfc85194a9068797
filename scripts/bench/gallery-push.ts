import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { EventsIndex, ManifestHead } from '../../daemon/contract/manifest.ts'
import type { PhotoPage } from '../../daemon/contract/photo.ts'
import { startDaemon, type BenchDaemon } from './daemon.ts'
import { openPush, type Guests } from './guest-sockets.ts'
import type { Bench, Contender } from './harness.ts'
import { quantile } from './statistics.ts'

const GUESTS = 500
/** Guests' sockets from one address, of which a part finds no room. */
const CROWD = 2000
const POLL_EVERY = 4000
/** Photos published in a phase, and milliseconds for each: within that time every guest has seen it, however it asks. */
const PHOTOS = 3
const EACH = 6000
const LIST_EVERY = 60
const ROUNDS = 2
const FILLING = {
  photos: 500,
  published: 200,
  fresh: PHOTOS * 3 * ROUNDS + 4,
  freshSize: { width: 1600, height: 1067 },
}

interface Phase {
  /** Milliseconds from the answer of a publish to each guest's page. */
  readonly seen: number[]
  /** Milliseconds that the assistant's list took. */
  readonly list: number[]
  /** Seconds of a core that the daemon used. */
  readonly cpu: number
}

/** @returns seconds of processor time that a process has used */
function cpuOf(pid: number): number {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const fields = rest.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    const [seconds = 0, minutes = 0, hours = 0] = execFileSync('ps', ['-o', 'time=', '-p', String(pid)])
      .toString()
      .trim()
      .split(':')
      .map(Number)
      .reverse()
    return seconds + 60 * minutes + 3600 * hours
  }
}

function openPolling(url: string, prefix: string, count: number, seen: (revision: number) => void): Guests {
  const agent = new Agent({ keepAlive: true, maxSockets: count })
  const timers = new Set<NodeJS.Timeout>()
  let isOpen = true
  const poll = (etag: string) => {
    if (!isOpen) return
    const next = (known: string) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        poll(known)
      }, POLL_EVERY)
      timers.add(timer)
    }
    const asked = request(
      `${url}/photo/${prefix}/manifest.json`,
      { agent, headers: etag === '' ? {} : { 'if-none-match': etag } },
      (reply) => {
        const chunks: Buffer[] = []
        reply.on('data', (chunk: Buffer) => chunks.push(chunk))
        reply.on('end', () => {
          if (reply.statusCode === 200 && etag !== '')
            seen((JSON.parse(Buffer.concat(chunks).toString()) as ManifestHead).revision)
          next(String(reply.headers.etag ?? etag))
        })
      },
    )
    asked.on('error', () => next(etag))
    asked.end()
  }
  for (let n = 0; n < count; n += 1) {
    const timer = setTimeout(() => poll(''), (POLL_EVERY * n) / count)
    timers.add(timer)
  }
  return {
    count,
    async close() {
      isOpen = false
      for (const timer of timers) clearTimeout(timer)
      agent.destroy()
      await wait(300)
    },
  }
}

/** Publishes, while an assistant looks through the list, and sees how long every guest waits. */
async function phase(
  daemon: BenchDaemon,
  names: readonly string[],
  open: (seen: (revision: number) => void) => Guests | Promise<Guests>,
): Promise<Phase> {
  const seen: number[] = []
  const list: number[] = []
  let answeredAt = 0
  let newest = 0
  let early: number[] = []
  const guests = await open((revision) => {
    if (revision < newest) return
    // A page may hear before the assistant's own answer has come.
    if (answeredAt === 0) early.push(performance.now())
    else seen.push(performance.now() - answeredAt)
  })
  if (guests.count > 0) await wait(POLL_EVERY + 500)
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      const start = performance.now()
      await daemon.call('GET', '/api/buffer?limit=100')
      list.push(performance.now() - start)
      await wait(LIST_EVERY)
    }
  })()
  const before = cpuOf(daemon.pid)
  for (const filename of names) {
    const start = performance.now()
    early = []
    answeredAt = 0
    newest =
      (JSON.parse(await daemon.call('GET', `/photo/${prefixOf(daemon)}/manifest.json`)) as ManifestHead)
        .revision + 1
    await daemon.call('POST', '/api/publish', { filename })
    answeredAt = performance.now()
    seen.push(...early.map(() => 0))
    await wait(Math.max(0, EACH - (performance.now() - start)))
  }
  const cpu = cpuOf(daemon.pid) - before
  isOver = true
  await looking
  await guests.close()
  return { seen, list, cpu }
}

const prefixes = new WeakMap<BenchDaemon, string>()
const prefixOf = (daemon: BenchDaemon) => prefixes.get(daemon) ?? ''

interface Figures {
  readonly push: Phase
  readonly polling: Phase
  readonly idle: Phase
  readonly crowd: Phase
}

async function measureAll(daemon: BenchDaemon, slug: string, take: () => string[]): Promise<Figures> {
  const prefix = prefixOf(daemon)
  const nobody = () => ({ count: 0, close: async () => undefined })
  const idle = await phase(daemon, take(), nobody)
  const push = await phase(daemon, take(), (seen) => openPush(daemon.url, slug, GUESTS, seen))
  const polling = await phase(daemon, take(), (seen) => openPolling(daemon.url, prefix, GUESTS, seen))
  const crowd = await phase(daemon, take().slice(0, 1), (seen) => openPush(daemon.url, slug, CROWD, seen))
  return { push, polling, idle, crowd }
}

type Read = (figures: Figures) => number
const FIGURES: readonly (readonly [name: string, unit: string, read: Read])[] = [
  ['push: to a guest, p50', 'ms', ({ push }) => quantile(push.seen, 0.5)],
  ['push: to a guest, p95', 'ms', ({ push }) => quantile(push.seen, 0.95)],
  ['polling: to a guest, p50', 'ms', ({ polling }) => quantile(polling.seen, 0.5)],
  ['polling: to a guest, p95', 'ms', ({ polling }) => quantile(polling.seen, 0.95)],
  ['push: processor', 's', ({ push }) => push.cpu],
  ['polling: processor', 's', ({ polling }) => polling.cpu],
  ['nobody: the list, p95', 'ms', ({ idle }) => quantile(idle.list, 0.95)],
  ['push: the list, p95', 'ms', ({ push }) => quantile(push.list, 0.95)],
  ['2,000 sockets: the list, p95', 'ms', ({ crowd }) => quantile(crowd.list, 0.95)],
  ['guests that heard, of 500', 'publishes', ({ push }) => push.seen.length / PHOTOS],
]

/** News to guests' pages on the venue's network: by a socket, and by asking every four seconds, in the same run. */
export const galleryPush: Bench = {
  name: 'gallery-push',
  title: `A published photo on its way to ${GUESTS} guests' pages`,
  unit: 'ms',
  warmUp: 0,
  rounds: ROUNDS,
  limits: [
    { kind: 'ratio', of: 'push: to a guest, p50', to: 'polling: to a guest, p50', most: 0.35 },
    { kind: 'ratio', of: 'push: to a guest, p95', to: 'polling: to a guest, p95', most: 0.35 },
    { kind: 'ratio', of: 'push: processor', to: 'polling: processor', most: 1 },
    { kind: 'ratio', of: 'push: the list, p95', to: 'nobody: the list, p95', most: 1.5 },
  ],
  async open() {
    const daemon = await startDaemon(FILLING)
    const { current, events } = JSON.parse(await daemon.call('GET', '/photo/events.json')) as EventsIndex
    const slug = current ?? ''
    prefixes.set(daemon, events[slug]?.prefix ?? '')
    const { images } = JSON.parse(await daemon.call('GET', '/api/buffer?limit=500')) as PhotoPage
    const names = images.map(({ filename }) => filename)
    const take = () => names.splice(0, PHOTOS)
    let figures: Figures | undefined
    let measured = -1
    const contenders = FIGURES.map(([name, unit, read]): Contender => ({
      name,
      unit,
      // All of a round is measured at once: its figures belong together.
      async before(round) {
        if (measured === round) return
        measured = round
        figures = await measureAll(daemon, slug, take)
      },
      run: async () => read(figures!),
    }))
    return { contenders, close: () => daemon.stop() }
  },
}
