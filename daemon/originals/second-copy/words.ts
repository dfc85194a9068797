import type { Message } from '../../contract/message.ts'
import { messageOf } from '../../errors.ts'
import { newMessage } from '../../util/message.ts'
import { SourceChanged, SourceUnread, Unsound } from './copying.ts'

/** Why an Original was not copied. */
export function whyNot(name: string, folder: string, error: unknown): Message {
  const why = messageOf(error)
  if (error instanceof SourceChanged)
    return newMessage(
      'second_copy_changed',
      `The file of "${name}" is not the picture that was taken, so it was not copied to the second copy.`,
      { name },
    )
  if (error instanceof SourceUnread)
    return newMessage(
      'second_copy_unread',
      `"${name}" could not be read from its folder, so it was not copied to the second copy. The photo disk may be failing.`,
      { name },
    )
  if (error instanceof Unsound)
    return newMessage(
      'second_copy_unsound',
      `What was written of "${name}" to ${folder} is not what is read back from there. That disk may be failing.`,
      { name, folder },
    )
  return newMessage('second_copy_failed', `"${name}" could not be copied to the second copy: ${why}`, {
    name,
    why,
  })
}

/** A final, by the name under which its bytes are kept. */
export const finalChanged = (name: string): Message =>
  newMessage(
    'second_copy_final',
    `The finished picture "${name}" does not hold the bytes that were taken, so it was not copied to the second copy.`,
    { name },
  )

export const noRoomForJournal = (folder: string): Message =>
  newMessage(
    'second_copy_no_room',
    `The disk of ${folder} has no room even for the journal: what is decided now is not in the second copy.`,
    { folder },
  )

/** Why it does not go on at all. */
export const stopped = (error: unknown): Message =>
  newMessage('second_copy_stopped', `The second copy does not go on: ${messageOf(error)}`, {
    why: messageOf(error),
  })
