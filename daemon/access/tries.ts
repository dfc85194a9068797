import type { Guessing } from '../contract/access.ts'
import { messageOf, Refusal } from '../errors.ts'
import { createBucket } from '../util/token-bucket.ts'
import { createGuessers } from './guessers.ts'
import { networkOf } from './who.ts'
import { backoff } from '../util/backoff.ts'

type Pace = Readonly<Record<'all' | 'address', { rate: number; burst: number }>>
/** Codes that are looked at in a second, and at once after a quiet time: by everybody together, and from one address.
 *
 * In the two minutes of a code these are 40 + 120 x 20 = 2,440 guesses at most, from however many addresses: one chance
 * in 40,000 that a stranger hits one of the hundred million, while the owner is warned that somebody guesses. */
export const PACE: Pace = { all: { rate: 20, burst: 40 }, address: { rate: 5, burst: 10 } }
/** Milliseconds that a code waits for its turn at most. */
const TURN_MS = 15_000
/** Codes that wait, or whose refusal is held back, in all and of one address; the oldest is answered for a new one. */
const MOST = { all: 512, address: 64 } as const
/** Wrong codes of an address that are answered at once, and the longest that the next are held back, milliseconds. */
const FREE = 3
const LONGEST_MS = 15_000
/** How many may wait before every wrong code is held back for the longest time: a guesser would come again at once. */
const CROWD = 20
const EVERY_MS = 50

export interface Tries {
  /** Looks at a typed code in its turn.
   *
   * No guess burns what the owner's screen shows: guessing is slow instead. First come addresses and connections that
   * have not been wrong, and of them whoever came last. So the right code is let in at once, whoever guesses from
   * however many addresses; and behind the address of the guesser itself it has its turn soon. A wrong one is answered
   * later the more there were, and nobody who is right ever waits for that.
   *
   * @param asker.connection what one visitor's requests come over
   * @param isTyped false for what is too long to be guessed, which waits for nobody
   * @param look throws Refusal where the code is wrong
   * @throws Refusal what `look` throws; 429 `too_many_tries` when its turn did not come */
  take<T>(
    asker: { address: string; connection: object },
    isTyped: boolean,
    look: () => T,
    gone?: AbortSignal,
  ): Promise<T>
  /** Whether somebody is guessing; null while nobody is. */
  guessing(): Guessing | null
  stop(): void
}

interface Waiting {
  readonly network: string
  readonly connection: object
  readonly at: number
  readonly look: () => void
  readonly refuse: () => void
}

/** @param needs.now milliseconds that only rise
 *  @param needs.changed somebody began to guess, or stopped */
export function createTries(needs: { now?: () => number; changed?: () => void; pace?: Pace } = {}): Tries {
  const { now = () => performance.now(), changed = () => undefined, pace = PACE } = needs
  const guessers = createGuessers({ pace: pace.address, now, changed })
  const all = createBucket(pace.all, now)
  /** In the order in which they came. */
  let waiting: Waiting[] = []
  const held = new Set<{ network: string; answer: () => void }>()
  const wrongOver = new WeakSet<object>()
  let turn = 0
  let timer: NodeJS.Timeout | undefined

  /** Less goes first. One turn in four asks whether the address was wrong before: a flood from one keeps no other out.
   * The others ask whether the connection was: behind one address are the guesser and the assistant. */
  function rank({ network, connection }: Waiting, byAddress: boolean): number {
    const wrong = wrongOver.has(connection) ? 1 : 0
    return byAddress && guessers.wrong(network) > 0 ? 2 + wrong : wrong
  }

  /** The next to be looked at. Of equals the one that came last: a guesser's outnumber all others, and waited
   * longest. */
  function next(): Waiting | undefined {
    turn = (turn + 1) % 4
    let best: { one: Waiting; rank: number } | undefined
    for (const one of waiting) {
      if (!guessers.may(one.network)) continue
      const its = rank(one, turn === 0)
      if (best === undefined || its <= best.rank) best = { one, rank: its }
    }
    return best?.one
  }

  function leave(one: Waiting): void {
    waiting = waiting.filter((other) => other !== one)
  }

  function drain(): void {
    const time = now()
    for (const one of waiting.filter(({ at }) => time - at > TURN_MS)) one.refuse()
    while (waiting.length > 0 && all.has()) {
      const one = next()
      if (!one) break
      all.take()
      guessers.take(one.network)
      one.look()
    }
    if (waiting.length === 0) {
      clearInterval(timer)
      timer = undefined
    } else timer ??= setInterval(drain, EVERY_MS).unref()
  }

  /** Milliseconds for which a wrong code is not answered. */
  function pause(network: string): number {
    if (waiting.length > CROWD) return LONGEST_MS
    const more = guessers.wrong(network) - FREE
    return more <= 0 ? 0 : backoff(more - 1, { first: 1000, longest: LONGEST_MS })
  }

  function hold(network: string, answer: () => void, gone?: AbortSignal): void {
    const ms = pause(network)
    if (ms === 0) return answer()
    const one = { network, answer: end }
    const late = setTimeout(end, ms)
    late.unref()
    function end(): void {
      clearTimeout(late)
      if (held.delete(one)) answer()
    }
    held.add(one)
    gone?.addEventListener('abort', end, { once: true })
    const own = [...held].filter((other) => other.network === network)
    if (own.length > MOST.address) own[0]!.answer()
    else if (held.size > MOST.all) [...held][0]!.answer()
  }

  return {
    take({ address, connection }, isTyped, look, gone) {
      const network = networkOf(address)
      return new Promise((resolve, reject) => {
        const attempt = () => {
          try {
            resolve(look())
          } catch (error) {
            // A disk that is full has said nothing about the code.
            if (!(error instanceof Refusal))
              return reject(error instanceof Error ? error : new Error(messageOf(error)))
            guessers.note(network, isTyped)
            wrongOver.add(connection)
            hold(network, () => reject(error), gone)
          }
        }
        if (!isTyped) return attempt()
        const one: Waiting = {
          network,
          connection,
          at: now(),
          look() {
            leave(one)
            attempt()
          },
          refuse() {
            leave(one)
            reject(tooManyTries())
          },
        }
        gone?.addEventListener('abort', one.refuse, { once: true })
        waiting.push(one)
        const own = waiting.filter((other) => other.network === network)
        if (own.length > MOST.address) own[0]!.refuse()
        else if (waiting.length > MOST.all) waiting[0]!.refuse()
        drain()
      })
    },
    guessing: guessers.guessing,
    stop() {
      clearInterval(timer)
      for (const one of waiting) one.refuse()
      for (const one of [...held]) one.answer()
      guessers.stop()
    },
  }
}

function tooManyTries(): Refusal {
  return new Refusal(
    429,
    'too_many_tries',
    'Many wrong codes are being tried at the moment. Try again in a few seconds, or scan the QR code.',
  )
}
