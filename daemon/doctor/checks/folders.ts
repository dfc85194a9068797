import { newMessage } from '../../util/message.ts'
import { bad, catalogMissing, fine, unknown, type Check } from '../check.ts'

/** The photo folders, each on its own disk by the sentinel in it. */
export const folders: Check = {
  name: 'folders',
  async run(facts) {
    const [{ folders: all }, access] = await Promise.all([facts.status(), facts.access()])
    if (all.length === 0)
      return (
        (await catalogMissing(facts)) ??
        unknown(newMessage('doctor_folders_none', 'There are no photo folders yet.'))
      )
    const away = all.filter(({ state }) => state === 'away')
    if (away.length === 0) return fine(newMessage('doctor_folders', 'The photo folders are on their disks.'))
    return away.map(({ path }) => {
      const params = { folder: path }
      return access.some((one) => one.path === path && one.isMarked)
        ? bad(
            newMessage(
              'doctor_folder_other',
              `${path} is another folder of the same name: of another disk or data folder.`,
              params,
            ),
            newMessage(
              'doctor_fix_folder_other',
              'Take that disk out and connect the right one, or choose another folder under More > Folders.',
            ),
          )
        : bad(
            newMessage('doctor_folder_away', `The folder ${path} is away.`, params),
            newMessage(
              'doctor_fix_folder_away',
              'Connect its disk. Nothing is written there until it is back.',
            ),
          )
    })
  },
}
