import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import { messageOf } from '../errors.ts'
import { exists, overwrite, writeAtomic } from '../files.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { Saying } from '../contract/saying.ts'
import { saying } from '../saying.ts'
import { createManifestBuilder, manifestEntry, type ManifestFiles } from './manifest.ts'

/** How long a page that no head names any more stays, for guests who still hold the older head. Milliseconds. */
const PAGE_KEPT = 10 * 60_000
const HEAD = 'manifest.json'

/** The current Event's manifest as guests on this network read it, and its copy in `photos_web`. */
export interface GalleryTree {
  /** The documents as they are now. */
  files(): ManifestFiles
  /** Something in the Event changed; `place` is that of the publication, if it was one. Guests here hear of it at once.
   * Resolves when a copy that holds the change is on the disk, or it is known why not: see `trouble`. */
  changed(place?: number): Promise<void>
  /** Takes a publication out of what guests read here, until the next start: for a disk that does not take more. */
  hide(publicationId: string): void
  isHidden(publicationId: string): boolean
  /** Tries again what could not be written, if there is anything. */
  retry(): Promise<void>
  /** Why the copy on the disk is not what guests read, or null. */
  trouble(): Saying | null
}

export function createGalleryTree(needs: {
  catalog: Catalog
  folders: Folders
  /** Tells the bucket. What fails there is tried again, with the next change or by `retry`. */
  toBucket?: (place?: number) => void
  now: () => number
  log: Log
}): GalleryTree {
  const { catalog, folders } = needs
  const hidden = new Set<string>()
  const builder = createManifestBuilder({
    publications: catalog.publications,
    now: needs.now,
    entry: (publication) => (hidden.has(publication.id) ? null : manifestEntry(publication)),
  })
  let current: ManifestFiles | undefined
  let writing: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  let trouble: Saying | null = null
  /** The bucket's queue did not take a change of the Event. */
  let isOwed = false

  function files(): ManifestFiles {
    if (!current) {
      const event = catalog.events.current()
      current = builder.build(event, catalog.events.nextRevision(event.id))
    }
    return current
  }

  async function removeOldPages(folder: string, named: ReadonlyMap<string, string>): Promise<void> {
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      if (named.has(`pages/${name}`)) continue
      if ((await stat(path)).mtimeMs < needs.now() - PAGE_KEPT) await rm(path, { force: true })
    }
  }

  /** Puts the head where the disk refuses a second file: into the one that is there. Where not even that can be done
   * the file goes, for it may name a photo that was taken out. */
  async function squeezeIn(path: string, body: string): Promise<void> {
    try {
      await overwrite(path, body)
    } catch {
      await rm(path, { force: true }).catch(() => undefined)
    }
  }

  async function put(web: string, { head, pages }: ManifestFiles): Promise<void> {
    await mkdir(join(web, 'pages'), { recursive: true })
    let changed = false
    for (const [file, body] of pages) {
      if (await exists(join(web, file))) continue
      await writeAtomic(join(web, file), body)
      changed = true
    }
    await writeAtomic(join(web, HEAD), JSON.stringify(head))
    if (changed) await removeOldPages(join(web, 'pages'), pages)
  }

  async function write(): Promise<void> {
    // Taken together: another Event may be the current one after the next wait.
    const web = folders.path('web')
    try {
      const documents = files()
      await folders.check('web')
      if (folders.path('web') !== web) return
      await put(web, documents).catch(async (error: unknown) => {
        await squeezeIn(join(web, HEAD), JSON.stringify(documents.head))
        throw error
      })
      trouble = null
    } catch (error) {
      const why = messageOf(error)
      const message = `The list of published photos in ${web} could not be written: ${why}`
      trouble = saying('manifest_not_written', message, { folder: web, why })
      needs.log.warn({ err: error }, message)
    }
  }

  function tellBucket(place: number | undefined): void {
    try {
      needs.toBucket?.(place)
      if (place === undefined) isOwed = false
    } catch (error) {
      isOwed = true
      needs.log.warn({ err: error }, 'The bucket hears of this later: the queue could not be written')
    }
  }

  function changed(place?: number): Promise<void> {
    if (place !== undefined) builder.touch(catalog.events.current().id, place)
    current = undefined
    tellBucket(place)
    // Everybody who asks while a write is under way shares the one that follows it.
    next ??= writing.then(() => {
      next = undefined
      return (writing = write())
    })
    return next
  }

  return {
    files,
    trouble: () => trouble,
    changed,
    hide: (id) => void hidden.add(id),
    isHidden: (id) => hidden.has(id),
    async retry() {
      if (trouble !== null || isOwed) await changed()
    },
  }
}
