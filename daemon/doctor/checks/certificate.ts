import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

const DAY = 86_400_000
/** Days left, at which it should have been renewed. */
const SOON = 14

/** The certificate that iPads trust, and when it ends. */
export const certificate: Check = {
  name: 'certificate',
  async run(facts) {
    const { code, message, state, ends } = (await facts.status()).connect.https
    if (state === 'off') return fine(newMessage('doctor_https_off', 'HTTPS is off, as it was started.'))
    const restart = newMessage(
      'doctor_fix_https',
      'Read what it says under More > Connect, and start the program again.',
    )
    if (state === 'trouble' && code !== null)
      return bad(
        newMessage('doctor_https', `HTTPS does not work: ${message ?? code}`, { why: code }),
        restart,
      )
    if (ends === null)
      return unknown(
        newMessage('doctor_certificate_none', 'There is no certificate yet: the first start makes it.'),
      )
    const left = Math.floor((Date.parse(ends) - facts.now()) / DAY)
    const date = ends.slice(0, 10)
    if (left < 0)
      return bad(
        newMessage('doctor_certificate_over', `The certificate ended on ${date}.`, { date }),
        restart,
      )
    if (left < SOON)
      return warn(
        newMessage('doctor_certificate_soon', `The certificate ends on ${date}.`, { date }),
        restart,
      )
    return fine(newMessage('doctor_certificate', `The certificate is good until ${date}.`, { date }))
  },
}
