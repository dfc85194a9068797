import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { CloudSettingsFile } from './settings.ts'
import { sayFault } from './store/s3-faults.ts'
import { createFolderStore } from './store/store-folder.ts'
import { createRefusedStore } from './store/store-refused.ts'
import { createS3Store, type Patience } from './store/store-s3.ts'
import type { ObjectStore } from './store/store.ts'

/** Which bucket the queue is about, in the catalog's settings; another one has got nothing yet. */
export const STORE = 'store'
/** When the backup was made that this data folder came from, as long as nobody has let it use a bucket. */
export const RESTORED = 'restored'

/** The bucket of the settings, the folder that stands in for one, or one that refuses until something is put right.
 * @param kept what the catalog knows of the bucket that was used before, and of a restore */
export function openStore(
  settings: CloudSettingsFile,
  data: string,
  kept: Pick<Catalog['settings'], 'get'>,
  patience?: Patience,
): ObjectStore {
  const { s3, fault } = settings.current()
  const before = kept.get(STORE) ?? 'refused'
  if (fault !== null) return createRefusedStore(before, `${fault}.`)
  if (s3 && (kept.get(RESTORED) ?? '') !== '')
    return createRefusedStore(before, sayFault('restored', s3.bucket), 'restored')
  return s3 ? createS3Store(s3, patience) : createFolderStore(join(data, 'bucket'))
}
