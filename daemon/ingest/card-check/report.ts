import type { CardCheck, CardReport, CheckedFrame } from '../../contract/card-check.ts'
import type { Message } from '../../contract/message.ts'
import { newMessage } from '../../util/message.ts'
import { plural } from '../words.ts'

export function newReport(folder: string, label: string): CardReport {
  return {
    folder,
    label,
    state: 'checking',
    safe: false,
    total: 0,
    done: 0,
    counts: {
      here: 0,
      taken_now: 0,
      rejected: 0,
      deleted: 0,
      left: 0,
      set_aside: 0,
      missing: 0,
      unread: 0,
      second_copy_waits: 0,
      before: 0,
      videos: 0,
      outside: 0,
    },
    message: null,
    frames: [],
  }
}

/** Counts the frames, and says whether the card is safe: never before the check is done. */
export function tally(report: CardReport): CardReport {
  const of = (what: CheckedFrame['what']) => report.frames.filter((frame) => frame.what === what).length
  const counts = {
    ...report.counts,
    here: of('here'),
    rejected: of('rejected'),
    deleted: of('deleted'),
    left: of('left'),
    set_aside: of('set_aside'),
    missing: of('missing'),
    unread: of('unread'),
    taken_now: report.frames.filter((frame) => frame.taken_now).length,
    second_copy_waits: report.frames.filter((frame) => frame.second_copy === false).length,
    spilled: report.frames.filter((frame) => frame.spilled && frame.second_copy !== true).length,
  }
  const message = report.message ?? (report.state === 'done' ? wanting(report.total, counts) : null)
  return { ...report, counts, message, safe: report.state === 'done' && message === null }
}

/** What is wanting before the card is safe; null where nothing is. */
function wanting(total: number, counts: CardCheck['counts']): Message | null {
  const { missing, unread, second_copy_waits: n, spilled = 0 } = counts
  if (missing + unread > 0)
    return newMessage(
      'check_not_safe',
      `Not safe to format: ${plural(missing, 'photo is', 'photos are')} missing, ${unread} could not be read.`,
      { missing, unread },
    )
  if (total === 0)
    return newMessage(
      'check_nothing',
      'There is no photo from this event on the card, so nothing was compared. Is it the right card, and was its camera’s clock right?',
    )
  if (spilled > 0)
    return newMessage(
      'check_spilled',
      `Everything is kept, but ${plural(spilled, 'photo')} of this card only on this computer until the photo disk is back. Check again then.`,
      { n: spilled },
    )
  if (n > 0)
    return newMessage(
      'check_second_copy',
      `Everything is in the photo folders, but the second copy still waits for ${plural(n, 'photo')}.`,
      { n },
    )
  return null
}

/** What pages are told while it runs, and afterwards: the frames only on request. */
export const withoutFrames = ({ frames: _, ...check }: CardReport): CardCheck => check
