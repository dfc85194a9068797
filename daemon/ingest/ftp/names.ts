import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import { isHidden, splitName } from '../../files.ts'
import type { Message } from '../../contract/message.ts'
import { looksRaw, notAPhoto, pictureNameIn } from '../../originals/names.ts'

/** What systems leave beside photos: no camera sends it, and no program gives it another name later. */
const SCATTERED = /^(\._|\.ds_store$|thumbs\.db$|desktop\.ini$)/i

/** Whether a sender is likely to call a file otherwise once all of it is here: `.X.JPG.1f3a`, `X.JPG.part`, `upload`. */
export function isTemporary(name: string): boolean {
  if (SCATTERED.test(name)) return false
  return isHidden(name) || splitName(name)[1] === '' || notAPhoto(name)?.code === 'being_written'
}

/** Why a file of this name is not received at all, or null. */
export function refusedName(name: string): Message | null {
  return isTemporary(name) ? null : notAPhoto(name)
}

/** By what `readEnd` says that a file is. */
const ENDINGS: Readonly<Record<string, string>> = {
  jpeg: '.jpg', png: '.png', webp: '.webp', tiff: '.tif', avif: '.avif', heic: '.heic', raw: '.raw',
} // prettier-ignore

/** What to call a file whose sender never gave it its final name: what stands in its temporary one, else that and the
 * ending of what it is.
 * @param kindOf what it is, asked only where no name says so */
export async function bestName(name: string, kindOf: () => Promise<string | undefined>): Promise<string> {
  if (!isTemporary(name)) return name
  const inside = pictureNameIn(name)
  if (inside !== null && !isTemporary(inside)) return inside
  const [stem] = splitName(name.replace(/^[.\s]+/, ''))
  return `${stem || 'photo'}${ENDINGS[(await kindOf()) ?? ''] ?? '.jpg'}`
}

/** The half of a Photo that a file of this name is. */
export function shaOf({ main, raw }: PhotoRecord, name: string): string {
  return raw && looksRaw(name) ? raw.sha256 : main.sha256
}
