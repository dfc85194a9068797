import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { JOURNAL } from '../../catalog/store/journal.ts'
import { errnoOf, messageOf, Refusal } from '../../errors.ts'
import { isHidden, nameKey, splitName } from '../../files.ts'
import { FOLDER_ROLES, KEPT, SENTINEL, type FolderRole } from '../../folders.ts'
import { eventPath } from './manifest.ts'
import type { SnapshotEvent } from './snapshot.ts'

/** Which photos a backup takes along: what was shot, what guests see, both, or none. The journals always come. */
export const PHOTO_CHOICES = ['originals', 'published', 'all', 'none'] as const
export type PhotoChoice = (typeof PHOTO_CHOICES)[number]

export interface Planned {
  /** Below the backup's folder. */
  readonly path: string
  readonly from: string
  /** As the catalog names it; null where it does not. */
  readonly sha256: string | null
}

export interface Plan {
  readonly files: readonly Planned[]
  /** What the catalog names and its folder does not hold. */
  readonly absent: readonly Planned[]
}

const hasOriginals = (photos: PhotoChoice) => photos === 'originals' || photos === 'all'
const hasPublished = (photos: PhotoChoice) => photos === 'published' || photos === 'all'

/** What of an Event's folders goes into the backup, by the role of each folder wherever it lies.
 * @throws Refusal 503 `folder_away` for a folder whose disk is not there */
export async function planEvent(event: SnapshotEvent, photos: PhotoChoice): Promise<Plan> {
  const files: Planned[] = []
  const absent: Planned[] = []
  for (const role of FOLDER_ROLES) {
    const isWanted = role === 'web' ? hasPublished(photos) : hasOriginals(photos) || role === 'buffer'
    if (!isWanted) continue
    const onlyJournal = role !== 'web' && !hasOriginals(photos)
    // The catalog holds what the journal says, and what waits to be written into it.
    if (onlyJournal && !(await isThere(event, role))) continue
    await checkThere(event, role)
    const folder = event.folders[role]
    const found = onlyJournal ? await journalOf(folder) : await filesIn(folder, role, photos)
    const known = new Map(
      event.expected.filter((one) => one.role === role).map((one) => [nameKey(one.file), one]),
    )
    for (const file of found) {
      if (event.rehearsals.includes(splitName(basename(file))[0])) continue
      const { sha256 = null } = known.get(nameKey(file)) ?? {}
      known.delete(nameKey(file))
      files.push({ path: eventPath(event.slug, role, file), from: join(folder, file), sha256 })
    }
    if (!onlyJournal)
      for (const { file, sha256, spilled } of known.values()) {
        const one = { path: eventPath(event.slug, role, file), from: spilled ?? join(folder, file), sha256 }
        ;(spilled === undefined ? absent : files).push(one)
      }
  }
  return { files, absent }
}

/** An empty folder in the place of a pulled disk is no folder without photos. */
async function isThere({ folders, sentinels }: SnapshotEvent, role: FolderRole): Promise<boolean> {
  const known = sentinels[role]
  if (known === undefined) return true
  const found = await readFile(join(folders[role], SENTINEL), 'utf8').catch(() => '')
  return found.trim() === known
}

/** @throws Refusal 503 `folder_away` */
async function checkThere(event: SnapshotEvent, role: FolderRole): Promise<void> {
  if (await isThere(event, role)) return
  const path = event.folders[role]
  throw new Refusal(
    503,
    'folder_away',
    `The ${role} folder is away: ${path}. Connect its disk and run it again, or back up one event (--event) or no photos (--photos none).`,
    { params: { role, folder: path } },
  )
}

async function journalOf(folder: string): Promise<string[]> {
  return (await entries(folder)).filter(({ name }) => name === JOURNAL).map(({ name }) => name)
}

/** Hidden things that a backup takes: the journal, and the finals' bytes as they were taken. */
const isOwn = (role: FolderRole, path: string) =>
  (role === 'buffer' && path === JOURNAL) || (role === 'finals' && path === KEPT)

async function filesIn(folder: string, role: FolderRole, photos: PhotoChoice): Promise<string[]> {
  const found: string[] = []
  async function walk(below: string): Promise<void> {
    for (const entry of await entries(join(folder, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (isHidden(entry.name) && !isOwn(role, path)) continue
      // In the trash lies what was published, too.
      if (role === 'trash' && path === 'published' && !hasPublished(photos)) continue
      if (entry.isDirectory()) await walk(path)
      else if (entry.isFile()) found.push(path)
    }
  }
  await walk('')
  return found
}

/** @throws Refusal 422 `backup_source_unread` */
async function entries(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return []
    throw new Refusal(
      422,
      'backup_source_unread',
      `${folder} could not be read: ${messageOf(cause)}. Nothing was changed there; its disk may be gone or failing.`,
      { cause, params: { path: folder, why: messageOf(cause) } },
    )
  }
}
