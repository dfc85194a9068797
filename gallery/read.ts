/** A document could not be read; `status` is the server's answer, or null when there was none. */
export class ReadError extends Error {
  readonly status: number | null
  constructor(url: string, status: number | null, cause?: unknown) {
    super(`gallery: could not read "${url}"${status === null ? '' : ` (${status})`}`, { cause })
    this.status = status
  }
}

const READABLE: ReadonlySet<unknown> = new Set([1, 2])

export interface Read {
  /** The document at `url`, an object with a `v` that this page can read. `fresh` asks the server every time (the browser adds
   * If-None-Match itself); without it a cached copy will do. Throws ReadError. */
  (url: string, options: { fresh: boolean }): Promise<unknown>
}

/** Reads JSON. A venue's captive portal answers anything with a page of its own: that is a failure, too. */
export const createRead = (needs: { fetch: typeof fetch; timeoutMs?: number }): Read => {
  return async (url, { fresh }) => {
    const give = new AbortController()
    const timer = setTimeout(() => give.abort(), needs.timeoutMs ?? 12_000)
    let status: number | null = null
    try {
      const reply = await needs.fetch(url, { cache: fresh ? 'no-cache' : 'default', signal: give.signal })
      status = reply.status
      if (!reply.ok) throw new ReadError(url, status)
      const value: unknown = await reply.json()
      if (typeof value !== 'object' || value === null || !READABLE.has((value as { v?: unknown }).v))
        throw new ReadError(url, status)
      return value
    } catch (cause) {
      // A 200 that is not our document says nothing about the event.
      throw new ReadError(url, status === 200 ? null : status, cause)
    } finally {
      clearTimeout(timer)
    }
  }
}
