import { nameKey, splitName } from '../../files.ts'

/** What phones put behind a frame's name to distinguish its files: `PXL_1.RAW-01.MP.COVER.jpg`, `PXL_1.MP.jpg`. */
const ROLES = /(?:\.(?:[a-z_]+-\d+|cover|original|mp|night|portrait|pano|ts))+$/
/** Other makers': `IMG_1_RAW.dng`, `WP_1__highres.dng`. */
const ENDINGS = /[._-]{1,2}(?:raw|highres)$/

/** What the files of one press of the shutter share of their names: compared as the file system does, without the
 * ending and without what phones put before it. */
export function frameStem(name: string): string {
  const stem = nameKey(splitName(name)[0])
  const short = stem.replace(ROLES, '').replace(ENDINGS, '')
  return short === '' ? stem : short
}
