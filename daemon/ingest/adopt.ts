import { join } from 'node:path'
import type { PhotoRecord } from '../catalog/photos.ts'
import { errnoOf, Refusal } from '../errors.ts'
import { orAbort } from './abort.ts'
import type { Accept, Adopt, Adopted } from './arrival.ts'
import type { Committer, IngestNeeds } from './commit.ts'
import { fingerprintAt, hashInPlace } from './incoming.ts'
import type { Naming } from './naming.ts'
import { readChunks } from './reading.ts'
import { asSentence, saying } from '../saying.ts'
import { fullDisk } from './words.ts'

/** What a file may say of itself while it is still being written. */
const INCOMPLETE = new Set(['cut_short', 'middle_missing'])
const MORE = saying('cut_short', 'The file is cut short: its end is missing.')

/** Makes Photos of files that lie in the buffer folder, where they are.
 * @param needs.accept how a shot gets a file of its own */
export function createAdopt(
  needs: Pick<IngestNeeds, 'catalog' | 'folders' | 'inspect'> & {
    committer: Committer
    naming: Naming
    accept: Accept
    /** The row of a file that an earlier run had placed is committed. */
    placed: (sha256: string) => Promise<void>
  },
): Adopt {
  const { committer, naming } = needs
  const { photos } = needs.catalog

  async function adopt(
    name: string,
    fingerprint: string,
    signal: AbortSignal,
    stoodStill: boolean,
  ): Promise<Adopted> {
    const before = committer.openEvent()
    const path = join(needs.folders().path('buffer'), name)
    // Side by side: the disk is busy with the one, the darkroom with the other.
    const looking = orAbort(needs.inspect(path), signal)
    looking.catch(() => undefined)
    const still = await hashInPlace(path, fingerprint, signal)
    if (!still) return { outcome: 'changed' }
    const known = photos.bySha256(before.id, still.sha256) !== undefined
    const seen = known ? null : await looking
    if (seen?.unfinished && !stoodStill) return { outcome: 'unfinished', reason: MORE }
    const result = await committer.alone(before, signal, async (event): Promise<Adopted | PhotoRecord> => {
      if ((await fingerprintAt(path)) !== fingerprint) return { outcome: 'changed' }
      const twin = photos.bySha256(event.id, still.sha256)
      if (twin?.deletedAt === null) return naming.second(twin, still.sha256, name)
      if (twin) {
        const result = await naming.second(committer.revived(twin), still.sha256, name)
        committer.revive(twin)
        return result
      }
      if (!seen) return { outcome: 'changed' }
      const holder = photos.byName(event.id, name)
      if (holder) return holder
      const hint = committer.unfinished.get(still.sha256)
      const origin = hint?.origin ?? 'buffer'
      const originName = hint?.originName ?? name
      const ledger = hint?.ledger ?? null
      const met = committer.meet(seen, { source: ledger?.source ?? null, modifiedAt: still.modifiedAt })
      const fresh = { ...still, kind: seen.kind, filename: name, origin, originName, ledger }
      const partner = naming.partner(event, fresh, met)
      // Where the other half left the buffer, this one becomes a Photo of its own: in place means here.
      const here = partner?.state === 'buffer' ? partner : undefined
      const photo = committer.commit(event, fresh, met, here)
      if (hint) await needs.placed(still.sha256)
      return { outcome: 'taken', photo }
    })
    return 'outcome' in result ? result : takeBeside(name, path, still, result, signal)
  }

  /** The file's name belongs to another Photo. Where that Photo's own file was overwritten nothing may be guessed;
   * otherwise the shot gets a copy under a name of its own, and the file stays as it is. */
  async function takeBeside(
    name: string,
    path: string,
    file: { bytes: number; modifiedAt: number },
    holder: PhotoRecord,
    signal: AbortSignal,
  ): Promise<Adopted> {
    if (await naming.isOwnFile(holder, name))
      return {
        outcome: 'aside',
        reason: saying(
          'photo_replaced',
          `The photo ${name} was replaced by another file of the same name. Give one of them another name.`,
          { name },
        ),
      }
    const content = { read: () => readChunks(path) }
    const shot = { ...file, path: name, filename: name, origin: 'buffer', content }
    const { photo } = await needs.accept(shot, signal)
    return {
      outcome: 'aside',
      reason: saying(
        'taken_as',
        `Taken as ${photo.filename}, because another photo is called ${holder.filename}.`,
        { name: photo.filename, other: holder.filename },
      ),
    }
  }

  return async (name, fingerprint, signal, stoodStill = false) => {
    try {
      return await adopt(name, fingerprint, signal, stoodStill)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { outcome: 'changed' }
      if (error instanceof Refusal && error.status === 422) {
        // What is no picture from its first bytes on will not become one by waiting.
        const unfinished = INCOMPLETE.has(error.code) || fingerprint.startsWith('0|')
        const reason = asSentence(saying(error.code, error.message, error.params))
        return { outcome: unfinished ? 'unfinished' : 'aside', reason }
      }
      throw fullDisk(error)
    }
  }
}
