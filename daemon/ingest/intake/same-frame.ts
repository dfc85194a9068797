import type { EventRecord } from '../../catalog/events.ts'
import type { Known } from '../../catalog/photos/originals.ts'
import type { Claim } from '../../originals/proof.ts'
import { frameStem } from '../../catalog/photos/stems.ts'
import type { IngestNeeds, Seen } from './commit.ts'
import type { OwnFiles } from '../../originals/own-files.ts'

/** The time in a file keeps its second, whatever is written into its head. */
const SAME_TIME = 2000

/** Whether a file is a frame that a Photo was made of before, with another head: given stars in the camera after it was
 * fetched, captioned by a program, turned by its tag. */
export interface SameFrame {
  /** The Original that is this frame: the same compressed picture (its own, or the one that it had before a program
   * turned it), shot by the same camera, at the same time, and called the same where it came from. Rows of before, of
   * which nobody has looked at the picture, are looked at now.
   * @param originName its name at its Source
   * @param renamed also under another name, where the Original's own file is gone: then this is where it went */
  find(
    event: EventRecord,
    originName: string,
    seen: Seen,
    options?: { renamed?: boolean },
  ): Promise<Known | undefined>
  /** Whether what lies in an Original's place is its frame, turned by a program that rewrites the pixels: its camera
   * and its time to the moment, and what it looks like. */
  isTurned(holder: Known, seen: Seen, file: Claim): Promise<boolean>
}

export function createSameFrame(
  needs: Pick<IngestNeeds, 'inspect' | 'isTurned'> & {
    catalog: Pick<IngestNeeds['catalog'], 'originals' | 'photos'>
    ownFiles: OwnFiles
  },
): SameFrame {
  const { originals, photos } = needs.catalog

  /** What nobody has looked at yet is read where its file still is what it was. */
  async function signed(event: EventRecord, known: Known): Promise<Known> {
    if (known.picture !== null) return known
    const photo = photos.byId(known.photoId)
    if (!photo || photo.deletedAt !== null || (await needs.ownFiles.stateOf(known)) !== 'same') return known
    const seen = await needs.inspect(needs.ownFiles.pathOf(known)).catch(() => null)
    if (!seen) return known
    originals.sign(event.id, known.sha256, { picture: seen.picture ?? '', shotAt: seen.takenAt })
    return originals.bySha(event.id, known.sha256) ?? known
  }

  /** Camera and time, as far as the two say. */
  function mayBe(known: Known, seen: Seen): boolean {
    const photo = photos.byId(known.photoId)
    if (!photo) return false
    if ((known.kind === 'raw') !== (seen.kind === 'raw')) return false
    const isSameCamera =
      photo.serial !== null && seen.serial !== null
        ? photo.serial === seen.serial
        : photo.camera === seen.camera
    if (!isSameCamera) return false
    if (known.shotAt === null || seen.shotAt === null) return known.shotAt === seen.shotAt
    return Math.abs(known.shotAt - seen.shotAt) <= SAME_TIME
  }

  return {
    async find(event, originName, seen, { renamed = false } = {}) {
      if (!seen.picture) return undefined
      const stem = frameStem(originName)
      for (const candidate of originals.alike(event.id, seen.picture, originName)) {
        const known = await signed(event, candidate)
        const isIts =
          known.picture === seen.picture || originals.hadPicture(event.id, known.sha256, seen.picture)
        if (!isIts || !mayBe(known, seen)) continue
        if (known.originStem === stem || frameStem(known.filename) === stem) return known
        if (renamed && (await needs.ownFiles.stateOf(known)) !== 'same') return known
      }
      return undefined
    },
    async isTurned(holder, seen, file) {
      if (!needs.isTurned || holder.role === 'raw' || seen.shotAt === null || holder.shotAt !== seen.shotAt)
        return false
      if (!mayBe(holder, seen)) return false
      const was = { path: needs.ownFiles.pathOf(holder), sha256: holder.sha256 }
      return needs.isTurned(was, file).catch(() => false)
    },
  }
}
