import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

const mbits = (bytes: number) => Math.round((bytes * 80) / 1e6) / 10

/** How fast the internet takes files, against what the event publishes. */
export const uplink: Check = {
  name: 'uplink',
  seconds: 15,
  late: bad(
    newMessage('doctor_uplink_stuck', 'A small upload to the bucket did not end.'),
    newMessage(
      'doctor_fix_uplink',
      'Use another network or a phone’s hotspot, and publish smaller pictures under More > Pictures.',
    ),
  ),
  async run(facts, signal) {
    if (facts.bucket().kind !== 'bucket')
      return unknown(newMessage('doctor_uplink_none', 'There is no bucket that anything is uploaded to.'))
    const [has, wants] = await Promise.all([facts.uplink(signal), facts.need()])
    const params = { has: mbits(has), wants: mbits(wants) }
    const english = `The uplink carries ${params.has} Mbit/s; the event needs about ${params.wants}.`
    if (has >= wants * 2) return fine(newMessage('doctor_uplink', english, params))
    return (has < wants ? bad : warn)(
      newMessage('doctor_uplink_slow', english, params),
      newMessage(
        'doctor_fix_uplink',
        'Use another network or a phone’s hotspot, and publish smaller pictures under More > Pictures.',
      ),
    )
  },
}
