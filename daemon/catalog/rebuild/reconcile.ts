import { FOLDER_OF, FOLDER_ROLES, type FolderPaths, type FolderRole } from '../../folders.ts'
import type { PhotoState } from '../../contract/photo.ts'
import { isHidden, nameKey } from '../../files.ts'
import { prepare, type Db } from '../store/sql.ts'
import type { Notes } from './notes.ts'
import { namesIn } from './published-list.ts'
import { refuseUnread } from './unread.ts'

const STATES: readonly PhotoState[] = ['buffer', 'archived', 'trashed']

/** The folders that are looked into: finals are kept by their hashes, and found by them. */
const LOOKED = ['buffer', 'web', 'trash', 'archive'] as const

/** Names of the files in an Event's folders; null for a folder that is not there. */
export type Names = Readonly<Record<FolderRole, readonly string[] | null> & { spill: readonly string[] }>

/** @param spill where files lie whose own folder was away, if there is such a folder; the next start brings them there */
export async function readNames(folders: FolderPaths, spill: string | null): Promise<Names> {
  const [buffer, web, trash, archive] = await Promise.all(
    LOOKED.map((role) => namesIn(folders[role], refuseUnread)),
  )
  return {
    buffer: buffer ?? null,
    web: web ?? null,
    trash: trash ?? null,
    archive: archive ?? null,
    finals: null,
    spill: (spill === null ? null : await namesIn(spill, refuseUnread)) ?? [],
  }
}

export const awayOf = (names: Names): FolderRole[] => LOOKED.filter((role) => names[role] === null)

/** A file that no journal knows. */
export interface Unknown {
  readonly state: PhotoState
  readonly name: string
}

/** Puts each Photo where its files are, and notes those that are in no folder.
 * @returns file names that no Photo has, of what may be photos */
export function reconcilePhotos(
  db: Db,
  eventId: number,
  names: Names,
  note: Notes,
): { moved: number; missing: string[]; unknown: Unknown[] } {
  const photos = prepare<{ id: string; state: PhotoState; sha256: string; filename: string; role: string }>(
    db,
    `SELECT p.id, p.state, o.sha256, o.filename, o.role FROM photos p JOIN originals o ON o.photo_id = p.id
     WHERE p.event_id = ? AND p.deleted_at IS NULL AND o.spilled IS NULL ORDER BY p.id, o.role`,
  )
  const deleted = prepare<{ filename: string }>(
    db,
    `SELECT o.filename FROM photos p JOIN originals o ON o.photo_id = p.id
     WHERE p.event_id = ? AND p.deleted_at IS NOT NULL`,
  )
  const setState = prepare(db, 'UPDATE photos SET state = ? WHERE id = ?')
  const lose = prepare(db, 'UPDATE originals SET lost = 1 WHERE event_id = ? AND sha256 = ?')
  const keys = new Map(
    STATES.map((state) => [state, new Set((names[FOLDER_OF[state]] ?? []).map(nameKey))] as const),
  )
  const isAway = (state: PhotoState) => names[FOLDER_OF[state]] === null
  const known = new Map(STATES.map((state) => [state, new Set<string>()] as const))
  const waiting = new Set(names.spill.map(nameKey))
  const missing: string[] = []
  let moved = 0
  const states = new Map<string, PhotoState>()
  for (const { id, state: said, sha256, filename, role } of photos.all(eventId)) {
    const state = states.get(id) ?? said
    const key = nameKey(filename)
    const isThere = (one: PhotoState) => keys.get(one)!.has(key)
    const found = isThere(state) ? state : STATES.find(isThere)
    if (found !== undefined) known.get(found)!.add(key)
    const isElsewhere = found === undefined && (STATES.some(isAway) || waiting.has(key))
    if (found === state || isElsewhere) continue
    if (found === undefined) {
      missing.push(filename)
      lose.run(eventId, sha256)
    } else if (role === 'main' && !isAway(state)) {
      moved += 1
      states.set(id, found)
      setState.run(found, id)
      note(eventId, { fact: 'photo.moved', photo: id, state: found })
    }
  }
  // What was deleted for good and lies there still is removed by the next start.
  for (const { filename } of deleted.all(eventId)) known.get('trashed')!.add(nameKey(filename))
  const unknown = STATES.flatMap((state) =>
    (names[FOLDER_OF[state]] ?? [])
      .filter((name) => !isHidden(name) && !/\.xmp$/i.test(name) && !known.get(state)!.has(nameKey(name)))
      .map((name) => ({ state, name })),
  )
  return { moved, missing, unknown }
}

/** Notes the folders' ids as their sentinels have them, so that they are known again. */
export function noteFolders(
  db: Db,
  folders: FolderPaths,
  ids: Readonly<Partial<Record<FolderRole, string>>>,
): void {
  const set = prepare(
    db,
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  for (const role of FOLDER_ROLES) {
    const id = ids[role]
    if (id !== undefined) set.run(`folder:${folders[role]}`, id)
  }
}
