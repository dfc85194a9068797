import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

/** Seconds: what nobody notices, and what a bucket refuses. */
const NOTICED = 60
const REFUSED = 10 * 60

/** This computer's clock against the bucket's. */
export const clock: Check = {
  name: 'clock',
  async run(facts, signal) {
    const ahead = await facts.clockAhead(signal)
    if (ahead === null)
      return unknown(
        newMessage(
          'doctor_clock_unseen',
          'There is no bucket or public address whose clock could be compared.',
        ),
      )
    const n = Math.round(Math.abs(ahead) / 1000)
    if (n < NOTICED) return fine(newMessage('doctor_clock', 'The clock is right.'))
    const fix = newMessage('doctor_fix_clock', 'Set date and time of the computer to automatic.')
    const says =
      ahead > 0
        ? newMessage('doctor_clock_ahead', `The clock is ${n} seconds ahead of the bucket’s.`, { n })
        : newMessage('doctor_clock_behind', `The clock is ${n} seconds behind the bucket’s.`, { n })
    return (n > REFUSED ? bad : warn)(says, fix)
  },
}
