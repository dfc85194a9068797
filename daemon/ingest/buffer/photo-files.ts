import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isPart, nameKey } from '../../files.ts'
import { SENTINEL, type Folders } from '../../folders.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Announcer } from '../../views/announcer.ts'
import { fingerprintAt, looksLike } from '../intake/in-place.ts'
import { INCOMING } from '../spill/berths.ts'
import { isOneFile } from '../../originals/own-files.ts'

/** The time of the last change in what `statOf` gave, milliseconds since 1970. */
const changedAt = (stat: string) => Math.round(Number(stat.split('|')[3]) / 1e6)

/** What lies in the buffer folder and is no file that anybody dropped there. */
export const isOurs = (name: string) =>
  name === INCOMING || name.startsWith('.lep-') || name === SENTINEL || isPart(name)

/** Which files in the buffer folder are Photos' own, and which Photos have theirs there no longer. */
export function createPhotoFiles(needs: {
  catalog: Pick<Catalog, 'events' | 'photos' | 'originals'>
  announcer: Pick<Announcer, 'changed'>
  folders: () => Folders
}) {
  const { events, photos, originals } = needs.catalog

  function lose(sha256: string, photoId: string): boolean {
    if (!originals.lose(events.current().id, sha256)) return false
    needs.announcer.changed(photoId)
    return true
  }

  return {
    /** Whether it is a Photo's own, unchanged file: as it looked when its bytes were read. In any state: one that is
     * being moved to the archive is still here for a moment. */
    async isUnchanged(name: string, fingerprint: string): Promise<boolean> {
      const known = originals.byName(events.current().id, name)
      if (!known || known.lost) return false
      const { filename, bytes, modifiedAt, stat } = known
      const looked = `${bytes}|${modifiedAt}`
      if (filename === name && stat !== null) return looksLike(fingerprint, `${looked}|${changedAt(stat)}`)
      // Of what an earlier version took, no more is known.
      if (!looksLike(fingerprint, looked)) return false
      if (filename === name) return true
      // Some disks give names back decomposed; on others that is another name.
      const folder = needs.folders().path('buffer')
      return (
        filename.normalize('NFC') === name.normalize('NFC') &&
        isOneFile(join(folder, filename), join(folder, name))
      )
    },

    /** A file was not there a moment ago; it may have been on its way back from another folder.
     * @returns whether a Photo misses it now */
    async isMissed(name: string): Promise<boolean> {
      const path = join(needs.folders().path('buffer'), name)
      if ((await fingerprintAt(path)) !== null) return false
      const own = originals.byName(events.current().id, name)
      const photo = own && photos.byId(own.photoId)
      if (own?.filename !== name || own.spilled !== null) return false
      if (photo?.state !== 'buffer' || photo.deletedAt !== null) return false
      // Looked at in the same breath: whoever moves the file here sees afterwards that it was missed.
      return !existsSync(path) && lose(own.sha256, own.photoId)
    },

    /** What was removed or renamed while nobody watched.
     * @param names of the files that are there
     * @returns whether a Photo misses its file now */
    async findMissed(names: ReadonlySet<string>): Promise<boolean> {
      const folder = needs.folders().path('buffer')
      const keys = new Set([...names].map(nameKey))
      let found = false
      for (const { filename, sha256, photoId } of originals.present(events.current().id, 'buffer'))
        if (!keys.has(nameKey(filename)) && (await fingerprintAt(join(folder, filename))) === null)
          found = lose(sha256, photoId) || found
      return found
    },
  }
}
