import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import { messageOf } from '../errors.ts'
import { exists, writeAtomic } from '../files.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import { createManifestBuilder, manifestEntry, type ManifestFiles } from './manifest.ts'

/** How long a page that no head names any more stays, for guests who still hold the older head. Milliseconds. */
const PAGE_KEPT = 10 * 60_000

/** The current Event's manifest as guests on this network read it, and its copy in `photos_web`. */
export interface GalleryTree {
  /** The documents as they are now. */
  files(): ManifestFiles
  /** Something in the Event changed; `place` is that of the publication, if it was one. Resolves when a copy that
   * holds the change is on the disk; a disk that fails is logged and tried again with the next change. */
  changed(place?: number): Promise<void>
}

export function createGalleryTree(needs: {
  catalog: Catalog
  folders: Folders
  now: () => number
  log: Log
}): GalleryTree {
  const { catalog, folders } = needs
  const builder = createManifestBuilder({
    publications: catalog.publications,
    now: needs.now,
    entry: manifestEntry,
  })
  let current: ManifestFiles | undefined
  let writing: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined

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

  async function write(): Promise<void> {
    const { head, pages } = files()
    try {
      await folders.check('web')
      const web = folders.path('web')
      await mkdir(join(web, 'pages'), { recursive: true })
      let changed = false
      for (const [file, body] of pages) {
        if (await exists(join(web, file))) continue
        await writeAtomic(join(web, file), body)
        changed = true
      }
      await writeAtomic(join(web, 'manifest.json'), JSON.stringify(head))
      if (changed) await removeOldPages(join(web, 'pages'), pages)
    } catch (error) {
      needs.log.warn(`The manifest in the web folder could not be written: ${messageOf(error)}`)
    }
  }

  return {
    files,
    changed(place) {
      if (place !== undefined) builder.touch(catalog.events.current().id, place)
      current = undefined
      // Everybody who asks while a write is under way shares the one that follows it.
      next ??= writing.then(() => {
        next = undefined
        return (writing = write())
      })
      return next
    },
  }
}
