import { newMessage } from '../../util/message.ts'
import { bad, fine, type Check } from '../check.ts'

/** The Node that runs the program. */
export const node: Check = {
  name: 'node',
  run(facts) {
    const { version, wanted } = facts.node()
    if (Number.parseInt(version, 10) >= wanted)
      return fine(newMessage('doctor_node', `Node ${version} runs this program.`, { version }))
    return bad(
      newMessage('doctor_node_old', `Node ${version} is too old for this program.`, { version }),
      newMessage(
        'doctor_fix_node',
        `Install Node ${wanted} or newer, or run npm ci in the folder of the program.`,
        { wanted },
      ),
    )
  },
}
