import { nameKey } from '../files.ts'

/** What cameras and programs call the folders that they sort RAW and JPEG into. */
const SORTED = /^(raws?|jpe?gs?|nef|nrw|cr[23w]|arw|dng|raf|orf|rw2|pef|srw|3fr|iiq|dcim)$/

/** Where a file lay, as far as that shows which frames belong together. */
interface Place {
  readonly source: string
  /** The file's folder there, without those that only say what kind of file is in it; '' where nothing more is known,
   * as for what was sent flat. */
  readonly folder: string
}

/** @param origin Source and folder, as the catalog keeps them */
function placeOf(origin: string): Place {
  const colon = origin.lastIndexOf(':')
  const folder = colon < 0 ? '' : origin.slice(colon + 1)
  const parts = nameKey(folder)
    .split('/')
    .filter((part) => part !== '' && !SORTED.test(part))
  return { source: colon < 0 ? origin : origin.slice(0, colon), folder: parts.join('/') }
}

/** One half of a RAW+JPEG pair, as it came. */
export interface Half {
  readonly origin: string
  readonly serial: string | null
  readonly camera: string | null
}

/** Whether two files of one name and second may be of one press of the shutter by where they lay and who shot them: in
 * one folder, in RAW and JPG folders side by side, in folders of the same name on two cards, or sent flat by a camera
 * of which the serial number is known. Two bodies with the same count are distinguished by their serial numbers. */
export function mayBelong(a: Half, b: Half): boolean {
  const isKnown = a.serial !== null && b.serial !== null
  if (isKnown && a.serial !== b.serial) return false
  if (a.origin === b.origin) return true
  const [here, there] = [placeOf(a.origin), placeOf(b.origin)]
  if (here.folder !== there.folder) return isKnown && (here.folder === '' || there.folder === '')
  if (here.source === there.source || isKnown) return true
  return here.folder !== '' && (a.camera === null || b.camera === null || a.camera === b.camera)
}
