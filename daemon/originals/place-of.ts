import { join } from 'node:path'
import type { EventRecord } from '../catalog/events.ts'
import type { OriginalRecord } from '../catalog/photos/photos.ts'
import type { PhotoState } from '../contract/photo.ts'
import { FOLDER_OF } from '../folders.ts'

/** Where the file of an Original lies: in the folder of its Photo's state, or in the Event's spill folder as long as the
 * disk of that folder was not back. */
export function placeOf(
  { folders, spill }: Pick<EventRecord, 'folders' | 'spill'>,
  state: PhotoState,
  { filename, spilled }: Pick<OriginalRecord, 'filename' | 'spilled'>,
): string {
  return spilled === null ? join(folders[FOLDER_OF[state]], filename) : join(spill, spilled)
}
