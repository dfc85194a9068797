import { messageOf } from '../../errors.ts'
import { CameraFault, FAULT } from './port.ts'

/** Why a camera does not do its work. `code` is for pages that say it in their own language. */
export interface Trouble {
  readonly code:
    'dropped' | 'held' | 'busy' | 'no_answer' | 'not_there' | 'lost_process' | 'unlisted' | 'failed'
  readonly message: string
  /** Programs that hold it and that only a person may quit. */
  readonly holders: readonly string[]
}

/** What is on a camera could not be listed, and the camera answers all the same: it is not asleep. */
export class Unlisted extends Error {
  constructor(cause: CameraFault) {
    super(messageOf(cause), { cause })
    this.name = 'Unlisted'
  }
}

const NOT_THERE: readonly number[] = [FAULT.usbFind, FAULT.unknownPort, FAULT.modelNotFound]

/** What a failure of the connection means, in one plain sentence.
 * @param holders programs that hold the camera, as people know them */
export function troubleOf(error: unknown, holders: readonly string[] = []): Trouble {
  const [code, message] = wordsFor(error, holders)
  return { code, message, holders }
}

function wordsFor(error: unknown, holders: readonly string[]): [Trouble['code'], string] {
  if (error instanceof Unlisted)
    return [
      'unlisted',
      `The camera answers, but its card cannot be listed: ${messageOf(error)}. A file or folder on it may be damaged.`,
    ]
  const code = error instanceof CameraFault ? error.code : null
  if (code === FAULT.usbClaim || code === FAULT.lock) {
    const who = holders.length > 0 ? holders.join(', ') : 'Photos, Image Capture, Preview or Lightroom'
    return ['held', `Another program holds the camera. Quit ${who}.`]
  }
  if (code === FAULT.busy) return ['busy', 'The camera was busy and did not answer in time.']
  if (code === FAULT.timeout) return ['no_answer', 'The camera did not answer in time.']
  if (code === FAULT.processLost)
    return ['lost_process', 'The camera hung and its connection is being made anew.']
  if (code !== null && NOT_THERE.includes(code)) return ['not_there', 'The camera is not connected.']
  if (code === FAULT.io || code === FAULT.general) return ['dropped', 'The connection to the camera broke.']
  return ['failed', `The camera answered with an error: ${messageOf(error)}.`]
}
