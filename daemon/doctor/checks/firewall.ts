import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, type Check } from '../check.ts'

/** Whether this computer's own firewall lets others in. */
export const firewall: Check = {
  name: 'firewall',
  async run(facts) {
    const found = await facts.firewall()
    if (found === 'open')
      return fine(newMessage('doctor_firewall', 'No firewall of this computer is in the way.'))
    if (found === 'unknown')
      return unknown(
        newMessage(
          'doctor_firewall_unseen',
          'Whether a firewall is in the way, this computer does not tell.',
        ),
      )
    const says = newMessage(
      'doctor_firewall_blocks',
      'The firewall of this computer keeps other devices out.',
    )
    return facts.platform === 'darwin'
      ? bad(
          says,
          newMessage(
            'doctor_fix_firewall_mac',
            'System Settings > Network > Firewall > Options: allow incoming connections for node.',
          ),
        )
      : bad(
          says,
          newMessage(
            'doctor_fix_firewall',
            'Allow the program’s ports in the firewall, such as: ufw allow 8000/tcp',
          ),
        )
  },
}
