import type { Offer } from '../../contract/status.ts'
import type { SourceNeeds } from '../source.ts'
import { readTakenAt } from '../tree/dates.ts'
import { offerOf, type Dated } from '../tree/sort.ts'
import { splitPath } from './folders.ts'

/** A frame that was shot before the Event: a person is asked first (`asked`), or has said no (`left`). */
export class OldFrame extends Error {
  readonly answer: 'asked' | 'left'
  constructor(answer: 'asked' | 'left') {
    super('This frame was shot before the event.')
    this.name = 'OldFrame'
    this.answer = answer
  }
}

/** Bytes after which a file has said when it was shot, if it says so at all. */
export const HEAD = 320 * 1024

/** The one question about frames of one camera that are older than the Event, as for a card. The camera keeps them, so
 * that it has to send them again when the answer is yes. */
export interface OldFrames {
  /** @param file what came of the frame so far, from its beginning
   * @param path the frame's on its camera
   * @throws OldFrame when it must not come in yet, or not at all */
  check(file: string, path: string, bytes: number): Promise<void>
  offer(): Offer | null
  /** `take` holds for whatever older frames this camera sends during the Event; `leave` for those that were offered, and
   * those that are as old as they. */
  answer(answer: 'take' | 'leave'): void
}

/** @param needs.behind milliseconds that the camera's clock is behind */
export function createOldFrames(
  needs: Pick<SourceNeeds, 'catalog' | 'changed'> & { id: string; behind: () => number },
): OldFrames {
  const { events, importHistory } = needs.catalog
  type Older = Pick<Dated, 'folder' | 'filename' | 'bytes' | 'takenAt'>
  let older = new Map<string, Older>()
  let eventId: number | null = null
  let takesAll = false
  /** What was shot up to then was left. */
  let leftUntil = -Infinity

  function current() {
    const event = events.current()
    if (event.id !== eventId) {
      eventId = event.id
      older = new Map()
      takesAll = false
      leftUntil = -Infinity
    }
    return event
  }

  return {
    async check(file, path, bytes) {
      const event = current()
      if (takesAll) return
      const said = await readTakenAt(file)
      if (said === null) return
      const takenAt = said + needs.behind()
      if (takenAt >= event.startsAt) return
      const key = `${path}|${takenAt}`
      if (takenAt <= leftUntil || importHistory.outcome(event.id, needs.id, key) === 'left')
        throw new OldFrame('left')
      const { folder, name: filename } = splitPath(path)
      older.set(key, { folder, filename, bytes, takenAt })
      needs.changed()
      throw new OldFrame('asked')
    },
    offer() {
      current()
      return offerOf([...older.values()])
    },
    answer(answer) {
      const event = current()
      if (answer === 'take') takesAll = true
      else {
        importHistory.note(event.id, needs.id, [...older.keys()], 'left')
        for (const { takenAt } of older.values()) leftUntil = Math.max(leftUntil, takenAt)
      }
      older = new Map()
      needs.changed()
    },
  }
}
