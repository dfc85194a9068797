import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { isHidden, isOldPart, isPart } from '../../files.ts'
import type { Log } from '../../log.ts'
import { placeOf } from '../../originals/place-of.ts'
import { sha256Of, statOf } from '../../originals/proof.ts'
import { readChunks } from '../../util/reading.ts'
import type { Accept } from '../intake/arrival.ts'
import { readNotes, removeNote, type Placing } from '../intake/incoming.ts'
import { INCOMING } from './berths.ts'

/** Settles what lies in spill folders and is no Photo's file: what a crash left between two steps, and everything, where
 * the catalog was lost and made again.
 * @returns whether something has to wait: its Event is not the open one, or a disk is not there */
export type SettleStrays = (signal: AbortSignal) => Promise<boolean>

export function createSettleStrays(needs: {
  catalog: Pick<Catalog, 'events' | 'originals' | 'photos' | 'importHistory'>
  inTurn: <T>(work: () => Promise<T>) => Promise<T>
  accept: Accept
  /** Whether a file goes by itself in a moment. */
  isLeaving?: (path: string) => boolean
  log: Log
}): SettleStrays {
  const { events, originals, photos, importHistory } = needs.catalog
  /** What is no photo that can be taken: it stays where it is. */
  const refused = new Set<string>()

  /** What becomes of a file whose bytes an Original has. */
  async function joined(event: EventRecord, name: string, sha256: string): Promise<boolean> {
    const own = originals.bySha(event.id, sha256)
    const photo = own && photos.byId(own.photoId)
    if (!own || !photo) return false
    if (own.spilled === name) return true
    const stray = join(event.spill, name)
    const isKept =
      photo.deletedAt !== null ||
      (await sha256Of(placeOf(event, photo.state, own)).catch(() => null)) === sha256
    if (isKept) await rm(stray, { force: true })
    // Its own file is gone, or on a disk that is away: this one is as good.
    else originals.setSpilled(event.id, sha256, name, await statOf(stray))
    return true
  }

  async function take(
    event: EventRecord,
    name: string,
    sha256: string,
    note: Placing | undefined,
    signal: AbortSignal,
  ) {
    const path = join(event.spill, name)
    const { origin = 'buffer', originName = name, from = null } = note ?? {}
    const content = { read: () => readChunks(path) }
    const modifiedAt = Number((await statOf(path))?.split('|')[2] ?? 0) / 1e6
    await needs.accept({ path: name, filename: originName, bytes: null, modifiedAt, origin, content }, signal)
    if (from) importHistory.note(event.id, from.source, [from.key], 'taken', sha256)
  }

  /** @returns whether it has to wait */
  async function settle(
    event: EventRecord,
    name: string,
    note: (sha256: string) => Placing | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const path = join(event.spill, name)
    if (refused.has(path)) return false
    const sha256 = await sha256Of(path)
    if (await needs.inTurn(() => joined(event, name, sha256))) return false
    const { id, state } = events.current()
    if (id !== event.id || state !== 'open') return true
    try {
      await take(event, name, sha256, note(sha256), signal)
      // It has a row now: of this file, or of a copy of it.
      return !(await needs.inTurn(() => joined(event, name, sha256)))
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 422) throw error
      refused.add(path)
      needs.log.warn(
        { err: error, path },
        'A file in the spill folder is no photo that can be taken; it stays there',
      )
      return false
    }
  }

  async function settleEvent(event: EventRecord, signal: AbortSignal): Promise<boolean> {
    const incoming = join(event.spill, INCOMING)
    const names = await readdir(event.spill).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return []
      throw error
    })
    if (names.length === 0) return false
    const copies = await readdir(incoming).catch(() => new Array<string>())
    for (const name of copies.filter(isOldPart)) await rm(join(incoming, name), { force: true })
    const notes = copies.length > 0 ? await readNotes(incoming) : new Map<string, Placing>()
    const own = new Set(originals.spilled().flatMap((one) => (one.eventId === event.id ? one.spilled : [])))
    let waits = false
    const isStray = (name: string) =>
      !isHidden(name) && !own.has(name) && !needs.isLeaving?.(join(event.spill, name))
    for (const name of names.filter(isStray)) {
      signal.throwIfAborted()
      try {
        waits = (await settle(event, name, (sha256) => notes.get(sha256), signal)) || waits
      } catch (err) {
        signal.throwIfAborted()
        if (errnoOf(err) === 'ENOENT') continue
        waits = true
        needs.log.debug({ err, name }, 'A file in the spill folder waits')
      }
    }
    // Beside a copy on its way lies the note of what it becomes.
    if (waits || copies.some(isPart)) return waits
    await needs.inTurn(async () => {
      for (const sha256 of notes.keys())
        if ((originals.bySha(event.id, sha256)?.spilled ?? null) === null) await removeNote(incoming, sha256)
    })
    return false
  }

  return async (signal) => {
    let waits = false
    for (const event of events.list()) waits = (await settleEvent(event, signal)) || waits
    return waits
  }
}
