import { CALLS_A_DAY, CALLS_AN_HOUR, EVENING, guestsFor } from '../../contract/guest-calls.ts'
import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

/** What is left of the plan's calls, by an estimate: as many guests as there were at most, for an evening. */
export const calls: Check = {
  name: 'calls',
  async run(facts) {
    if ((await facts.status()).public_url === null)
      return unknown(newMessage('doctor_calls_none', 'Nothing costs calls without public pages.'))
    const addresses = await facts.guestAddresses()
    const isOk = (what: string) => addresses.some((one) => one.what === what && one.ok)
    // A list's own findings are there only where an address for it is.
    const hasLists = ['lists', 'cors', 'cache'].every(isOk)
    const each = CALLS_AN_HOUR[isOk('push') ? (hasLists ? 'push' : 'pushAll') : hasLists ? 'poll' : 'pollAll']
    const guests = facts.mostGuests() ?? 0
    const n = guestsFor(each)
    const left = Math.max(0, Math.round(100 - (guests * each * EVENING * 100) / CALLS_A_DAY))
    const params = { n, guests, left }
    const english = `The free plan carries about ${n} guests for an evening. There were ${guests} at most so far: about ${left} % of a day’s calls are left.`
    if (left >= 30) return fine(newMessage('doctor_calls', english, params))
    return (left === 0 ? bad : warn)(
      newMessage('doctor_calls_low', english, params),
      newMessage(
        'doctor_fix_calls',
        'Give the bucket an address of its own under More > Cloud, or take a paid plan of Cloudflare.',
      ),
    )
  },
}
