/** An Event's manifest is written at most this often, milliseconds. */
export const MANIFEST_EVERY = 1000
/** While thumbs keep all slots busy, a manifest goes ahead of them after this long, milliseconds. */
export const MANIFEST_PATIENCE = 2000

/** When manifests may be written, and when one must not wait for its turn any longer. In memory only: after a
 * restart the queue's own rows are enough. */
export interface ManifestSchedule {
  /** Milliseconds until the Event's manifest may be written; 0 or less means now. */
  wait(eventId: number): number
  /** @param lastId the newest upload: what was queued until now, the manifest says */
  begin(eventId: number, lastId: number): void
  /** The manifest that was begun last is in the store. */
  written(eventId: number): void
  /** Something is in the store, or gone from it, and the Event's manifest does not say so yet. */
  owe(eventId: number): void
  /** An Event whose guests have waited too long for what is owed, or undefined. */
  late(): number | undefined
  /** The manifest in the store is younger than this upload: what it takes away is not named any more. */
  covers(eventId: number, uploadId: number): boolean
  /** The manifest could not be written. @param final waiting does not help: removals wait for it no longer */
  failed(eventId: number, final: boolean): void
  /** How often in a row it could not. */
  failures(eventId: number): number
}

/** A clock that goes on where it was when the machine's is set back, so that no wait is stretched. */
export function createSteadyClock(now: () => number): () => number {
  let ahead = 0
  let last = -Infinity
  return () => {
    const time = now() + ahead
    if (time < last) ahead += last - time
    return (last = Math.max(last, time))
  }
}

export function createManifestSchedule(now: () => number): ManifestSchedule {
  const begun = new Map<number, { at: number; lastId: number }>()
  const covered = new Map<number, number>()
  const owed = new Map<number, number>()
  const failures = new Map<number, number>()
  const wait = (eventId: number) => (begun.get(eventId)?.at ?? -Infinity) + MANIFEST_EVERY - now()
  const cover = (eventId: number) => {
    const one = begun.get(eventId)
    if (one) covered.set(eventId, Math.max(one.lastId, covered.get(eventId) ?? 0))
  }
  return {
    wait,
    begin(eventId, lastId) {
      begun.set(eventId, { at: now(), lastId })
      owed.delete(eventId)
    },
    written(eventId) {
      cover(eventId)
      failures.delete(eventId)
    },
    failed(eventId, final) {
      if (final) cover(eventId)
      failures.set(eventId, (failures.get(eventId) ?? 0) + 1)
    },
    failures: (eventId) => failures.get(eventId) ?? 0,
    owe(eventId) {
      if (!owed.has(eventId)) owed.set(eventId, now())
    },
    late() {
      for (const [eventId, since] of owed)
        if (since + MANIFEST_PATIENCE <= now() && wait(eventId) <= 0) return eventId
      return undefined
    },
    covers: (eventId, uploadId) => (covered.get(eventId) ?? -1) >= uploadId,
  }
}
