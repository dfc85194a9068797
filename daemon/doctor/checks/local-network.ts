import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, type Check } from '../check.ts'

/** Whether the system lets this program speak to devices of its own network, which a Mac asks once. */
export const localNetwork: Check = {
  name: 'local_network',
  async run(facts) {
    const found = await facts.localNetwork()
    if (found === 'open')
      return fine(newMessage('doctor_local', 'This program may speak to devices of this network.'))
    if (found === 'unknown')
      return unknown(
        newMessage(
          'doctor_local_unseen',
          'Whether devices of this network may be spoken to cannot be told now.',
        ),
      )
    return bad(
      newMessage('doctor_local_refused', 'The system keeps this program from devices of this network.'),
      newMessage(
        'doctor_fix_local',
        'System Settings > Privacy & Security > Local Network: allow the program that starts this one (Terminal or node).',
      ),
    )
  },
}
