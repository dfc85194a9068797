import type { Catalog } from '../catalog/catalog.ts'
import type { AuditActor } from '../catalog/people/audit.ts'
import { requirePhoto } from '../catalog/photos/require-photo.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import type { Edit } from '../contract/edit.ts'
import { applyChange, editKey } from '../contract/recipe.ts'
import { Refusal } from '../errors.ts'
import { shownSha256 } from '../originals/finals/shown.ts'
import { originalMissing } from '../originals/proof.ts'
import type { OutputSettingsStore } from './output-settings.ts'
import type { WordingOf } from './wording.ts'

export interface PublishRequest {
  /** The Photo's name. */
  readonly filename: string
  /** What differs from the kept Edit; it is kept from then on. */
  readonly change: Partial<Edit>
  /** Another version even if this very one is live. */
  readonly again?: boolean
  /** The public name of a live version of the same Photo, which leaves in the same moment. */
  readonly replaces?: string
  /** What is live of an archived Photo may be renewed; nothing else of it is published. */
  readonly fromArchive?: boolean
  /** Whether the Edit becomes the Photo's own; true by default. */
  readonly keepsEdit?: boolean
  /** Called in the transaction that makes it live. */
  readonly live?: (publication: PublicationRecord) => void
  /** Who asked for it, for the audit trail: the program itself by default. */
  readonly by?: AuditActor
}

/** What a request says of what it is about. */
export type Wanted = Pick<PublishRequest, 'filename' | 'change' | 'replaces' | 'fromArchive'>

/** What would be published, after everything that can be known of it at one moment. */
export interface Look {
  readonly photo: PhotoRecord
  /** The whole Edit. */
  readonly edit: Edit
  /** The version that is live with it already. */
  readonly live: PublicationRecord | undefined
  /** The version that is to leave. */
  readonly old: PublicationRecord | undefined
}

/** Versions of before it was noted say nothing: they are of the Original. */
const isMadeFrom = ({ source }: PublicationRecord, photo: PhotoRecord) =>
  source === shownSha256(photo) || (source === '' && !photo.final)

/** Finds what a request is about; nothing here changes anything. */
export type Looking = ReturnType<typeof createLooking>

export function createLooking(needs: {
  catalog: Pick<Catalog, 'events' | 'photos' | 'publications'>
  outputSettings: Pick<OutputSettingsStore, 'key'>
  wording?: WordingOf
}) {
  const { catalog } = needs
  const event = () => catalog.events.current()

  function publishable(filename: string, fromArchive = false): PhotoRecord {
    const { state } = event()
    const photo = requirePhoto(catalog, filename)
    if (state !== 'open')
      throw new Refusal(409, 'event_not_open', `The event is ${state}. Continue it, or open a new one.`)
    if (photo.state !== 'buffer' && !(fromArchive && photo.state === 'archived'))
      throw new Refusal(409, 'not_in_buffer', `"${filename}" is ${photo.state}. Restore it first.`)
    if (photo.main.lost && !photo.final) throw originalMissing(filename)
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

  function liveLike(photo: PhotoRecord, edit: Edit): PublicationRecord | undefined {
    const [key, finish, words] = [editKey(edit), needs.outputSettings.key(), needs.wording?.key(photo) ?? '']
    const isLike = (one: PublicationRecord) =>
      one.editKey === key && one.finish === finish && one.words === words && isMadeFrom(one, photo)
    return catalog.publications.liveOf(photo.id).find(isLike)
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

  return {
    publishable,
    livePublication,
    find,
    /** @throws Refusal 404 or 409 like `Publisher.publish` */
    look({ filename, change, replaces, fromArchive }: Wanted): Look {
      const photo = publishable(filename, fromArchive)
      const edit = applyChange(photo.edit, change)
      const live = liveLike(photo, edit)
      // Where the one that is wanted is live, the old one may have left before: with a request that was cut short.
      const old = replaces === undefined ? undefined : (live ? versionOf : livePublication)(photo, replaces)
      return { photo, edit, live, old }
    },
  }
}
