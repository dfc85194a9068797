import type { EventRecord } from '../../catalog/events.ts'
import type { Known } from '../../catalog/photos/originals.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { Committer, IngestNeeds, Seen } from './commit.ts'
import type { Part, Placing } from './incoming.ts'
import type { OwnFiles } from '../../originals/own-files.ts'
import type { Accepted } from './arrival.ts'
import { bringWords } from './bringing.ts'

/** What a frame that came before brings when it comes again: its bytes where they are missing, and the stars that it
 * was given meanwhile. What a person decided about it stands. Only for the commit lane. */
export type Joining = ReturnType<typeof createJoining>

export function createJoining(
  needs: Pick<IngestNeeds, 'catalog'> & { ownFiles: OwnFiles; committer: Committer },
) {
  const { importHistory, originals, photos, transaction } = needs.catalog
  const { ownFiles, committer } = needs

  function photoOf({ photoId }: Known): PhotoRecord {
    const photo = photos.byId(photoId)
    if (!photo) throw new Error(`The catalog holds no photo ${photoId}`)
    return photo
  }

  /** What a person deleted stays away when it comes from a Source, and is back when a person brings it.
   * @param bring gives it its file */
  async function bringBack(
    event: EventRecord,
    photo: PhotoRecord,
    sha256: string,
    bring: (known: Known) => Promise<unknown>,
  ): Promise<PhotoRecord> {
    const known = originals.bySha(event.id, sha256)
    if (known) await bring(known)
    return committer.revive(photo)
  }

  /** Other bytes of the same frame become the Original's. */
  function renew(
    event: EventRecord,
    known: Known,
    file: { sha256: string; bytes: number; modifiedAt: number; stat?: string | null },
    seen: Seen,
  ): Known {
    const { width, height, picture = null, shotAt } = seen
    const { sha256, bytes, modifiedAt, stat = null } = file
    originals.renew(
      event.id,
      known.sha256,
      { sha256, bytes, modifiedAt, picture, shotAt, stat },
      { width, height },
    )
    return originals.bySha(event.id, sha256)!
  }

  return {
    photoOf,
    renew,

    /** Stars and words that came with it. Of a Source they are the photographer's mark, and only ever add to what the Photo has.
     * @param newest they are of a file that was just rewritten where it lies, and count as the last word */
    addStars(
      photoId: string,
      seen: Pick<Seen, 'rating' | 'marked' | 'brought'>,
      from: 'source' | 'person' | 'newest',
    ) {
      const photo = photos.byId(photoId)
      if (!photo) return
      bringWords(needs.catalog, photo, seen.brought)
      if (from === 'source') {
        if (seen.marked && (!photo.marked || seen.rating > photo.rating)) photos.mark(photoId, seen.rating)
      } else if (
        seen.rating > photo.rating ||
        (from === 'newest' && seen.rating > 0 && seen.rating !== photo.rating)
      )
        photos.rate(photoId, { rating: seen.rating })
    },

    /** The very same bytes came again. */
    async again(event: EventRecord, known: Known, part: Part, from: Placing['from']): Promise<Accepted> {
      const photo = photoOf(known)
      const note = () => from && importHistory.note(event.id, from.source, [from.key], 'taken', part.sha256)
      if (photo.deletedAt === null) {
        await ownFiles.heal(known, part)
        note()
        return { photo: photoOf(known), already: true }
      }
      note()
      if (from !== null) return { photo, already: true }
      const back = await bringBack(event, photo, part.sha256, (one) => ownFiles.bringToBuffer(one, part))
      return { photo: back, already: false }
    },

    /** The RAW or the JPEG of a Photo that a person deleted for good came from a Source: the press of the shutter is
     * what was deleted, so it stays where it is. */
    unwanted(event: EventRecord, photo: PhotoRecord, from: NonNullable<Placing['from']>): Accepted {
      importHistory.note(event.id, from.source, [from.key], 'taken', photo.main.sha256)
      return { photo, already: true }
    },

    /** The same frame came again with another head. Where the Photo's own file is whole it stays, else these bytes take
     * its place. */
    async rewritten(
      event: EventRecord,
      known: Known,
      part: Part,
      seen: Seen,
      from: Placing['from'],
    ): Promise<Accepted> {
      const photo = photoOf(known)
      const isDeleted = photo.deletedAt !== null
      if (isDeleted && from === null) {
        const renewed = renew(event, known, part, seen)
        const back = await bringBack(event, photo, renewed.sha256, (one) => ownFiles.bringToBuffer(one, part))
        return { photo: back, already: false }
      }
      const state = isDeleted ? 'same' : await ownFiles.stateOf(known)
      const isWanting = state === 'gone' || state === 'other' || state === 'unread'
      let own = known
      if (isWanting) {
        own = renew(event, known, part, seen)
        await ownFiles.heal(own, part)
      }
      transaction(() => {
        if (!isDeleted) this.addStars(photo.id, seen, from ? 'source' : 'person')
        if (from) importHistory.note(event.id, from.source, [from.key], 'taken', own.sha256)
      })
      ownFiles.announce([photo.id])
      return { photo: photoOf(own), already: true }
    },
  }
}
