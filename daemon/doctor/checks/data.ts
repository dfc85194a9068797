import { newMessage } from '../../util/message.ts'
import { bad, fine, rebuildCommand, warn, type Check } from '../check.ts'

const elsewhere = () =>
  newMessage('doctor_fix_data', 'Name another folder with --data, or correct it in the start command.')

const fixCatalog = (path: string) => {
  const command = rebuildCommand({ path })
  return newMessage('doctor_fix_catalog', `Rebuild it (${command}), or put it back from a backup.`, {
    command,
  })
}

/** The data folder: whether it is there, ours, and free. */
export const data: Check = {
  name: 'data',
  async run(facts) {
    const { path, state, why = '' } = await facts.data()
    const params = { folder: path }
    switch (state) {
      case 'ready':
        return fine(newMessage('doctor_data', `The data folder is ${path}.`, params))
      case 'new':
        return warn(
          newMessage('doctor_data_new', `There is no data folder at ${path} yet.`, params),
          newMessage('doctor_fix_data_new', 'Start the program once: npm run event. It makes the folder.'),
        )
      case 'strange':
        return warn(
          newMessage(
            'doctor_data_strange',
            `There are files in ${path}, but none of this program’s.`,
            params,
          ),
          elsewhere(),
        )
      case 'not_folder':
        return bad(newMessage('doctor_data_file', `${path} is a file, not a folder.`, params), elsewhere())
      case 'closed':
        return bad(
          newMessage('doctor_data_closed', `The data folder ${path} may not be read and written.`, params),
          newMessage(
            'doctor_fix_data_closed',
            'Give your user read and write access to it, or connect its disk again.',
          ),
        )
      case 'of_others':
        return bad(
          newMessage(
            'doctor_data_of_others',
            `The data folder ${path} belongs to another user of this computer.`,
            params,
          ),
          newMessage('doctor_fix_data_of_others', 'Log in as that user, or name another folder with --data.'),
        )
      case 'in_use':
        return bad(
          newMessage(
            'doctor_data_in_use',
            `A running program holds the data folder ${path}, but does not answer here.`,
            params,
          ),
          newMessage(
            'doctor_fix_data_in_use',
            'Give the port that it was started with (--port), or stop it and start it again.',
          ),
        )
      case 'lost':
        return bad(
          newMessage(
            'doctor_data_lost',
            `The catalog of ${path} is missing, but there are photos of an event.`,
            params,
          ),
          fixCatalog(path),
        )
      case 'strange_catalog':
        return bad(
          newMessage(
            'doctor_data_strange_catalog',
            `The catalog in ${path} is older than its photo folders, or belongs to others.`,
            params,
          ),
          fixCatalog(path),
        )
      case 'damaged':
        return bad(
          newMessage('doctor_data_damaged', `The catalog in ${path} is damaged and cannot be read.`, params),
          fixCatalog(path),
        )
      case 'newer':
        return bad(
          newMessage(
            'doctor_data_newer',
            `The catalog in ${path} was made by a newer version of this program.`,
            params,
          ),
          newMessage('doctor_fix_data_newer', 'Start the newer version of the program.'),
        )
      case 'config':
        return bad(
          newMessage('doctor_data_config', `The configuration in ${path} cannot be used: ${why}`, {
            ...params,
            why,
          }),
          newMessage('doctor_fix_config', 'Correct or remove config/daemon.json in the data folder.'),
        )
    }
  },
}
