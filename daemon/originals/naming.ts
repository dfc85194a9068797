import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { Known } from '../catalog/photos/originals.ts'
import type { NewOriginal, PhotoRecord } from '../catalog/photos/photos.ts'
import { sha256Of } from './proof.ts'
import { frameStem } from '../catalog/photos/stems.ts'
import { errnoOf } from '../errors.ts'
import { moveFile, nameKey, placeNew, splitName, syncFile } from '../files.ts'
import { FOLDER_OF, type Folders } from '../folders.ts'
import { mayBelong } from './halves.ts'
import type { WholeCopy } from './whole-copy.ts'
import { safeName } from './names.ts'

/** Two files of one press of the shutter are at most this far apart, milliseconds. */
const TOGETHER = 2000

/** A file as it came. */
type Came = Pick<NewOriginal, 'origin' | 'originName' | 'kind' | 'modifiedAt'>

/** When a file was shot and by what, as far as that is known. */
interface Seen {
  readonly shotAt: number | null
  readonly takenAt: number | null
  readonly serial: string | null
  readonly camera: string | null
}

/** Which file name a shot gets, and whose other half it is. Only for the commit lane: what it finds holds as long as
 * nobody else commits. */
export type Naming = ReturnType<typeof createNaming>

export function createNaming(needs: {
  catalog: Pick<Catalog, 'originals' | 'photos'>
  /** The current Event's folders. */
  folders: () => Pick<Folders, 'path' | 'check'>
}) {
  const { originals, photos } = needs.catalog

  /** The Photos that this file may be the RAW or the JPEG of, the likeliest first: same stem, shot within two seconds,
   * and see `mayBelong`. Deleted ones too. */
  function partners(event: EventRecord, file: Came, seen: Seen): PhotoRecord[] {
    const apart = (known: Known, photo: PhotoRecord) =>
      known.shotAt !== null && seen.shotAt !== null
        ? Math.abs(known.shotAt - seen.shotAt)
        : Math.abs(photo.takenAt - (seen.takenAt ?? file.modifiedAt))
    return originals
      .byStem(event.id, file.originName)
      .flatMap((known) => {
        const photo = photos.byId(known.photoId)
        if (!photo || photo.raw !== null) return []
        const isOther = (known.kind === 'raw') !== (file.kind === 'raw')
        const { serial, camera } = photo
        const fits =
          isOther &&
          [file.kind, known.kind].includes('jpeg') &&
          apart(known, photo) <= TOGETHER &&
          mayBelong({ origin: known.origin, serial, camera }, { ...seen, origin: file.origin })
        return fits ? [{ photo, apart: apart(known, photo), isHere: known.origin === file.origin }] : []
      })
      .sort((a, b) => Number(b.isHere) - Number(a.isHere) || a.apart - b.apart)
      .map(({ photo }) => photo)
  }

  return {
    /** The Photo that this file is the other half of. */
    partner: (event: EventRecord, file: Came, seen: Seen): PhotoRecord | undefined =>
      partners(event, file, seen).find(({ deletedAt }) => deletedAt === null),

    /** The Photo that this file is the other half of, where a person deleted that for good. */
    unwanted(event: EventRecord, file: Came, seen: Seen): PhotoRecord | undefined {
      const all = partners(event, file, seen)
      return all.every(({ deletedAt }) => deletedAt !== null) ? all[0] : undefined
    },

    /** The name to ask for: its other half's stem, where it has one, unless only a phone's endings differ. */
    wanted(partner: PhotoRecord | undefined, originName: string): string {
      const name = safeName(originName)
      const isAlike = partner !== undefined && frameStem(partner.filename) === frameStem(name)
      const keeps = isAlike && nameKey(splitName(partner.filename)[0]) !== nameKey(splitName(name)[0])
      return partner && !keeps ? `${splitName(partner.filename)[0]}${splitName(name)[1]}` : name
    },

    /** Gives the part the first name that neither a Photo nor a file has, in the folder where its Photo is, or in the
     * spill folder where it lies there. A file
     * without a row that holds the very same bytes is what an earlier try left: it serves.
     * @returns the name it got */
    async place(
      event: EventRecord,
      part: WholeCopy,
      wanted: string,
      partner: PhotoRecord | undefined,
    ): Promise<string> {
      const role = FOLDER_OF[partner?.state ?? 'buffer']
      const isSpilled = part.isSpilled === true
      if (!isSpilled) await needs.folders().check(role)
      const folder = isSpilled ? event.spill : needs.folders().path(role)
      const [stem, extension] = splitName(wanted)
      for (let n = 1; ; n += 1) {
        const name = n === 1 ? wanted : `${stem}-${n}${extension}`
        if (photos.byName(event.id, name) || originals.wasNamed(event.id, name)) continue
        const path = join(folder, name)
        try {
          await (role === 'buffer' || isSpilled ? placeNew : moveFile)(part.path, path)
          return name
        } catch (error) {
          if (errnoOf(error) !== 'EEXIST') throw error
          if (await holds(path, part)) return name
        }
      }
    },
  }
}

async function holds(path: string, part: WholeCopy): Promise<boolean> {
  const stats = await stat(path)
  if (!stats.isFile() || stats.size !== part.bytes) return false
  if ((await sha256Of(path)) !== part.sha256) return false
  await syncFile(path)
  return true
}
