import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

/** Photos that have to fit at least, and for an evening without a look at the disk. */
const LEAST = 200
const EVENING = 1500

/** Room for new photos, counted in photos of today's size. */
export const diskRoom: Check = {
  name: 'disk_room',
  async run(facts) {
    const [{ folders }, each] = await Promise.all([facts.status(), facts.photoBytes()])
    const known = folders.flatMap(({ path, free_bytes }) =>
      free_bytes === null ? [] : [{ path, free: free_bytes }],
    )
    const [least] = known.toSorted((one, other) => one.free - other.free)
    if (!least)
      return unknown(newMessage('doctor_room_unseen', 'No photo folder is there to measure its room.'))
    const n = Math.floor(least.free / each)
    const params = { n, folder: least.path, gigabytes: Math.floor(least.free / 1e9) }
    const fix = () =>
      newMessage(
        'doctor_fix_room',
        'Make room on that disk, or move the folders to a larger one under More > Folders.',
      )
    const says = `Room for about ${n} photos of today’s size at ${least.path} (${params.gigabytes} GB).`
    if (n >= EVENING) return fine(newMessage('doctor_room', says, params))
    return (n < LEAST ? bad : warn)(newMessage('doctor_room_low', says, params), fix())
  },
}
