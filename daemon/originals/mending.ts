import type { Catalog } from '../catalog/catalog.ts'
import type { Message } from '../contract/message.ts'
import type { Log } from '../log.ts'
import { newMessage } from '../util/message.ts'
import type { Claim } from './proof.ts'

/** How an Original's file comes back. */
export interface MendingParts {
  /** Its file in the second copy, just read back; null where that has none. */
  copyOf(eventId: number, sha256: string): Promise<string | null>
  /** Puts a copy of that into its place in the current Event's folders; what cannot be read there steps aside and stays.
   * @returns whether it is there now */
  bring(sha256: string, from: string): Promise<boolean>
}

/** Brings Originals back from the second copy whose own file the disk does not give any more, once somebody met that. */
export interface Mending {
  /** From now on; what was met before waits until it is met again. */
  start(parts: MendingParts): void
  /** The disk did not give its bytes. */
  unread(claim: Claim): void
  /** What is to be said of the disk, as long as the program runs. */
  trouble(): Message | null
  /** Resolves when nothing is being brought back. */
  settled(): Promise<void>
}

export function createMending(needs: {
  catalog: Pick<Catalog, 'events' | 'originals'>
  changed: () => void
  log: Log
}): Mending {
  const { events, originals } = needs.catalog
  /** Names of files by the hashes of what they should hold. */
  const unread = new Map<string, string>()
  const mended = new Map<string, string>()
  const underway = new Set<string>()
  let parts: MendingParts | null = null
  let work: Promise<void> = Promise.resolve()

  async function mend(eventId: number, sha256: string, name: string): Promise<void> {
    const from = await parts?.copyOf(eventId, sha256)
    if (!parts || !from || events.current().id !== eventId) return
    if (!(await parts.bring(sha256, from))) return
    unread.delete(sha256)
    mended.set(sha256, name)
    needs.log.warn({ name, from }, 'A file that the disk did not give was brought back from the second copy')
    needs.changed()
  }

  /** Those that were read since, or that came again from elsewhere. */
  function forgetRead(): void {
    for (const sha256 of unread.keys())
      if (originals.bySha(events.current().id, sha256)?.stat !== null) unread.delete(sha256)
  }

  return {
    start(given) {
      parts = given
    },
    unread({ sha256 }) {
      const { id } = events.current()
      const known = originals.bySha(id, sha256)
      if (!known || underway.has(sha256)) return
      if (!unread.has(sha256)) needs.log.error({ name: known.filename }, 'The disk does not give a file')
      unread.set(sha256, known.filename)
      underway.add(sha256)
      needs.changed()
      work = work
        .then(() => mend(id, sha256, known.filename))
        .catch((err: unknown) => needs.log.warn({ err }, 'A file could not be brought back'))
        .finally(() => underway.delete(sha256))
    },
    trouble() {
      forgetRead()
      const [name] = unread.values()
      const n = unread.size
      if (name !== undefined)
        return newMessage(
          'originals_unread',
          `The photo disk does not give "${name}"${n > 1 ? ` and ${n - 1} more` : ''}: it may be failing. Nothing is deleted.`,
          { name, n },
        )
      const [back] = mended.values()
      if (back === undefined) return null
      return newMessage(
        'originals_mended',
        `The photo disk did not give "${back}"${mended.size > 1 ? ` and ${mended.size - 1} more` : ''}, which came back from the second copy. The disk may be failing.`,
        { name: back, n: mended.size },
      )
    },
    settled: () => work,
  }
}
