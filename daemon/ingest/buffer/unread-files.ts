import type { Skipped } from '../../catalog/sources/import-history.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { unreadable } from '../tree/frames.ts'
import { INCOMING } from '../intake/incoming.ts'
import { UNREAD } from '../tree/owed.ts'

/** Which files of the buffer folder could not be looked at or read. Each is listed with its reason, holds up no other,
 * and is tried again until it was read or is gone. */
export interface UnreadFiles {
  /** @returns whether the error is about this file */
  failed(name: string, error: unknown): boolean
  /** The file was read, or is gone. @returns whether it had failed */
  read(name: string): boolean
  has(name: string): boolean
  /** The folder is another one. */
  forget(): void
  readonly size: number
}

/** The system call that failed stands behind the reason: `EIO: i/o error, read`. */
const READING = /^\w+: [^,]+, (?:lstat|stat|fstat|open|read)\b/

/** @param needs.source the folder's id among the Sources that set files aside */
export function createUnreadFiles(needs: {
  skipped: Skipped
  source: string
  eventId: () => number
  changed: () => void
}): UnreadFiles {
  const { skipped, source } = needs
  const names = new Set<string>()

  function isOfReading(error: unknown): boolean {
    if (error instanceof Refusal || errnoOf(error) === undefined || !(error instanceof Error)) return false
    return READING.test(error.message) && !error.message.includes(INCOMING)
  }

  return {
    failed(name, error) {
      if (!isOfReading(error)) return false
      names.add(name)
      if (!skipped.has(needs.eventId(), source, name, UNREAD)) {
        skipped.put(needs.eventId(), source, name, UNREAD, unreadable(error))
        needs.changed()
      }
      return true
    },
    read: (name) => names.delete(name),
    has: (name) => names.has(name),
    forget: () => names.clear(),
    get size() {
      return names.size
    },
  }
}
