import { newMessage } from '../../util/message.ts'
import { bad, fine, type Check } from '../check.ts'

/** Whether the bucket takes, gives back and removes a file. */
export const bucket: Check = {
  name: 'bucket',
  seconds: 20,
  late: bad(
    newMessage('doctor_bucket_late', 'The bucket does not answer in time.'),
    newMessage(
      'doctor_fix_internet',
      'Look whether the computer is on the internet: open any web page on it.',
    ),
  ),
  async run(facts) {
    const { kind, name, keys } = facts.bucket()
    if (kind === 'refused')
      return bad(
        newMessage('doctor_keys_open', `The file with the bucket’s keys is not used: ${keys}`, {
          file: keys,
        }),
        newMessage('doctor_fix_keys_open', `Run: chmod 600 "${keys}"`, { file: keys }),
      )
    const { steps } = await facts.probe()
    const failed = steps.find(({ step, result }) => result === 'failed' && step !== 'public')
    const cloud = () => newMessage('doctor_fix_cloud', 'Correct it under More > Cloud, and press Test there.')
    if (failed) {
      const params = { name, why: failed.code ?? failed.message }
      if (failed.step === 'remove')
        return bad(
          newMessage('doctor_bucket_keeps', `${name} does not remove files: ${failed.message}`, params),
          cloud(),
        )
      if (failed.step === 'read')
        return bad(
          newMessage(
            'doctor_bucket_read',
            `${name} does not give back what it was sent: ${failed.message}`,
            params,
          ),
          cloud(),
        )
      if (failed.code === 'away' || failed.code === 'portal')
        return bad(
          newMessage('doctor_bucket_away', `${name} cannot be reached: ${failed.message}`, params),
          newMessage(
            'doctor_fix_internet',
            'Look whether the computer is on the internet: open any web page on it.',
          ),
        )
      return bad(
        newMessage('doctor_bucket_write', `${name} does not take files: ${failed.message}`, params),
        cloud(),
      )
    }
    return kind === 'folder'
      ? fine(
          newMessage('doctor_bucket_folder', 'There is no bucket: guests read the gallery on this network.'),
        )
      : fine(newMessage('doctor_bucket', `${name} takes, gives back and removes files.`, { name }))
  },
}
