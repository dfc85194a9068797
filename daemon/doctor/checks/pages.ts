import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

/** Whether the pages and the object that were sent to Cloudflare are of this version. They are sent together. */
export const pages: Check = {
  name: 'pages',
  async run(facts, signal) {
    if ((await facts.status()).public_url === null)
      return unknown(newMessage('doctor_pages_none', 'There are no public pages.'))
    const deploy = newMessage('doctor_fix_deploy', 'Run npm run deploy in the folder of the program.')
    const addresses = await facts.guestAddresses()
    if (addresses.some(({ what, ok }) => what === 'page' && !ok))
      return bad(newMessage('doctor_pages_away', 'The public pages do not know the event.'), deploy)
    const theirs = await facts.pagesVersion(signal)
    const { version: ours } = facts
    if (theirs === null)
      return warn(
        newMessage(
          'doctor_pages_unnamed',
          'The public pages do not say their version: they are older than this program.',
        ),
        deploy,
      )
    if (theirs !== ours)
      return warn(
        newMessage(
          'doctor_pages_other',
          `The public pages are of version ${theirs}, this program is ${ours}.`,
          { theirs, ours },
        ),
        deploy,
      )
    if (addresses.some(({ what, ok }) => what === 'push' && !ok))
      return warn(
        newMessage(
          'doctor_pages_object',
          'The object that tells guests’ pages what is new is missing: they ask instead.',
        ),
        deploy,
      )
    return fine(newMessage('doctor_pages', `The public pages are of this version (${ours}).`, { ours }))
  },
}
