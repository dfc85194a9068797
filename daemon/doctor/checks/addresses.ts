import { newMessage } from '../../util/message.ts'
import { bad, fine, warn, type Check } from '../check.ts'

/** Where the iPad and guests of this network find the computer. */
export const addresses: Check = {
  name: 'addresses',
  async run(facts) {
    const { connect } = await facts.status()
    const usable = connect.addresses.filter((one) => !one.startsWith('169.254.') && !one.startsWith('127.'))
    if (usable.length === 0) {
      const fix = newMessage('doctor_fix_network', 'Join the venue’s Wi-Fi, or connect a router of your own.')
      return connect.addresses.length > 0
        ? bad(newMessage('doctor_address_none', 'The network gave this computer no address.'), fix)
        : bad(newMessage('doctor_network_none', 'This computer is on no network.'), fix)
    }
    const list = usable.join(', ')
    if (connect.discovery.state === 'taken')
      return warn(
        newMessage(
          'doctor_name_taken',
          `Another computer here is called ${connect.name}. This one is at ${list}.`,
          { name: connect.name, addresses: list },
        ),
        newMessage(
          'doctor_fix_name',
          'Give this computer another name in the system’s settings, or use its address.',
        ),
      )
    return fine(newMessage('doctor_addresses', `This computer is found at ${list}.`, { addresses: list }))
  },
}
