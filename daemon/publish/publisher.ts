import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { BY_ITSELF, type AuditActor } from '../catalog/people/audit.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import type { Announcer } from '../views/announcer.ts'
import type { Views } from '../views/views.ts'
import type { Edit } from '../contract/edit.ts'
import { editKey } from '../contract/recipe.ts'
import { messageOf, Refusal } from '../errors.ts'
import { shownSha256 } from '../originals/finals/shown.ts'
import { originalChanged } from '../originals/proof.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { OutputSettingsStore } from './output-settings.ts'
import type { FullSizeQueue } from './full-size-queue.ts'
import type { GalleryTree } from './gallery-tree.ts'
import type { BulkRemovalGuard } from './bulk-removal.ts'
import type { Printing } from './printing.ts'
import { auditPublication } from './audit.ts'
import { createPublicFiles } from './public-files.ts'
import type { WordingOf } from './wording.ts'
import { createLooking, type Look, type PublishRequest, type Wanted } from './looking.ts'
import { createTakingOut } from './taking-out.ts'

export type { PublishRequest } from './looking.ts'
export { SECOND_THOUGHT } from './taking-out.ts'

export interface Published {
  readonly publication: PublicationRecord
  /** This version was live or under way already. */
  readonly already: boolean
}

export interface Publisher {
  /** Resolves once the version is in `photos_web` and in the manifest.
   * @throws Refusal 404 unknown name; 409 not in the buffer, event not open, `replaces` not live, or a watermark that
   * is gone or broken; 503 disk away
   * @param looked what `look` found for the very request, in the same turn of the Photo */
  publish(request: PublishRequest, looked?: Look): Promise<Published>
  /** What would be published, after everything that can be known of it now.
   * @returns the Photo, the whole Edit, and the version that is live with it already
   * @throws Refusal 404 or 409 like `publish` */
  look(request: Wanted): Look
  /** Takes a version out of every gallery. Done already is done. What lies in the bucket goes a few
   * seconds after the manifest that names it no more.
   * @param name a public name, or a Photo's name when exactly one version of it is live
   * @param how.gone called in the transaction that takes it out
   * @param how.by who asked for it, for the audit trail: the program itself by default
   * @param how.unasked it was published a moment ago by the actor who undoes that now: the owner is not asked
   * @throws Refusal 404 unknown, 409 ambiguous or more at once than the owner allowed */
  unpublish(
    name: string,
    how?: { gone?: (publication: PublicationRecord) => void; by?: AuditActor; unasked?: boolean },
  ): Promise<PublicationRecord>
  /** @throws Refusal like `unpublish` */
  find(name: string): PublicationRecord
  /** Undoes that, within SECOND_THOUGHT: the same name, the same bytes, nothing sent again.
   * @param name the public name
   * @param back called in the transaction that brings it back
   * @param by who asked for it, for the audit trail: the program itself by default
   * @throws Refusal 404 unknown, 409 too late */
  undoUnpublish(name: string, back?: () => void, by?: AuditActor): Promise<PublicationRecord>
  /** Takes back what a crash left half published. Call once, before the first publish. */
  recover(): Promise<void>
  /** Removes what was left half-made, while others are being made. @throws Refusal 503 while the disk is away */
  clearParts(): Promise<void>
  /** Brings into the trash what left the gallery while one of the folders was away or refused it.
   * @throws why something stays still */
  retireLeftovers(): Promise<void>
  /** Makes the full sizes that the current Event still lacks. */
  recoverFullSizes(): Promise<void>
}

export function createPublisher(needs: {
  catalog: Catalog
  folders: Folders
  tree: GalleryTree
  announcer: Pick<Announcer, 'changed'>
  views: Views
  bus: Bus
  log: Log
  printing: Printing
  outputSettings: Pick<OutputSettingsStore, 'key' | 'current'>
  fullSizes: Pick<FullSizeQueue, 'add' | 'recover'>
  wording?: WordingOf
  bulkRemoval?: BulkRemovalGuard
  /** A file that should not be there stays until the next `clearParts` or `retireLeftovers`. */
  left?: (why: unknown) => void
  /** Whether the uploader is removing this object at the moment. */
  isRemoving?: (eventId: number, key: string) => boolean
  now?: () => number
}): Publisher {
  const { catalog, tree, views, bus } = needs
  const files = createPublicFiles({ ...needs, now: needs.now ?? Date.now })
  const looking = createLooking(needs)
  const { publishable, livePublication } = looking
  const { takeOut, bringBack, retire, retireLeftovers } = createTakingOut({ ...needs, files })
  const underWay = new Map<string, Promise<PublicationRecord>>()

  const event = () => catalog.events.current()

  const announce = needs.announcer.changed

  async function makeLive(
    photo: PhotoRecord,
    edit: Edit,
    { replaces, live: noted, by = BY_ITSELF, fromArchive }: Omit<PublishRequest, 'filename' | 'change'>,
  ): Promise<PublicationRecord> {
    const applied = await needs.outputSettings.current()
    const reserved = await needs.printing.make(photo, edit, applied)
    let publication: PublicationRecord
    let replaced: PublicationRecord | null
    try {
      // Somebody may have rejected the photo or taken the old version out while this one was rendered.
      const now = publishable(catalog.photos.byId(photo.id)?.filename ?? photo.filename, fromArchive)
      if (now.id !== photo.id)
        throw new Refusal(409, 'not_in_buffer', `"${photo.filename}" belongs to an event that is over.`)
      if (now.final?.id !== photo.final?.id) throw originalChanged(photo.filename)
      replaced = replaces === undefined ? null : livePublication(photo, replaces)
      publication = catalog.transaction(() => {
        const live = catalog.publications.goLive(reserved.id, replaced)
        files.send(live)
        if (replaced) files.withdraw(replaced, 0)
        if (replaced) auditPublication(catalog, by, 'replaced', live, [replaced.name])
        else auditPublication(catalog, by, 'published', live)
        noted?.(live)
        return live
      })
    } catch (error) {
      await needs.printing.drop(reserved)
      throw error
    }
    await tree.changed(publication.place)
    if (replaced) await retire(replaced)
    if (!photo.isRehearsal)
      bus.emit({
        type: 'publication.live',
        publication: views.publication(publication),
        replaced: replaced?.name ?? null,
      })
    announce(photo.id)
    if (!photo.isRehearsal) needs.fullSizes.add(publication, applied.settings)
    return publication
  }

  const recoverFullSizes = () => needs.fullSizes.recover(needs.outputSettings.current)

  return {
    find: looking.find,
    look: looking.look,
    async publish(request, looked = looking.look(request)) {
      const { again, replaces, keepsEdit = true, live: noted, by = BY_ITSELF } = request
      const { photo, edit, live: found, old } = looked
      const live = again ? undefined : found
      if (keepsEdit && editKey(edit) !== editKey(photo.edit)) catalog.photos.keepEdit(photo.id, edit)
      const finish = needs.outputSettings.key()
      const words = needs.wording?.key(photo) ?? ''
      const key = `${photo.id} ${shownSha256(photo)} ${editKey(edit)} ${finish} ${words}`
      if (!again) {
        if (live) {
          await needs.printing.check(photo)
          if (old?.state === 'live' && old.id !== live.id) await takeOut(old, by)
          return { publication: live, already: true }
        }
        const same = underWay.get(key)
        if (same) return { publication: await same, already: true }
      }
      const made = makeLive(photo, edit, {
        by,
        ...(replaces !== undefined && { replaces }),
        ...(noted && { live: noted }),
        ...(request.fromArchive && { fromArchive: true }),
      })
      underWay.set(key, made)
      try {
        return { publication: await made, already: false }
      } finally {
        if (underWay.get(key) === made) underWay.delete(key)
      }
    },

    async unpublish(name, { gone, by = BY_ITSELF, unasked = false } = {}) {
      const publication = looking.find(name)
      if (publication.state !== 'live') return publication
      if (!unasked) needs.bulkRemoval?.check()
      await takeOut(publication, by, gone)
      return publication
    },

    async undoUnpublish(name, noted, by = BY_ITSELF) {
      const gone = catalog.publications.byName(event().id, name)
      if (!gone) throw new Refusal(404, 'unknown_publication', `Nothing was published as "${name}".`)
      if (gone.state === 'live') return gone
      const back = await bringBack(gone, by, noted)
      if (!back)
        throw new Refusal(409, 'too_late', `"${name}" has left the gallery already. Publish the photo again.`)
      return back
    },

    async recover() {
      const { id: eventId } = event()
      for (const publication of catalog.publications.pending(eventId)) await needs.printing.drop(publication)
      await needs.printing.clear().catch((error: unknown) => {
        needs.log.warn(`Half-made prints stay for now: ${messageOf(error)}`)
      })
      await tree.changed()
    },
    clearParts: needs.printing.clear,
    retireLeftovers,
    recoverFullSizes,
  }
}
