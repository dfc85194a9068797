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

/** @param now milliseconds since 1970; a clock that is set back stretches no wait */
export function createPace(now: () => number): Pace {
  const begun = new Map<number, number>()
  const owed = new Map<number, number>()
  const left = (since: number, span: number) => Math.min(since + span - now(), span)

  const wait = (eventId: number) => left(begun.get(eventId) ?? -Infinity, MANIFEST_EVERY)
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
        if (left(since, MANIFEST_PATIENCE) <= 0 && wait(eventId) <= 0) return eventId
      return undefined
    },
  }
}
