/** A document could not be read; `status` is the server's answer, or null when there was none. */
export class ReadError extends Error {
  readonly status: number | null
  /** What the server said of a document that it keeps from this guest. */
  readonly said: unknown
  constructor(url: string, status: number | null, cause?: unknown, said?: unknown) {
    super(`gallery: could not read "${url}"${status === null ? '' : ` (${status})`}`, { cause })
    this.status = status
    this.said = said
  }
}

/** A network that wants to be signed in to, says so by this status or with a 200. */
const PORTAL = 511
/** Stands for a 404 that is a page: what would have looked for the document was not asked, as on Cloudflare Pages when
 * the day's calls are used up. It says nothing about the document. */
const NOT_ASKED = 503
const isPage = (reply: Response): boolean => /html/i.test(reply.headers.get('content-type') ?? '')

const PATIENCE_MS = 12_000

/** A signal that gives up. `AbortSignal.timeout` is newer than some guests' phones. */
const within = (ms: number): { signal: AbortSignal; done: () => void } => {
  const give = new AbortController()
  const timer = setTimeout(() => give.abort(), ms)
  return { signal: give.signal, done: () => clearTimeout(timer) }
}

const READABLE: ReadonlySet<unknown> = new Set([1, 2])

export interface Read {
  /** The document at `url`, an object with a `v` that this page can read. `fresh` asks the server every time (the
   * browser adds If-None-Match itself); without it a cached copy will do. Throws ReadError. */
  (url: string, options: { fresh: boolean }): Promise<unknown>
}

/** Reads JSON. A venue's captive portal answers anything with a page of its own: that is a failure, too. */
export const createRead = (needs: { fetch: typeof fetch; timeoutMs?: number }): Read => {
  return async (url, { fresh }) => {
    const { signal, done } = within(needs.timeoutMs ?? PATIENCE_MS)
    let status: number | null = null
    let said: unknown
    try {
      const reply = await needs.fetch(url, { cache: fresh ? 'no-cache' : 'default', signal })
      status = reply.status === 404 && isPage(reply) ? NOT_ASKED : reply.status
      if (status === 401 || status === 410) said = await reply.json()
      if (!reply.ok) throw new ReadError(url, status)
      const value: unknown = await reply.json()
      if (typeof value !== 'object' || value === null || !READABLE.has((value as { v?: unknown }).v))
        throw new ReadError(url, status)
      return value
    } catch (cause) {
      // A 200 that is not our document says nothing about the event.
      throw new ReadError(url, status === 200 || status === PORTAL ? null : status, cause, said)
    } finally {
      done()
    }
  }
}

/** Tells whether the server says that nothing is at `url`. False also where it cannot be asked. */
export const createIsGone =
  (needs: { fetch: typeof fetch }) =>
  async (url: string): Promise<boolean> => {
    const { signal, done } = within(PATIENCE_MS)
    try {
      const reply = await needs.fetch(url, { method: 'HEAD', cache: 'no-cache', signal })
      return reply.status === 404 && !isPage(reply)
    } catch {
      return false
    } finally {
      done()
    }
  }
