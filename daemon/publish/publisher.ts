import { readdir } from 'node:fs/promises'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { BY_ITSELF, type AuditActor } from '../catalog/people/audit.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import { requirePhoto } from '../catalog/photos/require-photo.ts'
import { originalMissing } from '../originals/proof.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import type { Announcer } from '../views/announcer.ts'
import type { Views } from '../views/views.ts'
import type { Edit } from '../contract/edit.ts'
import { applyChange, editKey } from '../contract/recipe.ts'
import { isStorageFault, messageOf, Refusal } from '../errors.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { OutputSettingsStore } from './output-settings.ts'
import type { FullSizeQueue } from './full-size-queue.ts'
import type { GalleryTree } from './gallery-tree.ts'
import type { BulkRemovalGuard } from './bulk-removal.ts'
import type { Printing } from './printing.ts'
import { createPublicFiles } from './public-files.ts'

export interface PublishRequest {
  /** The Photo's name. */
  readonly filename: string
  /** What differs from the kept Edit; it is kept from then on. */
  readonly change: Partial<Edit>
  /** Another version even if this very one is live. */
  readonly again?: boolean
  /** The public name of a live version of the same Photo, which leaves in the same moment. */
  readonly replaces?: string
  /** Whether the Edit becomes the Photo's own; it does unless told. */
  readonly keepsEdit?: boolean
  /** Called in the transaction that makes it live. */
  readonly live?: (publication: PublicationRecord) => void
  /** Who asked for it, for the audit trail: the program by itself unless told. */
  readonly by?: AuditActor
}

export interface Published {
  readonly publication: PublicationRecord
  /** This version was live or under way already. */
  readonly already: boolean
}

export interface Publisher {
  /** Resolves once the version is in `photos_web` and in the manifest.
   * @throws Refusal 404 unknown name; 409 not in the buffer, event not open, `replaces` not live, or a watermark that
   * is gone or broken; 503 disk away */
  publish(request: PublishRequest): Promise<Published>
  /** What would be published, after everything that can be known of it now.
   * @returns the Photo, the whole Edit, and the version that is live with it already
   * @throws Refusal 404 or 409 like `publish` */
  look(request: Pick<PublishRequest, 'filename' | 'change' | 'replaces'>): {
    photo: PhotoRecord
    edit: Edit
    live: PublicationRecord | undefined
  }
  /** Takes a version out of every gallery. Done already is done. What lies in the bucket goes a few
   * seconds after the manifest that names it no more.
   * @param name a public name, or a Photo's name when exactly one version of it is live
   * @param how.gone called in the transaction that takes it out
   * @param how.by who asked for it, for the audit trail: the program by itself unless told
   * @param how.unasked it was published a moment ago by whoever undoes that now: the owner is not asked
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
   * @param by who asked for it, for the audit trail: the program by itself unless told
   * @throws Refusal 404 unknown, 409 too late */
  undoUnpublish(name: string, back?: () => void, by?: AuditActor): Promise<PublicationRecord>
  /** Takes back what a crash left half published. Call once, before the first publish. */
  recover(): Promise<void>
  /** Brings into the trash what left the gallery while one of the folders was away. */
  retireLeftovers(): Promise<void>
  /** Makes the full sizes that the current Event still lacks. */
  recoverFullSizes(): Promise<void>
}

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
  bulkRemoval?: BulkRemovalGuard
  /** Whether the uploader is removing this object at the moment. */
  isRemoving?: (eventId: number, key: string) => boolean
  now?: () => number
}): Publisher {
  const { catalog, folders, tree, views, bus } = needs
  const files = createPublicFiles({ ...needs, now: needs.now ?? Date.now })
  const underWay = new Map<string, Promise<PublicationRecord>>()

  const event = () => catalog.events.current()

  function publishable(filename: string): PhotoRecord {
    const photo = requirePhoto(catalog, filename)
    const { state } = event()
    if (state !== 'open')
      throw new Refusal(409, 'event_not_open', `The event is ${state}. Continue it, or open a new one.`)
    if (photo.state !== 'buffer')
      throw new Refusal(409, 'not_in_buffer', `"${filename}" is ${photo.state}. Restore it first.`)
    if (photo.main.lost) throw originalMissing(filename)
    return photo
  }

  function versionOf(photo: PhotoRecord, name: string): PublicationRecord {
    const publication = catalog.publications.byName(event().id, name)
    if (!publication) throw new Refusal(404, 'unknown_publication', `Nothing was published as "${name}".`)
    if (publication.photoId !== photo.id)
      throw new Refusal(409, 'other_photo', `"${name}" is a version of another photo.`)
    return publication
  }

  function livePublication(photo: PhotoRecord, name: string): PublicationRecord {
    const publication = versionOf(photo, name)
    if (publication.state !== 'live') throw new Refusal(409, 'not_live', `"${name}" is not live any more.`)
    return publication
  }

  const announce = needs.announcer.changed

  /** Writes a line of the audit trail. Call in the transaction that makes it true. */
  function audit(by: AuditActor, what: string, publication: PublicationRecord, more: readonly string[] = []) {
    const subject = catalog.photos.byId(publication.photoId)?.filename ?? ''
    catalog.audit.note(publication.eventId, { ...by, what, subject, details: [publication.name, ...more] })
  }

  async function makeLive(
    photo: PhotoRecord,
    edit: Edit,
    { replaces, live: noted, by = BY_ITSELF }: Pick<PublishRequest, 'replaces' | 'live' | 'by'>,
  ): Promise<PublicationRecord> {
    const applied = await needs.outputSettings.current()
    const reserved = await needs.printing.make(photo, edit, applied)
    let publication: PublicationRecord
    let replaced: PublicationRecord | null
    try {
      // Somebody may have rejected the photo or taken the old version out while this one was rendered.
      if (publishable(catalog.photos.byId(photo.id)?.filename ?? photo.filename).id !== photo.id)
        throw new Refusal(409, 'not_in_buffer', `"${photo.filename}" belongs to an event that is over.`)
      replaced = replaces === undefined ? null : livePublication(photo, replaces)
      publication = catalog.transaction(() => {
        const live = catalog.publications.goLive(reserved.id, replaced)
        files.send(live)
        if (replaced) files.withdraw(replaced, 0)
        if (replaced) audit(by, 'replaced', live, [replaced.name])
        else audit(by, 'published', live)
        noted?.(live)
        return live
      })
    } catch (error) {
      catalog.publications.goGone(reserved.id)
      await needs.printing.drop(reserved)
      throw error
    }
    await tree.changed(publication.place)
    if (replaced) await files.retire(replaced)
    bus.emit({
      type: 'publication.live',
      publication: views.publication(publication),
      replaced: replaced?.name ?? null,
    })
    announce(photo.id)
    needs.fullSizes.add(publication, applied.settings)
    return publication
  }

  /** Undoes an unpublish of which nothing has left the bucket yet. */
  async function bringBack(
    gone: PublicationRecord,
    by: AuditActor,
    noted?: () => void,
  ): Promise<PublicationRecord | null> {
    const { eventId } = gone
    const photo = event().state === 'open' && catalog.photos.byId(gone.photoId)
    if (!photo || photo.state === 'trashed' || !files.isUntouched(gone)) return null
    if (!(await files.restore(gone))) return null
    const publication = catalog.transaction(() => {
      // The uploader may have begun meanwhile.
      if (!files.takeBack(gone)) return null
      const back = catalog.publications.comeBack(gone.id)
      files.send(back)
      catalog.uploads.add(eventId, 'manifest', 'manifest.json', 0, null)
      audit(by, 'published', back)
      noted?.()
      return back
    })
    if (!publication) return null
    await tree.changed(publication.place)
    bus.emit({ type: 'publication.live', publication: views.publication(publication), replaced: null })
    announce(photo.id)
    return publication
  }

  async function takeOut(
    publication: PublicationRecord,
    by: AuditActor,
    noted?: (publication: PublicationRecord) => void,
  ): Promise<void> {
    try {
      catalog.urgent(() => {
        catalog.publications.goGone(publication.id)
        files.withdraw(publication, SECOND_THOUGHT)
        audit(by, 'unpublished', publication)
        noted?.(publication)
      })
    } catch (error) {
      if (!isStorageFault(error)) throw error
      tree.hide(publication.id)
      await tree.changed(publication.place)
      throw notKept(publication, error)
    }
    await tree.changed(publication.place)
    bus.emit({ type: 'publication.gone', filename: publication.name, photo_id: publication.photoId })
    announce(publication.photoId)
    await files.retire(publication)
  }

  function liveLike({ id, main }: PhotoRecord, edit: Edit): PublicationRecord | undefined {
    const [key, finish] = [editKey(edit), needs.outputSettings.key()]
    const isLike = (one: PublicationRecord) =>
      one.editKey === key && one.finish === finish && ['', main.sha256].includes(one.source)
    return catalog.publications.liveOf(id).find(isLike)
  }

  function find(name: string): PublicationRecord {
    const eventId = event().id
    let publication = catalog.publications.byName(eventId, name)
    if (!publication) {
      const photo = catalog.photos.named(eventId, name)
      const live = photo ? catalog.publications.liveOf(photo.id) : []
      if (live.length > 1)
        throw new Refusal(
          409,
          'several_live',
          `"${name}" is live ${live.length} times (${live.map((one) => one.name).join(', ')}). Say which.`,
        )
      publication = live[0]
    }
    if (!publication) throw new Refusal(404, 'unknown_publication', `Nothing is published as "${name}".`)
    return publication
  }

  async function retireLeftovers(): Promise<void> {
    const { id } = event()
    for (const name of await readdir(folders.path('web'))) {
      const publication = catalog.publications.byName(id, name)
      if (publication?.state === 'gone') await files.retire(publication)
    }
  }

  const recoverFullSizes = () => needs.fullSizes.recover(needs.outputSettings.current)

  return {
    find,
    look({ filename, change, replaces }) {
      const photo = publishable(filename)
      const edit = applyChange(photo.edit, change)
      const live = liveLike(photo, edit)
      if (replaces !== undefined) (live ? versionOf : livePublication)(photo, replaces)
      return { photo, edit, live }
    },

    async publish({ filename, change, again, replaces, keepsEdit = true, live: noted, by = BY_ITSELF }) {
      const photo = publishable(filename)
      const edit = applyChange(photo.edit, change)
      const live = again ? undefined : liveLike(photo, edit)
      // Where the one that is wanted is live, the old one may have left before: with a request that was cut short.
      const old = replaces === undefined ? undefined : (live ? versionOf : livePublication)(photo, replaces)
      if (keepsEdit && editKey(edit) !== editKey(photo.edit)) catalog.photos.keepEdit(photo.id, edit)
      const finish = needs.outputSettings.key()
      const key = `${photo.id} ${photo.main.sha256} ${editKey(edit)} ${finish}`
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
      })
      underWay.set(key, made)
      try {
        return { publication: await made, already: false }
      } finally {
        if (underWay.get(key) === made) underWay.delete(key)
      }
    },

    async unpublish(name, { gone, by = BY_ITSELF, unasked = false } = {}) {
      const publication = find(name)
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
      for (const publication of catalog.publications.pending(eventId)) {
        catalog.publications.goGone(publication.id)
        await needs.printing.drop(publication).catch((error: unknown) => {
          needs.log.warn(`Files of ${publication.name} stay for now: ${messageOf(error)}`)
        })
      }
      await needs.printing.clear().catch((error: unknown) => {
        needs.log.warn(`Half-made prints stay for now: ${messageOf(error)}`)
      })
      await tree.changed()
    },
    retireLeftovers,
    recoverFullSizes,
  }
}
