import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, type Check } from '../check.ts'

/** Whether guests elsewhere see what the bucket holds. */
export const publicRead: Check = {
  name: 'public',
  seconds: 20,
  async run(facts) {
    const { public_url: url } = await facts.status()
    if (url === null)
      return unknown(
        newMessage(
          'doctor_public_none',
          'No public address is set: guests read the gallery on this network.',
        ),
      )
    const step = (await facts.probe()).steps.find((one) => one.step === 'public')
    if (step?.result === 'ok')
      return fine(newMessage('doctor_public', `${url} shows what the bucket holds.`, { url }))
    if (step?.result === 'failed')
      return bad(
        newMessage('doctor_public_away', `${url} does not show what the bucket holds.`, { url }),
        newMessage(
          'doctor_fix_public',
          'Look whether the address is right under More > Cloud, and the bucket bound to the Pages project (npm run deploy).',
        ),
      )
    return unknown(
      newMessage(
        'doctor_public_unseen',
        'The public address cannot be tried while the bucket takes nothing.',
      ),
    )
  },
}
