import { isAbsolute } from 'node:path'
import type { Message } from '../contract/message.ts'
import { FOLDER_ROLES, liesIn, withFinals, type FolderPaths } from '../folders.ts'
import { newMessage } from './message.ts'

/** What is wrong with photo folders taken together: each absolute, and none inside another, also on a disk
 * that knows names without their case. */
export function overlaps(given: FolderPaths): Message[] {
  const folders = withFinals(given)
  const faults: Message[] = []
  for (const role of FOLDER_ROLES) {
    if (!isAbsolute(folders[role]))
      faults.push(
        newMessage('not_a_path', `folders.${role}: expected a whole path but received "${folders[role]}"`, {
          folder: folders[role],
        }),
      )
    for (const other of FOLDER_ROLES)
      if (
        role !== other &&
        liesIn(folders[role], folders[other]) &&
        (!liesIn(folders[other], folders[role]) || role < other)
      )
        faults.push(
          newMessage(
            'folder_inside',
            `folders.${role}: "${folders[role]}" lies in the ${other} folder "${folders[other]}"`,
            { folder: folders[role], other: folders[other] },
          ),
        )
  }
  return faults
}
