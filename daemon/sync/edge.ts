import type { Log } from '../log.ts'
import { messageOf } from '../errors.ts'
import { LONGEST_WAIT } from './backoff.ts'

/** What guests' side of the cloud still shows of photos that are off the bucket: empties Cloudflare's caches, then
 * looks until a public address says that the photo is not there. */
export interface Edge {
  /** Photos are off the bucket, or the settings changed. */
  wake(): void
  start(): void
  stop(): Promise<void>
}

export interface Leaving {
  readonly id: string
  readonly eventId: number
  readonly name: string
}

/** Cloudflare takes so many addresses in one call, and five calls a minute on the free plan. */
const PURGE_URLS = 30
const PURGE_EVERY = 12_000
const LOOK_EVERY = 2000
const ANSWER_WITHIN = 10_000

export function createEdge(needs: {
  /** Off the bucket and not looked for yet, newest first. */
  leaving: () => readonly Leaving[]
  /** The photo's public addresses, all of them; none when there is no public gallery. The first is looked at. */
  urlsOf: (one: Leaving) => readonly string[]
  purge: () => { zone: string; token: string }
  verified: (one: Leaving) => void
  fetch?: typeof fetch
  log: Log
  now: () => number
  api?: string
}): Edge {
  const { fetch: send = fetch, api = 'https://api.cloudflare.com/client/v4', log } = needs
  let timer: NodeJS.Timeout | undefined
  let on = false
  let round: Promise<void> | undefined
  let again = false
  let pause = LOOK_EVERY
  let purgedAt = -Infinity
  const purged = new Set<string>()
  let abort = new AbortController()

  async function purge(list: readonly Leaving[]): Promise<void> {
    const { zone, token } = needs.purge()
    if (zone === '' || token === '') return
    const due = list.filter(({ id }) => !purged.has(id)).slice(0, Math.floor(PURGE_URLS / 2))
    const files = due.flatMap((one) => needs.urlsOf(one)).slice(0, PURGE_URLS)
    if (files.length === 0 || needs.now() < purgedAt + PURGE_EVERY) return
    purgedAt = needs.now()
    const answer = await send(`${api}/zones/${encodeURIComponent(zone)}/purge_cache`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ files }),
      redirect: 'error',
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(ANSWER_WITHIN)]),
    })
    if (!answer.ok) throw new Error(`Cloudflare answers ${answer.status} when asked to empty its cache`)
    for (const { id } of due) purged.add(id)
  }

  async function isGone(url: string): Promise<boolean> {
    const answer = await send(url, {
      redirect: 'manual',
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(ANSWER_WITHIN)]),
    })
    await answer.body?.cancel()
    return answer.status === 404 || answer.status === 410
  }

  async function look(): Promise<boolean> {
    const list = needs.leaving().filter((one) => needs.urlsOf(one).length > 0)
    if (list.length === 0) return false
    await purge(list).catch((error: unknown) => log.warn(`The edge was not purged: ${messageOf(error)}`))
    for (const one of list.slice(0, PURGE_URLS)) {
      abort.signal.throwIfAborted()
      if (!(await isGone(needs.urlsOf(one)[0]!))) continue
      purged.delete(one.id)
      needs.verified(one)
      pause = LOOK_EVERY
    }
    return true
  }

  function run(): void {
    clearTimeout(timer)
    if (!on) return
    if (round) {
      again = true
      return
    }
    again = false
    round = look()
      .catch((error: unknown) => {
        log.debug(`Nobody could look whether photos are gone: ${messageOf(error)}`)
        return true
      })
      .then((more) => {
        round = undefined
        if (again) return run()
        if (!more || !on) return
        timer = setTimeout(run, pause)
        pause = Math.min(LONGEST_WAIT, pause * 1.5)
      })
  }

  return {
    wake() {
      pause = LOOK_EVERY
      run()
    },
    start() {
      on = true
      abort = new AbortController()
      run()
    },
    async stop() {
      on = false
      clearTimeout(timer)
      abort.abort()
      await round
    },
  }
}
