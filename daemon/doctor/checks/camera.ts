import type { CameraView } from '../../contract/camera.ts'
import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check, type Finding } from '../check.ts'

const quit = (holders: string) =>
  newMessage('doctor_fix_held', `Quit ${holders} on this computer.`, { holders })

function findingOf({ name, state, trouble, readouts }: CameraView): Finding {
  const params = { name }
  if (state === 'held' || trouble?.code === 'held') {
    const holders = trouble?.holders.join(', ') ?? ''
    return holders === ''
      ? bad(
          newMessage('doctor_camera_held', `Another program holds the camera ${name}.`, params),
          newMessage(
            'doctor_fix_held_unknown',
            'Quit Photos, Image Capture, Preview, Lightroom and the like, then plug the camera in again.',
          ),
        )
      : bad(
          newMessage('doctor_camera_held_by', `${holders} holds the camera ${name}.`, { ...params, holders }),
          quit(holders),
        )
  }
  if (state === 'card_full')
    return bad(
      newMessage('doctor_camera_full', `The card in ${name} is full.`, params),
      newMessage('doctor_fix_camera_full', 'Put an empty card into the camera.'),
    )
  if (state === 'reconnecting' || state === 'asleep')
    return bad(
      newMessage('doctor_camera_silent', `The camera ${name} does not answer.`, params),
      newMessage(
        'doctor_fix_camera',
        'Switch it on, plug its cable in again, and set its sleep timer to off.',
      ),
    )
  if (typeof readouts?.battery === 'number' && readouts.battery < 20)
    return warn(
      newMessage('doctor_camera_battery', `The battery of ${name} has ${readouts.battery} % left.`, {
        ...params,
        percent: readouts.battery,
      }),
      newMessage('doctor_fix_camera_battery', 'Put a full battery into the camera.'),
    )
  if (readouts?.capture_target === 'memory')
    return warn(
      newMessage(
        'doctor_camera_memory',
        `${name} keeps its frames in memory, where a pulled cable loses them.`,
        params,
      ),
      newMessage(
        'doctor_fix_camera_memory',
        'Set the camera to save to its card when it is connected to a computer.',
      ),
    )
  return fine(newMessage('doctor_camera', `The camera ${name} is connected.`, params))
}

/** Each camera, and who else holds it. */
export const camera: Check = {
  name: 'camera',
  async run(facts) {
    const [{ camera: all }, running] = await Promise.all([facts.status(), facts.holders()])
    const found = all.cameras.map(findingOf)
    const isHeld = all.cameras.some(({ state }) => state === 'held')
    // Programs that would take the next camera are no matter where none is wanted.
    if (running.length > 0 && all.state === 'on' && !isHeld) {
      const holders = running.join(', ')
      found.push(
        warn(
          newMessage('doctor_holders', `${holders} runs, and may take hold of a camera.`, { holders }),
          quit(holders),
        ),
      )
    }
    return found.length > 0
      ? found
      : unknown(newMessage('doctor_camera_none', 'No camera is connected now. Connect it and look again.'))
  },
}
