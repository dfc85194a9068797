import { constants } from 'node:fs'
import { copyFile, open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** @returns the version of a data folder's catalog (`user_version`), or null where there is none that can be read */
export function catalogVersion(data: string): number | null {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(join(data, 'catalog.db'), { readOnly: true })
    return Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  } catch {
    return null
  } finally {
    db?.close()
  }
}

/** Puts back the copy of the catalog that was made before a newer version of the program changed it, while no daemon runs. The
 * changed one is kept beside it.
 * @param before the version that the catalog had
 * @returns where the changed one is kept; null when the catalog still is as it was
 * @throws Error when there is no such copy; nothing is changed then */
export async function putCatalogBack(data: string, before: number | null): Promise<string | null> {
  const now = catalogVersion(data)
  if (before === null || now === before) return null
  const catalog = join(data, 'catalog.db')
  const copy = `${catalog}.version-${before}`
  await stat(copy).catch((cause: unknown) => {
    throw new Error(`The catalog was changed, and the copy of before is not at ${copy}.`, { cause })
  })
  const part = `${catalog}.part`
  await copyFile(copy, part, constants.COPYFILE_FICLONE)
  const file = await open(part, 'r+')
  await file.sync()
  await file.close()
  const aside = `${catalog}.changed-${now ?? 'unreadable'}-${new Date().toISOString().replace(/[:.]/g, '-')}`
  // The log first: without its catalog it is nothing, and with the old one it would damage that.
  for (const end of ['-wal', '-shm', '']) {
    await rename(catalog + end, aside + end).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
  }
  await rename(part, catalog)
  return aside
}
