/** A signal that gives up after `limit` milliseconds, or with another one. `AbortSignal.timeout` and `any` are newer
 * than some iPads. */
export function within(limit: number, other?: AbortSignal): AbortSignal {
  const both = new AbortController()
  const abort = () => both.abort()
  setTimeout(abort, limit)
  if (other?.aborted) abort()
  other?.addEventListener('abort', abort)
  return both.signal
}

/** How long an answer may take: to a question, and to a change. Milliseconds. */
export const GET_MS = 20_000
export const CHANGE_MS = 90_000
