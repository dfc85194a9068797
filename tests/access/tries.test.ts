import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PACE, createTries, type Tries } from '../../daemon/access/tries.ts'
import { Refusal } from '../../daemon/errors.ts'

/** Milliseconds of guessing. */
const LONG = 10_000
const RIGHT = 'right'
const wrongCode = () => new Refusal(403, 'wrong_code', 'wrong')

let tries: Tries
let changes: number
/** Guesses that were looked at. */
let looked: number
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  })
  changes = 0
  looked = 0
  tries = createTries({ changed: () => (changes += 1) })
})
afterEach(() => {
  tries.stop()
  vi.useRealTimers()
})

function attempt(code: string, address: string, connection: object = {}, typed = true): Promise<string> {
  const look = () => {
    if (code === RIGHT) return 'in'
    looked += 1
    throw wrongCode()
  }
  return tries.take({ address, connection }, typed, look).catch((error: Refusal) => error.code)
}

/** Guesses from `addresses` addresses, each the next one as soon as the last was answered. */
function guess(addresses: number, options: { lines?: number; anew?: boolean } = {}): () => void {
  let goesOn = true
  for (let n = 0; n < addresses; n++)
    for (let line = 0; line < (options.lines ?? 1); line++) {
      const connection = {}
      void (async () => {
        while (goesOn) {
          await attempt('wrong', `10.0.${n >> 8}.${n & 255}`, options.anew ? {} : connection)
          await new Promise((resolve) => setTimeout(resolve, 300))
        }
      })()
    }
  return () => (goesOn = false)
}

/** Milliseconds until it was let in; fails where it was not. */
async function timeOf(address: string, connection: object = {}): Promise<number> {
  const start = performance.now()
  let took = Infinity
  // As the page does: what had no turn is tried again.
  const again = async (): Promise<void> => {
    if ((await attempt(RIGHT, address, connection)) === 'in') took = performance.now() - start
    else await again()
  }
  void again()
  for (let n = 0; n < 400 && took === Infinity; n++) await vi.advanceTimersByTimeAsync(50)
  return took
}

describe('a typed code', () => {
  it('that is right is let in at once, and one that is wrong is refused at once the first times', async () => {
    expect(await attempt(RIGHT, '10.0.0.1')).toBe('in')
    for (let n = 0; n < 3; n++) expect(await attempt('wrong', '10.0.0.1')).toBe('wrong_code')
    expect(await attempt(RIGHT, '10.0.0.1')).toBe('in')
  })

  it('that is wrong is answered the later the more there were, and the right one never waits for that', async () => {
    const took: number[] = []
    for (let n = 0; n < 10; n++) {
      const start = performance.now()
      const answer = attempt('wrong', '10.0.0.1').then(() => took.push(performance.now() - start))
      await vi.advanceTimersByTimeAsync(20_000)
      await answer
    }
    expect(took.map((ms) => Math.round(ms / 1000))).toEqual([0, 0, 0, 1, 2, 4, 8, 15, 15, 15])
    expect(await timeOf('10.0.0.1')).toBe(0)
  })

  it('waits no longer when its sender hung up', async () => {
    for (let n = 0; n < 30; n++) void attempt('wrong', '10.0.0.1')
    const gone = new AbortController()
    const before = looked
    const late = tries.take({ address: '10.0.0.1', connection: {} }, true, () => (looked += 1), gone.signal)
    gone.abort()
    await expect(late).rejects.toMatchObject({ code: 'too_many_tries' })
    expect(looked).toBe(before)
  })
})

describe('guessing from 250 addresses', () => {
  it.each([
    ['on connections that stay', {}],
    ['on a new connection each time', { anew: true }],
    ['on two connections of each', { lines: 2 }],
  ])('%s has few codes looked at, and keeps the right one out nowhere', async (_, how) => {
    const began = performance.now()
    const stop = guess(250, how)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await timeOf('192.168.1.20'), 'from an address of its own').toBeLessThan(1000)
    expect(await timeOf('10.0.0.7'), 'from an address that guesses').toBeLessThan(10_000)
    await vi.advanceTimersByTimeAsync(LONG)
    expect(await timeOf('10.0.0.9'), 'at the end').toBeLessThan(20_000)
    const seconds = (performance.now() - began) / 1000
    expect(looked).toBeGreaterThan(200)
    expect(looked).toBeLessThanOrEqual(PACE.all.burst + (seconds + 0.1) * PACE.all.rate)
    stop()
  })

  it('has one chance in 40,000 while a code holds', () => {
    const { burst, rate } = PACE.all
    expect((burst + rate * 120) / 1e8).toBeLessThan(1 / 40_000)
  })

  it('would be found out: looked at as they come they are many more', async () => {
    tries.stop()
    const free = { rate: 1e6, burst: 1e6 }
    tries = createTries({ pace: { all: free, address: free } })
    const stop = guess(250, { lines: 2 })
    await vi.advanceTimersByTimeAsync(2000)
    stop()
    expect(looked).toBeGreaterThan(PACE.all.burst + 2 * PACE.all.rate)
  })

  it('keeps no key waiting, which is too long to be guessed', async () => {
    const stop = guess(250, { lines: 4, anew: true })
    await vi.advanceTimersByTimeAsync(5000)
    expect(await attempt(RIGHT, '10.0.0.7', {}, false)).toBe('in')
    stop()
  })

  it('is told to the owner, and that it is over', async () => {
    expect(tries.guessing()).toBeNull()
    for (let n = 0; n < 3; n++) await attempt('wrong', '192.168.1.20')
    expect(tries.guessing(), 'a slip of a thumb').toBeNull()
    const stop = guess(250)
    await vi.advanceTimersByTimeAsync(10_000)
    stop()
    expect(tries.guessing()).toMatchObject({ addresses: expect.any(Number) })
    expect(tries.guessing()!.addresses).toBeGreaterThan(100)
    const during = changes
    expect(during).toBeGreaterThan(0)
    expect(during, 'not told at every try').toBeLessThan(10)
    await vi.advanceTimersByTimeAsync(150_000)
    expect(tries.guessing()).toBeNull()
    expect(changes).toBeGreaterThan(during)
  })
})

describe('a guesser alone', () => {
  it('behind the address of the assistant keeps nobody out', async () => {
    const stop = guess(1, { lines: 60 })
    await vi.advanceTimersByTimeAsync(3000)
    expect(await timeOf('10.0.0.0')).toBeLessThan(2000)
    stop()
  })

  it('with a million addresses of one IPv6 network has one share', async () => {
    for (let n = 0; n < 300; n++) void attempt('wrong', `2001:db8::${n.toString(16)}`)
    await vi.advanceTimersByTimeAsync(1000)
    expect(looked).toBeLessThan(40)
  })
})
