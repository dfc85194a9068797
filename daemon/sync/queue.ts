import type { UploadRecord, Uploads } from '../catalog/uploads.ts'
import type { Transaction } from '../catalog/sql.ts'

/** One object of the bucket, whatever is to be done with it. */
export function objectOf(record: Pick<UploadRecord, 'eventId' | 'key'>): string {
  return `${record.eventId}/${record.key}`
}

/** Looks ahead in the durable queue without changing it. */
export interface Ahead {
  /** Shows each object's most urgent due upload, most urgent first, until `visit` answers false. */
  visit(now: number, visit: (record: UploadRecord) => boolean): void
  /** The objects with a removal waiting, due or not. */
  removals(): Set<string>
}

/** The queue itself names only the first in line. To see past it, each one seen is dropped in a transaction that
 * is then rolled back; so `visit` must change nothing, and neither call may be made inside a transaction. */
export function lookAhead(needs: {
  uploads: Pick<Uploads, 'next' | 'drop'>
  transaction: Transaction
}): Ahead {
  const { uploads, transaction } = needs
  const undo = new Error('Rolled back on purpose')

  function visit(now: number, visit: (record: UploadRecord) => boolean): void {
    try {
      transaction(() => {
        for (let record = uploads.next(now); record && visit(record); record = uploads.next(now))
          uploads.drop(record.eventId, record.key)
        throw undo
      })
    } catch (error) {
      if (error !== undo) throw error
    }
  }

  return {
    visit,
    removals() {
      const objects = new Set<string>()
      visit(Number.MAX_SAFE_INTEGER, (record) => {
        if (record.lane !== 'removal') return false
        objects.add(objectOf(record))
        return true
      })
      return objects
    },
  }
}
