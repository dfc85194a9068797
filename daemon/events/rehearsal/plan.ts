import type { Message } from '../../contract/message.ts'
import type { RehearsalStepName } from '../../contract/rehearsal.ts'
import type { Params } from '../../contract/message.ts'
import { newMessage } from '../../util/message.ts'

/** What one step may take, what it stands on, and what is said when it fails. Milliseconds. */
export interface PlannedStep {
  readonly name: RehearsalStepName
  /** What it takes where all is well; longer is slow. */
  readonly expected: number
  /** After so long it has failed. */
  readonly within: number
  /** Steps without which there is nothing to try. */
  readonly after: readonly RehearsalStepName[]
  failed(why: Params): Message
  readonly fix: Message
}

const said = (params: Params) => String(params['said'] ?? params['why'] ?? '')

/** Every step, in order. All but the last two share MAIN milliseconds; the last two, which clear up, are done whatever
 * became of those before. */
export const PLAN: readonly PlannedStep[] = [
  {
    name: 'camera',
    expected: 20_000,
    within: 20_000,
    after: [],
    failed: (why) =>
      newMessage('rehearsal_camera_failed', `No frame came from the camera: ${said(why)}`, why),
    fix: newMessage(
      'rehearsal_fix_camera',
      'Press the shutter within 20 seconds. If you did, look at the camera under the status, and at its cable.',
    ),
  },
  {
    name: 'take',
    expected: 2500,
    within: 10_000,
    after: [],
    failed: (why) => newMessage('rehearsal_take_failed', `The test shot was not taken in: ${said(why)}`, why),
    fix: newMessage(
      'rehearsal_fix_take',
      'Press “Check now” above: look at the photo folders and the room on the disk.',
    ),
  },
  {
    name: 'show',
    expected: 3000,
    within: 10_000,
    after: ['take'],
    failed: (why) =>
      newMessage('rehearsal_show_failed', `The picture did not come up on this device: ${said(why)}`, why),
    fix: newMessage(
      'rehearsal_fix_show',
      'Keep this page open and in front until it is done, and move closer to the Wi-Fi.',
    ),
  },
  {
    name: 'publish',
    expected: 3000,
    within: 12_000,
    after: ['take'],
    failed: (why) =>
      newMessage('rehearsal_publish_failed', `The test shot was not published: ${said(why)}`, why),
    fix: newMessage(
      'rehearsal_fix_publish',
      'Publish any photo by hand: the app says there what is in the way. Often it is the watermark’s file, or a folder.',
    ),
  },
  {
    name: 'here',
    expected: 1000,
    within: 6000,
    after: ['publish'],
    failed: (why) =>
      newMessage(
        'rehearsal_here_failed',
        `Guests on this network do not get the published file: ${said(why)}`,
        why,
      ),
    fix: newMessage(
      'rehearsal_fix_here',
      'Press “Check now” above: look at the address, the ports and the firewall.',
    ),
  },
  {
    name: 'upload',
    expected: 8000,
    within: 15_000,
    after: ['publish'],
    failed: (why) =>
      newMessage('rehearsal_upload_failed', `The published file is not in the bucket: ${said(why)}`, why),
    fix: newMessage('rehearsal_fix_upload', 'Look at More > Cloud, and press Test there.'),
  },
  {
    name: 'public',
    expected: 3000,
    within: 8000,
    after: ['publish', 'upload'],
    failed: (why) =>
      newMessage(
        'rehearsal_public_failed',
        `The public address does not give the published file: ${said(why)}`,
        why,
      ),
    fix: newMessage(
      'rehearsal_fix_public',
      'Look whether both addresses under More > Cloud are those of this bucket, then run: npm run deploy.',
    ),
  },
  {
    name: 'remove',
    expected: 2000,
    within: 7000,
    after: ['take'],
    failed: (why) =>
      newMessage(
        'rehearsal_remove_failed',
        `The test shot was not taken out: ${said(why)} It is in no list, and is tried again.`,
        why,
      ),
    fix: newMessage(
      'rehearsal_fix_remove',
      'Connect the disk with the photo folders again. The next rehearsal, or start, removes it.',
    ),
  },
  {
    name: 'gone',
    expected: 6000,
    within: 14_000,
    after: ['take', 'remove'],
    failed: (why) =>
      newMessage(
        'rehearsal_gone_failed',
        `The test shot is not gone everywhere yet: ${said(why)} It is in no list, and its removal goes on.`,
        why,
      ),
    fix: newMessage(
      'rehearsal_fix_gone',
      'Let keys and caches be as More > Cloud says (removing must be allowed; a purge token empties the caches), then rehearse again.',
    ),
  },
]

/** What all steps but the clearing up have together, from the first after the camera's, milliseconds. */
export const MAIN = 36_000
/** What is done even when everything before took too long. */
export const CLEARING: readonly RehearsalStepName[] = ['remove', 'gone']
