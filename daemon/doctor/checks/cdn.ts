import type { GuestAddress } from '../../cloud/guest-addresses.ts'
import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check, type Finding } from '../check.ts'

const rule = () =>
  newMessage(
    'doctor_fix_cdn',
    'Cloudflare dashboard > the domain > Caching > Cache Rules: let no rule keep addresses that end in “.json”.',
  )

function findingsOf(addresses: readonly GuestAddress[]): Finding[] {
  return addresses.flatMap(({ what, ok }) => {
    if (ok) return []
    if (what === 'cache')
      return bad(
        newMessage(
          'doctor_cdn_late',
          'A cache keeps the list of photos for too long: guests see photos late.',
        ),
        rule(),
      )
    if (what === 'cors')
      return warn(
        newMessage(
          'doctor_cdn_cors',
          'The bucket’s own address does not let the pages read lists: each costs a call.',
        ),
        newMessage(
          'doctor_fix_cors',
          'Run npm run cloud -- check: it prints the rule to paste under R2 > the bucket > Settings > CORS policy.',
        ),
      )
    if (what === 'lists')
      return bad(
        newMessage('doctor_cdn_lists', 'The address for pictures does not have the list of photos.'),
        newMessage(
          'doctor_fix_lists',
          'Look whether it is this bucket’s address under More > Cloud, and the bucket public there.',
        ),
      )
    return []
  })
}

/** Whether a cache keeps what was taken out, or lists that changed. */
export const cdn: Check = {
  name: 'cdn',
  seconds: 20,
  async run(facts) {
    if ((await facts.status()).public_url === null)
      return unknown(newMessage('doctor_cdn_none', 'There is no cache to look at without a public address.'))
    const [{ kept }, addresses] = await Promise.all([facts.probe(), facts.guestAddresses()])
    const found = findingsOf(addresses)
    if (kept === true)
      found.unshift(
        bad(
          newMessage('doctor_cdn_keeps', 'The public address still shows a file that was removed.'),
          rule(),
        ),
      )
    if (found.length > 0) return found
    return kept === null
      ? unknown(
          newMessage(
            'doctor_cdn_unseen',
            'Whether a cache keeps files cannot be told while the public address shows none.',
          ),
        )
      : fine(newMessage('doctor_cdn', 'What is removed is gone from the public address at once.'))
  },
}
