import { lstat } from 'node:fs/promises'
import type { Skipped } from '../../catalog/sources/import-history.ts'
import type { Message } from '../../contract/message.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { asSentence, newMessage } from '../../util/message.ts'
import { readEntries, type Entry } from '../tree/entries.ts'
import { unreadable } from '../tree/frames.ts'
import type { Ingest } from '../intake/ingest.ts'
import { notAPhoto } from '../../originals/names.ts'
import { readChunks } from '../../util/reading.ts'
import { UNREAD } from '../tree/owed.ts'
import { SourceLost, type Patience } from '../source.ts'

/** Takes files of the buffer folder whose names are no UTF-8: they cannot be Photos where they lie, for no name in the
 * catalog leads to them. Each gets a copy under a name that can be read, and stays itself.
 * @param needs.source the folder's id among the Sources that set files aside */
export function createOddNames(needs: {
  ingest: Pick<Ingest, 'accept'>
  skipped: Skipped
  source: string
  now: () => number
  patience: Pick<Patience, 'settle' | 'stall'>
}) {
  const { skipped, source, now, patience } = needs
  const looks = new Map<string, { looks: string; since: number }>()

  async function take(
    { name, path }: Entry,
    stats: { size: number; mtimeMs: number },
    signal: AbortSignal,
  ): Promise<Message> {
    const refused = notAPhoto(name)
    if (refused) return refused
    const content = { read: () => readChunks(path) }
    const file = { bytes: stats.size, modifiedAt: Math.round(stats.mtimeMs) }
    const shot = { ...file, path: name, filename: name, origin: source, content }
    const { photo } = await needs.ingest.accept(shot, signal)
    const message = `Its name cannot be read here, so it was taken as ${photo.filename}.`
    return newMessage('taken_renamed', message, { name: photo.filename })
  }

  /** @param event nothing is taken unless it is open
   * @returns how each such file is called in the list of what was set aside, and whether one may be taken in a moment
   * @throws like `Accept`, except 422 and what cannot be read, which is listed and tried again */
  return async function look(
    folder: string,
    event: { readonly id: number; readonly state: string },
    signal: AbortSignal,
  ): Promise<{ names: string[]; isWaiting: boolean }> {
    const eventId = event.id
    let isWaiting = false
    const odd = (await readEntries(folder)).filter(({ isExact }) => !isExact)
    for (const entry of event.state === 'open' ? odd : []) {
      // A copy of it may have its readable name.
      const where = `./${entry.name}`
      const stats = await lstat(entry.path).catch((error: unknown) => {
        if (errnoOf(error) !== 'ENOENT') skipped.put(eventId, source, where, UNREAD, unreadable(error))
        return null
      })
      if (!stats?.isFile()) continue
      const seen = [stats.size, stats.mtimeMs, stats.ctimeMs].join('|')
      if (skipped.has(eventId, source, where, seen)) continue
      if (looks.get(where)?.looks !== seen) looks.set(where, { looks: seen, since: now() })
      const since = now() - looks.get(where)!.since
      if (since < patience.settle) {
        isWaiting = true
        continue
      }
      try {
        skipped.put(eventId, source, where, seen, await take(entry, stats, signal))
      } catch (error) {
        if (error instanceof SourceLost) {
          skipped.put(eventId, source, where, UNREAD, unreadable(error.cause ?? error))
          continue
        }
        if (!(error instanceof Refusal) || error.status !== 422) throw error
        const { code, message, params } = error
        const mayGrow = since < patience.stall
        isWaiting ||= mayGrow
        if (!mayGrow) skipped.put(eventId, source, where, seen, asSentence(newMessage(code, message, params)))
      }
    }
    return { names: odd.map(({ name }) => `./${name}`), isWaiting }
  }
}
