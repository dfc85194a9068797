import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CatalogFault } from '../../contract/rebuild.ts'
import { Refusal } from '../../errors.ts'
import type { FolderPaths } from '../../folders.ts'
import { refuseLostCatalog, refuseStrangeCatalog } from '../store/lost.ts'
import { MIGRATIONS, newerCatalog } from '../store/migrations.ts'
import { bringCatalog, examine } from './base.ts'

/** The codes by which a start refuses a catalog that can be rebuilt. */
export const FAULTS: Readonly<Record<string, CatalogFault>> = {
  catalog_lost: 'missing',
  catalog_damaged: 'damaged',
  catalog_foreign: 'foreign',
  catalog_older: 'older',
}

/** What is wrong with a data folder's catalog, which is only looked at.
 * @returns null where nothing is, or nothing is there yet @throws Refusal 409 `newer_catalog` */
export async function findFault(needs: { data: string; folders: FolderPaths }): Promise<CatalogFault | null> {
  const path = join(needs.data, 'catalog.db')
  try {
    refuseLostCatalog(needs)
    if (!existsSync(path)) return null
    const seen = await examine(path)
    if (seen === null) {
      await refuseNewer(path)
      return 'damaged'
    }
    refuseLostCatalog({ ...needs, known: seen.slugs.length > 0 })
    if (seen.slugs.length > 0) refuseStrangeCatalog({ ...needs, slugs: new Set(seen.slugs), last: seen.last })
    return null
  } catch (error) {
    const fault = error instanceof Refusal ? FAULTS[error.code] : undefined
    if (fault === undefined) throw error
    return fault
  }
}

/** A catalog that only a newer program can read is none that is damaged. @throws Refusal 409 `newer_catalog` */
async function refuseNewer(path: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lep-look-'))
  let version = 0
  try {
    await bringCatalog(path, join(folder, 'catalog.db'))
    const db = new DatabaseSync(join(folder, 'catalog.db'))
    try {
      version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    } finally {
      db.close()
    }
  } catch {
    // It cannot be read at all.
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  if (version > MIGRATIONS.length) throw newerCatalog(version, MIGRATIONS.length)
}
