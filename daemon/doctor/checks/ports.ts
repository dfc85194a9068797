import { newMessage } from '../../util/message.ts'
import { bad, fine, type Check } from '../check.ts'

/** The ports that the program listens on. */
export const ports: Check = {
  name: 'ports',
  async run(facts) {
    const all = await facts.ports()
    const wrong = all.filter(({ use }) => use === 'taken' || use === 'refused')
    if (wrong.length === 0) {
      const list = all.map(({ port }) => port).join(', ')
      return fine(newMessage('doctor_ports', `The program has its ports (${list}).`, { ports: list }))
    }
    return wrong.map(({ port, use }) =>
      use === 'taken'
        ? bad(
            newMessage('doctor_port_taken', `Another program listens on port ${port}.`, { port }),
            newMessage(
              'doctor_fix_port',
              'Where that is this program with another data folder, give its --data and --port. Else quit it, or start this one with another --port or --https-port.',
            ),
          )
        : bad(
            newMessage(
              'doctor_port_refused',
              `The system does not let this program listen on port ${port}.`,
              { port },
            ),
            newMessage('doctor_fix_port_refused', 'Choose a port above 1023 with --port or --https-port.'),
          ),
    )
  },
}
