import { join } from 'node:path'
import type { EventRecord } from '../../catalog/events.ts'
import type { Known } from '../../catalog/photos/originals.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { asSentence, newMessage } from '../../util/message.ts'
import { orAbort } from '../../util/abort.ts'
import type { Accept, Adopt, Adopted } from './arrival.ts'
import { INCOMPLETE, type Committer, type IngestNeeds, type Seen } from './commit.ts'
import { fingerprintAt, hashInPlace, looksLike } from './in-place.ts'
import type { Joining } from './joining.ts'
import type { Naming } from '../../originals/naming.ts'
import type { OwnFiles } from '../../originals/own-files.ts'
import { readChunks } from '../../util/reading.ts'
import type { SameFrame } from './same-frame.ts'
import { fullDisk, sameAs } from '../words.ts'

/** A file in the buffer folder whose bytes were read. */
interface Still {
  readonly name: string
  readonly path: string
  readonly sha256: string
  readonly bytes: number
  readonly modifiedAt: number
  readonly stat: string | null
}

/** What becomes of a file, where that is not settled in the commit lane: it gets a copy of its own. */
type Found =
  | Adopted
  /** The file's name is that Photo's. */
  | { readonly beside: string }
  /** The file is the other half of a Photo that has left the buffer. */
  | { readonly half: { readonly origin: string; readonly originName: string } }

const MORE = newMessage('cut_short', 'The file is cut short: its end is missing.')

/** Makes Photos of files that lie in the buffer folder, where they are.
 * @param needs.accept how a shot gets a file of its own */
export function createAdopt(
  needs: Pick<IngestNeeds, 'catalog' | 'folders' | 'inspect'> & {
    committer: Committer
    naming: Naming
    ownFiles: OwnFiles
    sameFrame: SameFrame
    joining: Joining
    accept: Accept
    /** The row of a file that an earlier run had placed is committed. */
    placed: (sha256: string) => Promise<void>
  },
): Adopt {
  const { committer, naming, ownFiles, sameFrame, joining } = needs
  const { originals, photos, transaction } = needs.catalog

  /** The Original whose place this is, if it is one's and other bytes lie there now. */
  async function holderOf(event: EventRecord, file: Still): Promise<Known | undefined> {
    const holder = originals.byName(event.id, file.name)
    if (!holder || holder.sha256 === file.sha256) return undefined
    return (await ownFiles.isPlaceOf(holder, file.name)) ? holder : undefined
  }

  /** The very bytes of an Original: its own file; or, where that is gone, its own file under a new name; or a second
   * copy, which makes the first whole where it can. */
  async function known(event: EventRecord, own: Known, file: Still): Promise<Adopted> {
    const photo = joining.photoOf(own)
    if (photo.deletedAt !== null) return returned(event, own, file)
    // Moved back from the spill folder, up to its row.
    if (own.spilled !== null && own.filename === file.name) return { outcome: 'known' }
    if (await ownFiles.isPlaceOf(own, file.name)) {
      if (file.stat !== null || own.lost) await ownFiles.verify(own)
      return { outcome: 'known' }
    }
    const state = await ownFiles.stateOf(own)
    if (state !== 'same' && ownFiles.canTake(own, file.name)) {
      await ownFiles.take(own, file.name)
      return { outcome: 'known' }
    }
    const holder = await holderOf(event, file)
    if (holder) ownFiles.lose(holder)
    await ownFiles.heal(own, file.path)
    return { outcome: 'skipped', reason: sameAs(own.filename, photo.state) }
  }

  /** A person put a deleted Photo's bytes, or its frame, into the buffer folder. */
  async function returned(event: EventRecord, own: Known, file: Still, seen?: Seen): Promise<Adopted> {
    const holder = originals.byName(event.id, file.name)
    const isFree = holder === undefined || holder.sha256 === own.sha256
    if (!isFree) await ownFiles.bringToBuffer(own, file.path)
    const photo = transaction(() => {
      const now = seen ? joining.renew(event, own, file, seen) : own
      if (isFree && now.filename !== file.name) originals.rename(event.id, now.sha256, file.name)
      return committer.revive(joining.photoOf(now))
    })
    const back = originals.bySha(event.id, file.sha256)
    if (back) await ownFiles.verify(back)
    return isFree
      ? { outcome: 'taken', photo }
      : { outcome: 'skipped', reason: sameAs(own.filename, 'buffer') }
  }

  /** The same frame with another head: written over its own file, moved and written, or beside it. */
  async function rewritten(event: EventRecord, own: Known, file: Still, seen: Seen): Promise<Adopted> {
    const photo = joining.photoOf(own)
    if (photo.deletedAt !== null) return returned(event, own, file, seen)
    const isHere = await ownFiles.isPlaceOf(own, file.name)
    const state = isHere ? 'other' : await ownFiles.stateOf(own)
    const isMoved = !isHere && state !== 'same' && ownFiles.canTake(own, file.name)
    const changed = transaction(() => {
      const renews = isHere || isMoved || state === 'gone' || state === 'other'
      const now = renews ? joining.renew(event, own, file, seen) : own
      joining.addStars(photo.id, seen, renews ? 'newest' : 'person')
      return isMoved ? originals.rename(event.id, now.sha256, file.name) : [photo.id]
    })
    ownFiles.announce(changed)
    const holder = await holderOf(event, file)
    if (holder) ownFiles.lose(holder)
    const now = originals.bySha(event.id, file.sha256)
    if (isHere || isMoved) return { outcome: 'known' }
    if (now) await ownFiles.heal(now, file.path)
    return { outcome: 'skipped', reason: sameAs(own.filename, photo.state) }
  }

  /** A frame that nobody has seen. Where the name is another Photo's it gets a copy under a name of its own: the file
   * stays as it is, and a program that writes over it next does not take this one away. */
  async function fresh(event: EventRecord, file: Still, seen: Seen): Promise<Found> {
    const { name, path: _, ...still } = file
    const holder = originals.byName(event.id, name)
    if (holder) {
      if (await ownFiles.isPlaceOf(holder, name)) ownFiles.lose(holder)
      return { beside: holder.filename }
    }
    const hint = committer.unfinished.get(still.sha256)
    const origin = hint?.origin ?? 'buffer'
    const originName = hint?.originName ?? name
    const from = hint?.from ?? null
    const met = committer.meet(seen, { source: from?.source ?? null, modifiedAt: still.modifiedAt })
    const original = { ...still, kind: seen.kind, filename: name, origin, originName, from }
    const partner = naming.partner(event, original, met)
    if (partner && partner.state !== 'buffer') return { half: { origin, originName } }
    const photo = committer.commit(event, original, met, partner)
    if (hint) await needs.placed(still.sha256)
    return { outcome: 'taken', photo }
  }

  async function decide(event: EventRecord, file: Still, seen: Seen | null): Promise<Found> {
    const own = originals.bySha(event.id, file.sha256)
    if (own) return known(event, own, file)
    if (!seen) return { outcome: 'changed' }
    const frame = await sameFrame.find(event, file.name, seen, { renamed: true })
    if (frame) return rewritten(event, frame, file, seen)
    const holder = await holderOf(event, file)
    const isTurned = holder && (await sameFrame.isTurned(holder, seen, file))
    return isTurned ? rewritten(event, holder, file, seen) : fresh(event, file, seen)
  }

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
    const file = { ...still, name, path }
    const isKnown = photos.bySha256(before.id, still.sha256) !== undefined
    const inspected = isKnown ? null : await looking.catch((error: unknown) => unfit(before, file, error))
    if (inspected?.unfinished && !stoodStill) return { outcome: 'unfinished', reason: MORE }
    const { modifiedAt } = still
    const seen = inspected && committer.meet(inspected, { source: null, modifiedAt })
    const found = await committer.alone(before, signal, async (event): Promise<Found> => {
      if (!looksLike(await fingerprintAt(path), fingerprint)) return { outcome: 'changed' }
      return decide(event, file, seen)
    })
    if ('half' in found) return takeHalf(file, found.half, signal)
    return 'beside' in found ? takeBeside(file, found.beside, signal) : found
  }

  /** What lies in a Photo's place is no picture, or not whole: then the Photo's own bytes do not. */
  async function unfit(event: EventRecord, file: Still, error: unknown): Promise<never> {
    const holder = await holderOf(event, file)
    if (holder) ownFiles.lose(holder)
    throw error
  }

  /** Gives a file a copy of its own, wherever that belongs. */
  async function takeCopy(
    { name, path, bytes, modifiedAt }: Still,
    { origin, originName }: { origin: string; originName: string },
    signal: AbortSignal,
  ): Promise<PhotoRecord> {
    const content = { read: () => readChunks(path) }
    const shot = { bytes, modifiedAt, path: name, filename: originName, origin, content }
    return (await needs.accept(shot, signal)).photo
  }

  /** One press of the shutter is one Photo, also where it was rejected or archived between its two files. */
  async function takeHalf(
    file: Still,
    from: { origin: string; originName: string },
    signal: AbortSignal,
  ): Promise<Adopted> {
    const { filename, state } = await takeCopy(file, from, signal)
    // In the buffer where it was restored meanwhile.
    return state === 'buffer'
      ? { outcome: 'changed' }
      : { outcome: 'skipped', reason: sameAs(filename, state) }
  }

  async function takeBeside(file: Still, other: string, signal: AbortSignal): Promise<Adopted> {
    const photo = await takeCopy(file, { origin: 'buffer', originName: file.name }, signal)
    return {
      outcome: 'skipped',
      reason: newMessage(
        'taken_as',
        `Taken as ${photo.filename}, because another photo is called ${other}.`,
        {
          name: photo.filename,
          other,
        },
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
        const reason = asSentence(newMessage(error.code, error.message, error.params))
        return { outcome: unfinished ? 'unfinished' : 'skipped', reason }
      }
      throw fullDisk(error)
    }
  }
}
