import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import { messageOf } from '../errors.ts'
import { exists, makeFolder, overwrite, writeAtomic } from '../files.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { Message } from '../contract/message.ts'
import { newMessage } from '../util/message.ts'
import type { HeadAdditions } from './guest-links.ts'
import { createManifestBuilder, manifestEntry, type ManifestFiles } from './manifest.ts'
import { createPastPages, PAGE_KEPT } from './past-pages.ts'

const HEAD = 'manifest.json'

/** Each Event's manifest as guests on this network read it, and the current one's copy in `photos_web`. */
export interface GalleryTree {
  /** The documents as they are now: what the catalog says, whatever lies on the disk.
   * @param event the current one without it */
  files(event?: EventRecord): ManifestFiles
  /** A page that a head names, or named a moment ago.
   * @param file path below the prefix
   * @returns null when nothing like it may be read */
  page(event: EventRecord, file: string): string | null
  /** Something in the Event changed; `place` is that of the publication, if it was one. Guests here hear of it at once.
   * Resolves when a copy that holds the change is on the disk, or it is known why not: see `trouble`. */
  changed(place?: number): Promise<void>
  /** Takes a publication out of what guests read here, until the next start: for a disk that does not take more. */
  hide(publicationId: string): void
  isHidden(publicationId: string): boolean
  /** Tries again what could not be written, if there is anything. */
  retry(): Promise<void>
  /** Why the copy on the disk is not what guests read, or null. */
  trouble(): Message | null
}

/** Whether guests read the same in both, whenever they were built. */
function isSame(one: ManifestFiles, other: ManifestFiles): boolean {
  // Every page is known by its name, and every name is in the head or in a page.
  const read = ({ head }: ManifestFiles) => JSON.stringify({ ...head, revision: 0, updatedAt: '' })
  return read(one) === read(other)
}

export function createGalleryTree(needs: {
  catalog: Catalog
  folders: Folders
  /** What guests read of some Event may be another now. Called where that is decided, also inside a transaction. */
  onChange?: () => void
  /** Tells the bucket. What fails there is tried again, with the next change or by `retry`. */
  toBucket?: (place?: number) => void
  links?: HeadAdditions
  now: () => number
  /** A clock for waiting, which does not jump; `now` by default. */
  steady?: () => number
  log: Log
}): GalleryTree {
  const { catalog, folders } = needs
  const hidden = new Set<string>()
  const builder = createManifestBuilder({
    publications: catalog.publications,
    now: needs.now,
    ...(needs.links && { links: needs.links }),
    entry: (publication) => (hidden.has(publication.id) ? null : manifestEntry(publication)),
  })
  const settingsOf = (id: number) => catalog.events.list().find((event) => event.id === id)?.settings
  const past = createPastPages({
    publications: catalog.publications,
    isHidden: (id) => hidden.has(id),
    showsPhotographers: (id) => settingsOf(id)?.show_photographer ?? false,
    showsCaptions: (id) => settingsOf(id)?.show_captions ?? false,
    now: needs.steady ?? needs.now,
  })
  /** What was built last, by Event, and what it was built from. */
  const known = new Map<number, { readonly state: string; readonly files: ManifestFiles }>()
  /** Rises with every change of an Event that was noted here. */
  const changes = new Map<number, number>()
  let writing: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  let trouble: Message | null = null
  /** The bucket's queue did not take a change of the Event. */
  let isOwed = false

  /** Equal for as long as an Event's documents are. Of the current one every change is noted; of others, which nobody
   * publishes into, what can change is little. */
  function stateOf(event: EventRecord, isCurrent: boolean): string {
    const count = changes.get(event.id) ?? 0
    if (isCurrent) return `${count}`
    const { slug, date, hero, settings } = event
    return JSON.stringify([count, slug, date, hero, settings, catalog.publications.count(event.id)])
  }

  function files(event = catalog.events.current()): ManifestFiles {
    const isCurrent = event.id === catalog.events.current().id
    const state = stateOf(event, isCurrent)
    const before = known.get(event.id)
    if (before?.state === state) return before.files
    if (before && !isCurrent) builder.forget()
    const built = builder.build(event, before?.files.head.revision ?? 0)
    if (before && isSame(before.files, built)) {
      known.set(event.id, { ...before, state })
      return before.files
    }
    const revision = catalog.events.nextRevision(event.id)
    const fresh = { ...built, head: { ...built.head, revision } }
    known.set(event.id, { state, files: fresh })
    for (const [file, body] of before?.files.pages ?? [])
      if (!fresh.pages.has(file)) past.keep(event.id, file, body)
    return fresh
  }

  function noteChange(eventId: number): void {
    changes.set(eventId, (changes.get(eventId) ?? 0) + 1)
    needs.onChange?.()
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
    await makeFolder(join(web, 'pages'))
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
      trouble = newMessage('manifest_not_written', message, { folder: web, why })
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
    const { id } = catalog.events.current()
    if (place !== undefined) builder.touch(id, place)
    noteChange(id)
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
    page: (event, file) => files(event).pages.get(file) ?? past.get(event.id, file),
    trouble: () => trouble,
    changed,
    hide(id) {
      hidden.add(id)
      const publication = catalog.publications.byId(id)
      if (!publication) return
      builder.touch(publication.eventId, publication.place)
      noteChange(publication.eventId)
    },
    isHidden: (id) => hidden.has(id),
    async retry() {
      if (trouble !== null || isOwed) await changed()
    },
  }
}
