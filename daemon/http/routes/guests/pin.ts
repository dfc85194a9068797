import { Type } from 'typebox'
import { networkOf } from '../../../access/who.ts'
import { createGuesses } from '../../../access/guesses.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import { hasEnded, isPin, setCookie, WRONG_PINS } from '../../../contract/event-document.ts'
import { Refusal } from '../../../errors.ts'
import { documentOf } from '../../../publish/event-document.ts'
import { addressOf, schemeOf } from '../../guard/client-address.ts'
import type { App } from '../../plugin.ts'
import { nothingHere, turnAway } from './door.ts'

/** Addresses remembered at once. */
const KEPT = 10_000

const PinBody = Type.Object({ pin: Type.String({ maxLength: 100 }) }, { additionalProperties: false })

/** `POST /guests/<slug>/pin`: who knows an Event's PIN gets the cookie that opens it.
 * @param needs.now milliseconds since 1970
 * @param needs.steady milliseconds that only rise */
export function registerPin(
  app: App,
  needs: { catalog: { events: Pick<Catalog['events'], 'find'> }; now: () => number; steady: () => number },
): void {
  const guesses = createGuesses({ now: needs.steady, ...WRONG_PINS, keep: KEPT })

  app.post(
    '/guests/:slug/pin',
    {
      // Guests share one address behind a venue's router, and each types the PIN once: only wrong ones are counted.
      config: { access: 'public', audit: null, paced: true },
      bodyLimit: 1000,
      schema: { params: Type.Object({ slug: Type.String() }), body: PinBody },
    },
    async (request, reply) => {
      const event = needs.catalog.events.find(request.params.slug)
      if (!event) throw nothingHere()
      const document = documentOf(event, '')
      void reply.header('cache-control', 'no-store')
      if (hasEnded(document, needs.now())) {
        turnAway(reply, event, 'ended')
        return reply
      }
      if (document.visibility !== 'pin') return { v: 1, state: 'open' }
      // By Event: who knows one PIN would buy guesses at another's with it.
      const who = `${networkOf(addressOf(request) ?? 'nowhere')} ${event.slug}`
      const wait = guesses.wait(who)
      if (wait > 0) {
        void reply.header('retry-after', Math.ceil(wait / 1000))
        throw new Refusal(429, 'too_many_pins', 'Too many wrong PINs from here. Try again in a few minutes.')
      }
      // Counted before it is looked at, so that many at once are many.
      guesses.note(who)
      if (!(await isPin(document, request.body.pin)))
        throw new Refusal(403, 'wrong_pin', 'This is not the PIN.')
      guesses.forget(who)
      const cookie = await setCookie(document, needs.now(), schemeOf(request) === 'https')
      void reply.header('set-cookie', cookie)
      return { v: 1, state: 'open' }
    },
  )
}
