import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

/** Megabytes a second, below which photos come in late, and below which a burst piles up. */
const SLOW = 40
const TOO_SLOW = 8

/** How fast the disk for new photos writes. */
export const diskSpeed: Check = {
  name: 'disk_speed',
  seconds: 15,
  late: bad(
    newMessage('doctor_disk_stuck', 'The disk for new photos does not finish writing.'),
    newMessage('doctor_fix_disk', 'Use a faster disk, another cable, or a port of the computer itself.'),
  ),
  async run(facts, signal) {
    const speed = await facts.writeSpeed(signal)
    if (speed === null)
      return unknown(
        newMessage('doctor_speed_unseen', 'The disk’s speed is measured while the program runs.'),
      )
    const n = Math.round(speed / 1e6)
    const english = `The disk for new photos writes ${n} MB a second.`
    if (n >= SLOW) return fine(newMessage('doctor_disk_speed', english, { n }))
    return (n < TOO_SLOW ? bad : warn)(
      newMessage('doctor_disk_slow', english, { n }),
      newMessage('doctor_fix_disk', 'Use a faster disk, another cable, or a port of the computer itself.'),
    )
  },
}
