import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

/** Megabits a second: USB 2 as it should be, and what a disk or a reader of today is connected by. */
const USB2 = 480
const USB3 = 5000

/** How fast cameras, readers and disks are connected. */
export const usb: Check = {
  name: 'usb',
  async run(facts) {
    const devices = await facts.usb()
    if (devices === null)
      return unknown(newMessage('doctor_usb_unseen', 'The system does not tell how fast USB is.'))
    if (devices.length === 0)
      return unknown(newMessage('doctor_usb_none', 'No camera, reader or disk is on USB now.'))
    return devices.map(({ kind, name, mbits }) => {
      const params = { name, mbits }
      const english = `${name} is connected with ${mbits} Mbit/s.`
      const isSlow = mbits < USB2
      if (!isSlow && (kind === 'camera' || mbits >= USB3))
        return fine(newMessage('doctor_usb', english, params))
      return (isSlow ? bad : warn)(
        newMessage('doctor_usb_slow', english, params),
        newMessage(
          'doctor_fix_usb',
          'Plug it into a port of the computer itself, with a USB 3 cable and without a hub.',
        ),
      )
    })
  },
}
