import { newMessage } from '../../util/message.ts'
import { bad, fine, type Check } from '../check.ts'

/** Whether folders and cards may be read and written: on a Mac the system asks for removable disks by itself, once. */
export const permissions: Check = {
  name: 'permissions',
  async run(facts) {
    const refused = (await facts.access()).filter((one) => one.refused !== null)
    if (refused.length === 0)
      return fine(newMessage('doctor_permissions', 'Folders and cards may be read and written.'))
    return refused.map(({ path, refused: why }) => {
      const params = { folder: path }
      if (why === 'EROFS')
        return bad(
          newMessage('doctor_read_only', `The disk of ${path} can only be read.`, params),
          newMessage(
            'doctor_fix_read_only',
            'Let go of the disk’s lock, or repair it with the system’s disk tool.',
          ),
        )
      const says = newMessage(
        'doctor_refused',
        `The system does not allow this program to use ${path}.`,
        params,
      )
      return facts.platform === 'darwin'
        ? bad(
            says,
            newMessage(
              'doctor_fix_refused_mac',
              'System Settings > Privacy & Security > Files and Folders: allow removable volumes for the program that starts this one (Terminal or node).',
            ),
          )
        : bad(
            says,
            newMessage(
              'doctor_fix_refused',
              'Give your user read and write access to the folder (chmod, chown).',
            ),
          )
    })
  },
}
