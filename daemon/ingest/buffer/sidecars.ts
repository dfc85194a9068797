import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import { readXmp, type Brought } from '../../darkroom/words/xmp-read.ts'
import { errnoOf } from '../../errors.ts'
import { isHidden, splitName } from '../../files.ts'
import type { Folders } from '../../folders.ts'
import { pictureEndings } from '../../originals/names.ts'
import type { Announcer } from '../../views/announcer.ts'
import { followSidecar } from '../intake/bringing.ts'

/** The largest that is read, bytes: programs keep masks in them. */
const LARGEST = 4 << 20

export const isSidecar = (name: string): boolean => !isHidden(name) && /\.xmp$/iu.test(name)

/** How programs call the sidecar of a photo: Lightroom and Capture One by its stem, darktable by its whole name. */
export const sidecarsOf = (name: string): string[] =>
  [splitName(name)[0], name].flatMap((base) => [`${base}.xmp`, `${base}.XMP`])

/** Whose a sidecar of this name is. A RAW goes before a picture of another kind that is called the same; of two pictures
 * it is neither's. */
export function photoOfSidecar(
  { photos, originals }: Pick<Catalog, 'photos' | 'originals'>,
  eventId: number,
  name: string,
): PhotoRecord | undefined {
  const [base, ending] = [splitName(name)[0], splitName(splitName(name)[0])[1].toLowerCase()]
  const names = pictureEndings.includes(ending) ? [base] : pictureEndings.map((one) => base + one)
  const found = names.flatMap((one) => originals.byName(eventId, one) ?? [])
  const raw = found.find(({ kind }) => kind === 'raw')
  const ids = new Set((raw ? [raw] : found).map(({ photoId }) => photoId))
  const [id] = ids
  const photo = ids.size === 1 && id !== undefined ? photos.byId(id) : undefined
  return photo?.deletedAt === null ? photo : undefined
}

/** Reads the sidecars that programs write beside photos into the buffer folder, also again when they change. */
export function createSidecars(needs: {
  catalog: Pick<Catalog, 'events' | 'photos' | 'originals' | 'words' | 'transaction'>
  announcer: Pick<Announcer, 'changed'>
  folders: () => Folders
}) {
  const { events, words, transaction } = needs.catalog

  const photoOf = (eventId: number, name: string) => photoOfSidecar(needs.catalog, eventId, name)

  return {
    /** @returns whether it is a Photo's, and could be read */
    async read(name: string): Promise<boolean> {
      const event = events.current()
      if (!photoOf(event.id, name)) return false
      const path = join(needs.folders().path('buffer'), name)
      let now: Brought
      let text: string
      try {
        if ((await stat(path)).size > LARGEST) return false
        text = await readFile(path, 'utf8')
        now = readXmp(text)
      } catch (error) {
        // What is no XMP, or not yet whole, is looked at again when it changes; what the disk says is the caller's.
        if (errnoOf(error) !== undefined && errnoOf(error) !== 'ENOENT') throw error
        return false
      }
      const sha256 = createHash('sha256').update(text).digest('hex')
      const followed = transaction(() => {
        const photo = events.current().id === event.id ? photoOf(event.id, name) : undefined
        if (!photo) return undefined
        const before = words.sidecar(event.id, name)
        if (before?.sha256 === sha256) return null
        const was = before ? (JSON.parse(before.said) as Brought) : { words: {} }
        followSidecar(needs.catalog, photo, was, now)
        words.noteSidecar(event.id, name, { sha256, said: JSON.stringify(now) })
        return photo.id
      })
      if (followed) needs.announcer.changed(followed)
      return followed !== undefined
    },
  }
}
