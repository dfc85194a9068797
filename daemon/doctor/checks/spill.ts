import { newMessage } from '../../util/message.ts'
import { catalogMissing, fine, unknown, warn, type Check } from '../check.ts'

/** Photos that this computer's own disk should take at least while the photo disk is away. */
const LEAST = 200

/** Where photos go while the disk of their folder is away. */
export const spill: Check = {
  name: 'spill',
  async run(facts) {
    const seen = await facts.spill()
    if (seen === null)
      return (
        (await catalogMissing(facts)) ??
        unknown(newMessage('doctor_spill_unseen', 'The folder for new photos is not there to look at.'))
      )
    if (!seen.isApart)
      return fine(
        newMessage(
          'doctor_spill_same',
          'New photos lie on the disk of the data folder: there is no other to keep them on while it is away.',
        ),
      )
    const n = Math.floor(seen.free / (await facts.photoBytes()))
    const says = `While the photo disk is away, this computer keeps about ${n} photos until it is back.`
    if (n >= LEAST) return fine(newMessage('doctor_spill', says, { n }))
    return warn(
      newMessage('doctor_spill_low', says, { n }),
      newMessage(
        'doctor_fix_spill',
        'Make room on the disk of the data folder: while the photo disk is away, new photos are kept there.',
      ),
    )
  },
}
