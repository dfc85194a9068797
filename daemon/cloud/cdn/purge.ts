import { messageOf } from '../../errors.ts'

/** Empties Cloudflare's caches by address. */
export interface Purge {
  /** Asks for as many of these as one call takes, if a call may be made now; what was asked for once is left out. Fine
   * when no token is set.
   * @param list addresses by an id of theirs, most urgent first
   * @throws Error in one plain sentence, without the token; what was not emptied is asked for again by a later call */
  ask(list: readonly { id: string; urls: readonly string[] }[], signal: AbortSignal): Promise<void>
  /** These addresses have been seen to be empty. */
  forget(id: string): void
}

/** How many addresses Cloudflare takes in one call; the free plan has five calls a minute. */
const MOST_URLS = 30
const EVERY = 12_000
const ANSWER_WITHIN = 10_000
/** Whatever a reply says, it is asked again after this. */
const LONGEST_REST = 10 * 60_000

/** @param needs.api where Cloudflare's API is; the real one by default */
export function createPurge(needs: {
  account: () => { zone: string; token: string }
  /** Milliseconds since 1970, for what a reply says. */
  now: () => number
  /** A clock for waiting, which does not jump; `now` by default. */
  steady?: () => number
  fetch?: typeof fetch
  api?: string
}): Purge {
  const { steady = needs.now, fetch: send = fetch, api = 'https://api.cloudflare.com/client/v4' } = needs
  /** Addresses that were emptied, by id. */
  const emptied = new Map<string, ReadonlySet<string>>()
  let restUntil = -Infinity

  async function call(files: readonly string[], signal: AbortSignal): Promise<Response> {
    const { zone, token } = needs.account()
    try {
      return await send(`${api}/zones/${encodeURIComponent(zone)}/purge_cache`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ files }),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN)]),
      })
    } catch (error) {
      signal.throwIfAborted()
      // eslint-disable-next-line preserve-caught-error -- whoever refuses a token that fits in no header quotes it
      throw new Error(`Cloudflare cannot be asked: ${messageOf(error).replaceAll(token, '...')}`)
    }
  }

  return {
    async ask(list, signal) {
      const { zone, token } = needs.account()
      if (zone === '' || token === '' || steady() < restUntil) return
      const files: string[] = []
      const due: { id: string; urls: readonly string[] }[] = []
      for (const one of list) {
        const missing = one.urls.filter((url) => !emptied.get(one.id)?.has(url))
        if (files.length + missing.length > MOST_URLS) break
        if (missing.length === 0) continue
        files.push(...missing)
        due.push(one)
      }
      if (files.length === 0) return
      restUntil = steady() + EVERY
      const answer = await call(files, signal)
      await answer.body?.cancel()
      if (answer.status === 429) restUntil = steady() + Math.max(EVERY, restOf(answer, needs.now()))
      if (!answer.ok) throw new Error(`Cloudflare answers ${answer.status} when asked to empty its cache`)
      for (const { id, urls } of due) emptied.set(id, new Set(urls))
    },
    forget(id) {
      emptied.delete(id)
    },
  }
}

/** Milliseconds that `Retry-After` asks for, in either of its forms; 0 when it does not. */
function restOf(answer: Response, now: number): number {
  const header = answer.headers.get('retry-after') ?? ''
  const rest = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Math.min(LONGEST_REST, Math.max(0, rest || 0))
}
