import { newMessage } from '../../util/message.ts'
import { fine, warn, type Check } from '../check.ts'

/** What talks to cameras. Cards and folders work without it. */
export const libgphoto2: Check = {
  name: 'libgphoto2',
  async run(facts) {
    const { camera } = await facts.status()
    if (camera.state === 'on') return fine(newMessage('doctor_library', 'libgphoto2 is there.'))
    if (camera.state === 'off')
      return fine(newMessage('doctor_library_off', 'Cameras are left alone, as it was started.'))
    const says = newMessage(
      'doctor_library_missing',
      'libgphoto2 is missing or cannot be used: no camera can be connected.',
    )
    return facts.platform === 'darwin'
      ? warn(
          says,
          newMessage('doctor_fix_library_mac', 'Run: brew install libgphoto2. Then start the program again.'),
        )
      : warn(
          says,
          newMessage(
            'doctor_fix_library',
            'Run: apt-get install libgphoto2-6. Then start the program again.',
          ),
        )
  },
}
