import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { PhotoState } from '../../contract/photo.ts'
import { nameUnknown, sniff } from '../../darkroom/formats/sniff.ts'
import { messageOf } from '../../errors.ts'
import { isHidden, nameKey, splitName } from '../../files.ts'
import { publicStem } from '../../publish/public-names.ts'
import { namesIn, type OldHistory, type OldSystem } from './old-system.ts'

export interface PlannedPhoto {
  readonly path: string
  readonly filename: string
  readonly state: PhotoState
  /** Milliseconds since 1970. */
  readonly modifiedAt: number
  readonly published: number
  readonly unpublished: number
  /** Public names that it had and has no more: they are not given again. */
  readonly formerNames: readonly string[]
}

/** A photo that guests see. */
export interface PlannedPublication {
  readonly path: string
  /** The public name. */
  readonly name: string
  readonly modifiedAt: number
  /** The photo that it was made from, by its path; null where that is not there any more. */
  readonly photo: string | null
}

export interface ImportPlan {
  readonly photos: readonly PlannedPhoto[]
  /** Oldest first. */
  readonly live: readonly PlannedPublication[]
  /** Files that are not taken over, with the reason. */
  readonly unread: readonly { readonly path: string; readonly why: string }[]
  readonly notes: readonly string[]
}

const STATES = [
  ['buffer', 'buffer'],
  ['archived', 'archive'],
  ['trashed', 'trash'],
] as const

/** What an import of the previous system's folder would do. Reads the head of each file and changes nothing. */
export async function planImport(old: OldSystem): Promise<ImportPlan> {
  const unread: { path: string; why: string }[] = []
  const found: { path: string; filename: string; state: PhotoState; modifiedAt: number }[] = []
  for (const [state, role] of STATES)
    for (const { name, modifiedAt } of await pictures(old.folders[role], unread))
      found.push({ path: join(old.folders[role], name), filename: name, state, modifiedAt })
  const files = await pictures(old.folders.web, unread, ['manifest.json', 'event_settings.json', 'assets'])
  const matcher = createMatcher(
    found.map(({ path, filename }) => ({ path, filename })),
    old.history,
  )
  const live = inOrder(files, old.order).map(({ name, modifiedAt }) => {
    const path = join(old.folders.web, name)
    return { path, name: `${publicStem(name)}.jpg`, modifiedAt, photo: matcher(name) }
  })
  const names = new Set(files.map(({ name }) => nameKey(name)))
  const notes = [
    ...old.notes,
    ...live
      .filter(({ path, name }) => !path.endsWith(`/${name}`))
      .map(({ path, name }) => `${path} is published as ${name}.`),
    ...(old.order ?? [])
      .filter((name) => !names.has(nameKey(name)) && !isHidden(name))
      .map((name) => `${name} is in its list of published photos, and there is no file of that name.`),
  ]
  const counts = countsOf(old.history, matcher)
  const isShown = new Set(live.map(({ photo }) => photo))
  const isLive = new Set(live.map(({ name }) => nameKey(name)))
  return {
    photos: found.map((each) => {
      // That system rejected photos that went on being public; here what is in the trash is in no gallery.
      const isKept = each.state === 'trashed' && isShown.has(each.path)
      if (isKept) notes.push(`${each.path} lies in its trash and is published: it is in the archive here.`)
      const photo = isKept ? { ...each, state: 'archived' as const } : each
      const { published = 0, unpublished = 0, names: former = [] } = counts.get(photo.path) ?? {}
      return {
        ...photo,
        published,
        unpublished,
        formerNames: former.filter((name) => !isLive.has(nameKey(name))),
      }
    }),
    live,
    unread,
    notes,
  }
}

/** Newest first is how its list has them. What the list does not know, yet, came last. */
function inOrder<T extends { name: string }>(files: readonly T[], order: readonly string[] | null): T[] {
  if (order === null) return [...files]
  const place = new Map(order.map((name, n) => [nameKey(name), n]))
  const placeOf = ({ name }: T) => place.get(nameKey(name)) ?? -1
  return files.toSorted((a, b) => placeOf(b) - placeOf(a))
}

/** Finds the photo of a public name: `IMG_7109_002.jpg` is the second version of `IMG_7109.JPG`, or the first of a photo
 * that the camera called so. @returns its path */
function createMatcher(photos: readonly { path: string; filename: string }[], history: OldHistory) {
  const stems = new Map<string, string>()
  // Of equal names the one in the buffer is meant, which is listed first.
  for (const { path, filename } of photos) {
    const key = nameKey(splitName(filename)[0])
    if (!stems.has(key)) stems.set(key, path)
  }
  const times = new Map([...history].map(([name, { published }]) => [nameKey(splitName(name)[0]), published]))
  return (name: string): string | null => {
    const stem = nameKey(splitName(name)[0])
    const own = stems.get(stem)
    const [, base] = /^(.+)_\d{3,}$/.exec(stem) ?? []
    const other = base === undefined ? undefined : stems.get(base)
    // Both are there: how often each was published tells.
    const isOthers = (times.get(stem) ?? 0) === 0 && (times.get(base ?? '') ?? 0) > 1
    if (own !== undefined && !(other !== undefined && isOthers)) return own
    return other ?? own ?? null
  }
}

function countsOf(history: OldHistory, matcher: (name: string) => string | null) {
  const sums = new Map<string, { published: number; unpublished: number; names: string[] }>()
  for (const [name, { published, unpublished }] of history) {
    const path = matcher(name)
    if (path === null) continue
    const sum = sums.get(path) ?? { published: 0, unpublished: 0, names: [] }
    sum.published += published
    sum.unpublished += unpublished
    sum.names.push(`${publicStem(name)}.jpg`)
    sums.set(path, sum)
  }
  return sums
}

/** The files of a folder that look like pictures. @param others what may lie there beside them */
async function pictures(
  folder: string,
  unread: { path: string; why: string }[],
  others: readonly string[] = [],
): Promise<{ name: string; modifiedAt: number }[]> {
  const taken: { name: string; modifiedAt: number }[] = []
  const all = await namesIn(folder).catch((error: unknown) => {
    unread.push({ path: folder, why: messageOf(error) })
    return []
  })
  for (const { name, modifiedAt, isFile } of all) {
    if (isHidden(name) || others.includes(name)) continue
    const path = join(folder, name)
    const why = isFile
      ? await reasonAgainst(path)
      : 'it is no plain file; that system did not look into folders'
    if (why === null) taken.push({ name, modifiedAt })
    else unread.push({ path, why })
  }
  return taken
}

async function reasonAgainst(path: string): Promise<string | null> {
  try {
    const handle = await open(path, 'r')
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0)
      const head = buffer.subarray(0, bytesRead)
      if (bytesRead === 0) return 'the file is empty'
      const kind = sniff(head)
      if (kind === 'heic' || kind === 'video')
        return `this is ${kind === 'heic' ? 'a HEIC picture' : 'a video'}`
      return kind === 'unknown' ? nameUnknown(head).message : null
    } finally {
      await handle.close()
    }
  } catch (error) {
    return messageOf(error)
  }
}
