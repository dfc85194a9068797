/** An Event's manifest is written at most this often, milliseconds. */
export const MANIFEST_EVERY = 1000
/** While thumbs keep all slots busy, a manifest goes ahead of them after this long, milliseconds. */
export const MANIFEST_PATIENCE = 2000

/** When manifests may be written, and when one must not wait for its turn any longer. In memory only: after a
 * restart the queue's own rows are enough. */
export interface Pace {
  /** Milliseconds until the Event's manifest may be written; 0 or less means now. */
  wait(eventId: number): number
  begin(eventId: number): void
  /** Something is in the store, or gone from it, and the Event's manifest does not say so yet. */
  owe(eventId: number): void
  /** An Event whose guests have waited too long for what is owed, or undefined. */
  late(): number | undefined
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

export function createPace(now: () => number): Pace {
  const begun = new Map<number, number>()
  const owed = new Map<number, number>()
  const wait = (eventId: number) => (begun.get(eventId) ?? -Infinity) + MANIFEST_EVERY - now()
  return {
    wait,
    begin(eventId) {
      begun.set(eventId, now())
      owed.delete(eventId)
    },
    owe(eventId) {
      if (!owed.has(eventId)) owed.set(eventId, now())
    },
    late() {
      for (const [eventId, since] of owed)
        if (since + MANIFEST_PATIENCE <= now() && wait(eventId) <= 0) return eventId
      return undefined
    },
  }
}
