import type { Log } from '../../log.ts'
import { messageOf } from '../../errors.ts'
import { LONGEST_WAIT } from '../queue/retry-wait.ts'
import type { Purge } from './purge.ts'

/** What guests' side of the cloud still shows of photos and covers that are off the bucket: has Cloudflare's caches
 * emptied, and looks until every public address says that the picture is not there. */
export interface CdnCheck {
  /** Photos are off the bucket, or the settings changed. */
  wake(): void
  start(): void
  stop(): Promise<void>
}

export interface Leaving {
  readonly id: string
  readonly eventId: number
  /** A photo's public name, or a cover's key. */
  readonly name: string
}

/** How many photos are looked at in one round. */
const ROUND = 30
const LOOK_EVERY = 2000
const ANSWER_WITHIN = 10_000

export function createCdnCheck(needs: {
  /** Off the bucket and not looked for yet, newest first. */
  leaving: () => readonly Leaving[]
  /** The photo's public addresses, all of them; none when there is no public gallery. */
  urlsOf: (one: Leaving) => readonly string[]
  purge: Purge
  verified: (one: Leaving) => void
  fetch?: typeof fetch
  log: Log
}): CdnCheck {
  const { fetch: send = fetch, purge, log } = needs
  let timer: NodeJS.Timeout | undefined
  let on = false
  let round: Promise<void> | undefined
  let again = false
  let pause = LOOK_EVERY
  let abort = new AbortController()

  async function isGone(url: string): Promise<boolean> {
    const answer = await send(url, {
      redirect: 'manual',
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(ANSWER_WITHIN)]),
    })
    await answer.body?.cancel()
    // 401 is an event that asks for its PIN: nothing of it is public.
    return [401, 404, 410].includes(answer.status)
  }

  async function look(): Promise<boolean> {
    const list = needs
      .leaving()
      .map((one) => ({ one, id: one.id, urls: needs.urlsOf(one) }))
      .filter(({ urls }) => urls.length > 0)
    if (list.length === 0) return false
    await purge
      .ask(list, abort.signal)
      .catch((error: unknown) => log.warn(`The CDN was not purged: ${messageOf(error)}`))
    for (const { one, urls } of list.slice(0, ROUND)) {
      abort.signal.throwIfAborted()
      if (!(await Promise.all(urls.map(isGone))).every(Boolean)) continue
      purge.forget(one.id)
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
