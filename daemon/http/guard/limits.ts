import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { networkOf } from '../../access/who.ts'
import { Refusal } from '../../errors.ts'
import { addressOf } from './client-address.ts'

/** Requests within a minute. Five hundred guests may share one address behind a venue's router: what they read is only
 * held back where it would be a flood for the whole room. Everything else that a stranger asks for is refused
 * anyway. */
export const LIMITS = {
  /** The gallery and its pictures, an address. */
  gallery: 60_000,
  /** Anything else without a cookie, an address. */
  stranger: 3_000,
  /** `POST` without a cookie: codes, access requests and waiting for the answer; an address. */
  strangerChange: 300,
  /** A paired device, wherever it is. */
  device: 12_000,
} as const
export type Limits = Record<keyof typeof LIMITS, number>

const MINUTE = 60_000
/** Addresses that are counted at once; the one not seen for longest is forgotten for a new one. */
const KEPT = 10_000

/** Counts requests by who asks, so that nobody's flood costs others: a device is counted by itself, not by the address
 * that it shares with guests. The owner at the machine is not counted.
 * @returns a function that throws Refusal 429 `too_many` */
export async function createLimits(
  app: FastifyInstance,
  limits: Limits = LIMITS,
): Promise<(request: FastifyRequest) => Promise<void>> {
  await app.register(rateLimit, { global: false, cache: KEPT })
  const counter = (max: number) =>
    app.createRateLimit({
      max,
      timeWindow: MINUTE,
      keyGenerator: (request) =>
        request.who.device?.id ?? `from ${networkOf(addressOf(request) ?? 'nowhere')}`,
    })
  const counters = {
    gallery: counter(limits.gallery),
    stranger: counter(limits.stranger),
    strangerChange: counter(limits.strangerChange),
    device: counter(limits.device),
  }

  function kindOf(request: FastifyRequest): keyof Limits | null {
    const { who, method } = request
    if (who.device) return 'device'
    if (who.role === 'owner') return null
    if (!request.is404 && request.routeOptions.config.paced) return null
    if (method !== 'GET' && method !== 'HEAD') return 'strangerChange'
    const isPublic = !request.is404 && request.routeOptions.config.access === 'public'
    return isPublic ? 'gallery' : 'stranger'
  }

  return async (request) => {
    const kind = kindOf(request)
    if (kind === null) return
    const counted = await counters[kind](request)
    // A clock that was set back would count on for hours.
    if (!counted.isAllowed && counted.isExceeded && counted.ttl <= MINUTE)
      throw new Refusal(429, 'too_many', 'Too much at once. Wait a moment and try again.')
  }
}
