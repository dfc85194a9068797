import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from '../../errors.ts'
import { FOLDER_ROLES, type FolderPaths } from '../../folders.ts'
import { JOURNAL } from './journal.ts'

const bytesOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** The photo folders that a data folder has of its own, as far as they are there.
 * @param first the first Event's */
function foldersBelow(data: string, first: FolderPaths): string[] {
  const events = join(data, 'events')
  let slugs: string[] = []
  try {
    slugs = readdirSync(events)
  } catch {
    // There has been one Event at most.
  }
  return [
    ...FOLDER_ROLES.map((role) => first[role]),
    ...slugs.flatMap((slug) => FOLDER_ROLES.map((role) => join(events, slug, `photos_${role}`))),
  ]
}

/** Refuses to begin a new catalog where an earlier one is known to have been: it would forget what is in the folders,
 * count the journal's lines from zero, and put an empty gallery in the place of the guests'.
 * @param needs.known whether the catalog that was opened holds an Event; undefined before it is opened
 * @throws Refusal 409 `catalog_lost` */
export function refuseLostCatalog(needs: { data: string; folders: FolderPaths; known?: boolean }): void {
  const { data, folders, known } = needs
  const path = join(data, 'catalog.db')
  if (known ?? bytesOf(path) > 0) return
  // Beside an open catalog there is always such a file.
  const isHalfThere = known === undefined && bytesOf(`${path}-wal`) > 0
  const trace = isHalfThere
    ? data
    : foldersBelow(data, folders).find(
        (folder) => bytesOf(join(folder, JOURNAL)) > 0 || bytesOf(join(folder, 'manifest.json')) > 0,
      )
  if (trace === undefined) return
  throw new Refusal(
    409,
    'catalog_lost',
    `The catalog ${path} is missing or empty, but ${trace} holds an event that it knew. Put back a copy of the catalog from a backup, or start with another data folder (--data); nothing was changed.`,
  )
}
