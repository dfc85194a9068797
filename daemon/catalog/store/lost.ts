import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from '../../errors.ts'
import { FOLDER_ROLES, SPILL, type FolderPaths } from '../../folders.ts'
import { glance, JOURNAL } from './journal.ts'

const bytesOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** The photo folders that a data folder has of its own, as far as they are there.
 * @param first the first Event's */
export function foldersBelow(data: string, first: FolderPaths): string[] {
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

/** The folder, if there is one, where photos wait for the disk of their own. */
function spillIn(data: string): string | undefined {
  const spill = join(data, SPILL)
  if (!existsSync(spill)) return undefined
  const names = readdirSync(spill, { recursive: true, withFileTypes: true })
  return names.some((entry) => entry.isFile()) ? spill : undefined
}

/** Folders that may hold what was noted while an Event's own was away. */
function spillsBelow(data: string): string[] {
  const spill = join(data, SPILL)
  return existsSync(spill) ? readdirSync(spill).map((slug) => join(spill, slug)) : []
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
    : (foldersBelow(data, folders).find(
        (folder) => bytesOf(join(folder, JOURNAL)) > 0 || bytesOf(join(folder, 'manifest.json')) > 0,
      ) ?? spillIn(data))
  if (trace === undefined) return
  throw new Refusal(
    409,
    'catalog_lost',
    `The catalog ${path} is missing or empty, but ${trace} holds an event that it knew. Rebuild it (npm run rebuild -- --data ${data}), or start with another data folder (--data); nothing was changed.`,
    { params: { path, folder: trace } },
  )
}

/** Refuses a catalog that is not that of the photo folders, or knows less than the journals in them: it would publish what
 * was taken out since, and give names and numbers a second time.
 * @param needs.slugs of the Events that it knows
 * @param needs.last the highest number of a journal's line that it knows
 * @throws Refusal 409 `catalog_foreign`, `catalog_older` */
export function refuseStrangeCatalog(needs: {
  data: string
  folders: FolderPaths
  slugs: ReadonlySet<string>
  last: number
}): void {
  const { data, slugs } = needs
  const path = join(data, 'catalog.db')
  const seen = [...foldersBelow(data, needs.folders), ...spillsBelow(data)]
    .map((folder) => ({ folder, ...glance(join(folder, JOURNAL)) }))
    .filter(({ last }) => last > 0)
  const isStrange = ({ slug }: { slug: string | null }) => slug !== null && !slugs.has(slug)
  const [first] = seen
  if (first && seen.every(isStrange))
    throw new Refusal(
      409,
      'catalog_foreign',
      `The catalog ${path} knows nothing of the event whose photos lie in ${first.folder}: it belongs to another data folder. Put its own back, or rebuild it (npm run rebuild -- --data ${data}); nothing was changed.`,
      { params: { path, folder: first.folder } },
    )
  const newer = seen.find((one) => isStrange(one) || one.last > needs.last)
  if (newer)
    throw new Refusal(
      409,
      'catalog_older',
      `The catalog ${path} is older than the journal in ${newer.folder}. Rebuild it (npm run rebuild -- --data ${data}): it goes on with what the journal says; nothing was changed.`,
      { params: { path, folder: newer.folder } },
    )
}
