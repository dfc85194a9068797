import { readdir } from 'node:fs/promises'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { AuditActor } from '../catalog/people/audit.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import { isStorageFault, Refusal } from '../errors.ts'
import type { Folders } from '../folders.ts'
import type { Announcer } from '../views/announcer.ts'
import type { Views } from '../views/views.ts'
import type { GalleryTree } from './gallery-tree.ts'
import { auditPublication } from './audit.ts'
import type { PublicFiles } from './public-files.ts'

/** How long an unpublish can be undone without anything having left the bucket, milliseconds. */
export const SECOND_THOUGHT = 5000

function notKept({ name }: PublicationRecord, cause: unknown): Refusal {
  return new Refusal(
    507,
    'hidden_for_now',
    `"${name}" is off this network's gallery, but the disk could not keep that: after a restart, and in the bucket, it is still there. Make the disk writable and unpublish it again.`,
    { cause, params: { name } },
  )
}

/** Takes versions out of every gallery, and brings them back as long as nothing has left the bucket. */
export type TakingOut = ReturnType<typeof createTakingOut>

export function createTakingOut(needs: {
  catalog: Catalog
  folders: Pick<Folders, 'path'>
  files: PublicFiles
  tree: Pick<GalleryTree, 'changed' | 'hide'>
  views: Pick<Views, 'publication'>
  announcer: Pick<Announcer, 'changed'>
  bus: Pick<Bus, 'emit'>
  /** A file stays in the web folder until the next `retireLeftovers`. */
  left?: ((why: unknown) => void) | undefined
}) {
  const { catalog, folders, files, tree, views, bus } = needs
  const event = () => catalog.events.current()
  const announce = needs.announcer.changed
  /** Versions that are being brought back, by id. */
  const returning = new Set<string>()

  /** Undoes an unpublish of which nothing has left the bucket yet. */
  async function bringBack(
    gone: PublicationRecord,
    by: AuditActor,
    noted?: () => void,
  ): Promise<PublicationRecord | null> {
    const photo = event().state === 'open' && catalog.photos.byId(gone.photoId)
    if (!photo || photo.state === 'trashed' || !files.isUntouched(gone)) return null
    const publication = await restored(gone, by, noted)
    if (!publication) return null
    await tree.changed(publication.place)
    bus.emit({ type: 'publication.live', publication: views.publication(publication), replaced: null })
    announce(photo.id)
    return publication
  }

  /** Its files first, which nobody else may take for left behind meanwhile. */
  async function restored(
    gone: PublicationRecord,
    by: AuditActor,
    noted?: () => void,
  ): Promise<PublicationRecord | null> {
    returning.add(gone.id)
    try {
      if (!(await files.restore(gone))) return null
      return catalog.transaction(() => {
        // The uploader may have begun meanwhile.
        if (!files.takeBack(gone)) return null
        const back = catalog.publications.comeBack(gone.id)
        files.send(back)
        catalog.uploads.add(gone.eventId, 'manifest', 'manifest.json', 0, null)
        auditPublication(catalog, by, 'published', back)
        noted?.()
        return back
      })
    } finally {
      returning.delete(gone.id)
    }
  }

  async function takeOut(
    publication: PublicationRecord,
    by: AuditActor,
    noted?: (publication: PublicationRecord) => void,
  ): Promise<void> {
    const isListed = publication.place > 0
    try {
      catalog.urgent(() => {
        catalog.publications.goGone(publication.id)
        files.withdraw(publication, isListed ? SECOND_THOUGHT : 0)
        auditPublication(catalog, by, 'unpublished', publication)
        noted?.(publication)
      })
    } catch (error) {
      if (!isStorageFault(error)) throw error
      tree.hide(publication.id)
      await tree.changed(publication.place)
      throw notKept(publication, error)
    }
    await tree.changed(publication.place)
    if (isListed)
      bus.emit({ type: 'publication.gone', filename: publication.name, photo_id: publication.photoId })
    announce(publication.photoId)
    await retire(publication)
  }

  async function retire(publication: PublicationRecord): Promise<void> {
    const why = await files.retire(publication)
    if (why !== null) needs.left?.(why)
  }

  async function retireLeftovers(): Promise<void> {
    const { id } = event()
    let why: unknown = null
    for (const name of await readdir(folders.path('web'))) {
      const publication = catalog.publications.byName(id, name)
      if (publication?.state === 'gone' && !returning.has(publication.id))
        why ??= await files.retire(publication)
    }
    if (why !== null)
      throw new Error('Something that left the gallery stays in the web folder', { cause: why })
  }

  return { takeOut, bringBack, retire, retireLeftovers }
}
