import { WRONG_PINS } from '../daemon/contract/event-document.ts'

/** Counts wrong PINs by who gives them. Every isolate counts in its own memory; what counts for all of them, such as a
 * Durable Object, may stand in its place. */
export interface Tries {
  /** Counts a try before it is looked at, so that many at once are many.
   * @returns milliseconds to wait, when it may not be looked at; 0 when it may */
  take(who: string): Promise<number>
  /** It was the right one. */
  forgive(who: string): Promise<void>
}

/** Addresses remembered at once; whoever was wrong first is forgotten for a new one. */
const KEPT = 10_000

export function createTries(needs: { now?: () => number } = {}): Tries {
  const { now = Date.now } = needs
  const { most, within } = WRONG_PINS
  const known = new Map<string, number[]>()
  return {
    async take(who) {
      const time = now()
      const times = (known.get(who) ?? []).filter((at) => at > time - within && at <= time)
      const first = times[times.length - most]
      if (first !== undefined) return first + within - time
      known.delete(who)
      if (known.size >= KEPT) known.delete(known.keys().next().value!)
      known.set(who, [...times, time])
      return 0
    },
    async forgive(who) {
      known.delete(who)
    },
  }
}

/** Who asks: an IPv4 address, or the network of an IPv6 one, of which one person has many. */
export function networkOf(request: Request): string {
  const address = request.headers.get('cf-connecting-ip') ?? ''
  if (!address.includes(':')) return address
  const [lead = '', tail = ''] = address.toLowerCase().split('::')
  const groups = lead === '' ? [] : lead.split(':')
  const rest = tail === '' ? [] : tail.split(':')
  const gap: string[] = address.includes('::')
    ? Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0')
    : []
  return [...groups, ...gap, ...rest]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
