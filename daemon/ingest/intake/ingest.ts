import { dirname } from 'node:path'
import PQueue from 'p-queue'
import type { EventRecord } from '../../catalog/events.ts'
import { statOf } from '../../originals/proof.ts'
import { Refusal } from '../../errors.ts'
import { asSentence, newMessage } from '../../util/message.ts'
import { createAdopt } from './adopt.ts'
import type { Accept, Accepted, Adopt, Arrival } from './arrival.ts'
import {
  createCommitter,
  INCOMPLETE,
  type Beside,
  type Fresh,
  type IngestNeeds,
  type Seen,
} from './commit.ts'
import { createIncoming, type Part, type Placing } from './incoming.ts'
import { createJoining } from './joining.ts'
import { createNaming } from '../../originals/naming.ts'
import { placeOf } from '../../originals/place-of.ts'
import { createOwnFiles } from '../../originals/own-files.ts'
import { createRename, type Rename } from './renaming.ts'
import { createSameFrame } from './same-frame.ts'
import { SourceLost, steppedAsidePath, type Take } from '../source.ts'
import { fullDisk } from '../words.ts'

/** Turns shots into Photos. For every one, in this order: the bytes are on the disk and flushed, they have their name,
 * the catalog has its row, the bus says so, and only then the caller hears of it. */
export interface Ingest {
  take: Take
  /** The same for a Source that is sent its frames and cannot say when: while the bytes come, however slowly, they take
   * no other's turn. */
  deliver: Take
  accept: Accept
  adopt: Adopt
  rename: Rename
  /** Runs what changes Photos' files when nothing is being committed. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** Puts the bytes of an Original back where they belong, unless they are there.
   * @param from a file that holds them
   * @returns whether they are there now */
  bring(sha256: string, from: string): Promise<boolean>
  /** Removes what an earlier run left half-done. Call before anything is taken, and when the folders changed.
   * @throws Refusal 503 when the buffer folder is away: call again */
  clean(): Promise<void>
  /** Resolves when nothing is being committed. */
  idle(): Promise<void>
}

/** How many shots are copied and looked at at once; uploads beside them, so that slow phones hold up no card. */
const AT_ONCE = 3
/** How long an upload waits for a darkroom that the system does not let work, milliseconds; the darkroom rests between
 * its tries. */
const UPLOAD_WAITS = 5 * 60_000

export function createIngest(needs: IngestNeeds): Ingest {
  const { events, originals, photos, skipped } = needs.catalog
  const incoming = createIncoming(needs)
  const naming = createNaming(needs)
  const committer = createCommitter(needs)
  const ownFiles = createOwnFiles(needs)
  const sameFrame = createSameFrame({ ...needs, ownFiles })
  const joining = createJoining({ ...needs, ownFiles, committer })
  const shots = new PQueue({ concurrency: AT_ONCE })
  const uploads = new PQueue({ concurrency: AT_ONCE })

  /** What the file is. An upload comes once: while no picture can be looked at its copy waits, rather than its sender
   * being sent away. */
  async function see(part: Part, beside: Beside, isOnce: boolean, signal: AbortSignal): Promise<Seen> {
    const end = performance.now() + UPLOAD_WAITS
    for (;;) {
      try {
        return await committer.see(part, beside, signal)
      } catch (error) {
        const isAiling = error instanceof Refusal && error.code === 'darkroom_ailing'
        if (!isOnce || !isAiling || performance.now() > end) throw error
        signal.throwIfAborted()
      }
    }
  }

  /** The note of what is being placed is written beside the looking, and goes when nothing got a name. */
  async function place(
    arrival: Arrival,
    part: Part,
    from: Placing['from'],
    signal: AbortSignal,
  ): Promise<Accepted> {
    const before = committer.openEvent()
    const known = photos.bySha256(before.id, part.sha256) !== undefined
    const beside = { source: from?.source ?? null, ...arrival }
    const { origin, filename: originName } = arrival
    const placing = { sha256: part.sha256, origin, originName, from }
    const noted = known ? null : incoming.placing(placing, part)
    let isNamed = false
    const decide = (seen: Seen | null) => async (event: EventRecord) => {
      const twin = originals.bySha(event.id, part.sha256)
      if (twin) return joining.again(event, twin, part, from)
      if (!seen) throw new Error(`The photo of ${arrival.path} went away while its bytes came again`)
      const frame = await sameFrame.find(event, arrival.filename, seen)
      if (frame) return joining.rewritten(event, frame, part, seen, from)
      const file = { ...placing, bytes: part.bytes, modifiedAt: part.modifiedAt, kind: seen.kind }
      const unwanted = from && naming.unwanted(event, file, seen)
      if (unwanted) return joining.unwanted(event, unwanted, from)
      isNamed = true
      return name(event, part, file, seen)
    }
    try {
      // The disk and the darkroom work side by side; a name is given when both are done.
      const looked = known ? null : see(part, beside, from === null, signal)
      const [seen] = await Promise.all([looked, part.flushed, noted])
      if (seen?.unfinished) await refuseUnfinished(arrival, part, seen)
      return await committer.alone(before, signal, decide(seen), !part.isSpilled)
    } finally {
      if (noted && !isNamed) {
        await noted.catch(() => undefined)
        // In the spill folder it stays with a file of these bytes.
        const isWanted = (originals.bySha(before.id, part.sha256)?.spilled ?? null) !== null
        if (!isWanted) await incoming.placed(part.sha256, dirname(part.path))
      }
    }
  }

  /** A frame that nobody has seen. */
  async function name(
    event: EventRecord,
    part: Part,
    file: Omit<Fresh, 'filename'>,
    seen: Seen,
  ): Promise<Accepted> {
    const { sha256, origin, originName, from } = file
    const partner = naming.partner(event, file, seen)
    committer.unfinished.set(sha256, { sha256, origin, originName, from })
    const filename = await naming.place(event, part, naming.wanted(partner, file.originName), partner)
    if (!part.isSpilled) await needs.folders().check('buffer')
    const spilled = part.isSpilled ? filename : null
    const stat = await statOf(placeOf(event, partner?.state ?? 'buffer', { filename, spilled }))
    const photo = committer.commit(event, { ...file, filename, spilled, stat }, seen, partner)
    if (!part.isSpilled) await incoming.placed(sha256)
    return { photo, already: false }
  }

  /** Asks the Source where a picture may go on: whether it is cut short, or whole and says that more should follow. */
  async function refuseUnfinished({ path, unfinished }: Arrival, part: Part, cause: unknown): Promise<void> {
    if (await unfinished?.(part.path)) throw new SourceLost(`The end of ${path} is missing.`, { cause })
  }

  /** @param turn waits until the copy may be looked at and placed */
  async function copy(
    arrival: Arrival,
    from: Placing['from'],
    signal: AbortSignal,
    turn: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
  ): Promise<Accepted> {
    committer.openEvent()
    try {
      const part = await incoming.receive(arrival, signal)
      try {
        return await turn(() => place(arrival, part, from, signal))
      } catch (fault) {
        const error = part.isSpilled ? fault : (needs.berths?.refused(fault) ?? fault)
        if (error instanceof Refusal && INCOMPLETE.has(error.code))
          await refuseUnfinished(arrival, part, error)
        throw error
      } finally {
        await part.discard()
      }
    } catch (error) {
      throw fullDisk(error)
    }
  }

  const accept: Ingest['accept'] = (arrival, signal) => uploads.add(() => copy(arrival, null, signal))

  type CopyOf = [arrival: Arrival, from: Placing['from'], signal: AbortSignal]
  /** @param copied copies the arrival in its turn */
  const taking =
    (copied: (...what: CopyOf) => Promise<Accepted>): Take =>
    async (from, shot, signal) => {
      const where = steppedAsidePath(from, shot.path)
      const event = events.current()
      const arrival = { ...shot, origin: `${from.id}:${shot.folder}` }
      try {
        const taken = await copied(arrival, { source: from.id, key: shot.key }, signal)
        skipped.remove(event.id, from.id, where)
        return { outcome: 'taken', ...taken }
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 422) throw error
        const reason = asSentence(newMessage(error.code, error.message, error.params))
        skipped.put(event.id, from.id, where, shot.looks ?? shot.key, reason)
        return { outcome: 'skipped', reason: reason.message }
      }
    }

  return {
    take: taking((...what) => shots.add(() => copy(...what))),
    deliver: taking((...what) => copy(...what, (work) => shots.add(work))),
    accept,
    adopt: createAdopt({
      ...needs,
      committer,
      naming,
      ownFiles,
      sameFrame,
      joining,
      accept,
      placed: incoming.placed,
    }),
    rename: createRename({ ...needs, committer, ownFiles }),
    inTurn: committer.inTurn,
    bring: (sha256, from) =>
      committer.inTurn(async () => {
        const known = originals.bySha(events.current().id, sha256)
        return known !== undefined && (await ownFiles.heal(known, from))
      }),
    async clean() {
      for (const note of await incoming.clean())
        if (photos.bySha256(events.current().id, note.sha256)) await incoming.placed(note.sha256)
        else committer.unfinished.set(note.sha256, note)
    },
    async idle() {
      await Promise.all([shots.onIdle(), uploads.onIdle()])
      await committer.idle()
    },
  }
}
