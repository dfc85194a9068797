/** A document could not be read; `status` is the server's answer, or null when there was none. */
export declare class ReadError extends Error {
  readonly status: number | null
  constructor(url: string, status: number | null, cause?: unknown)
}
export interface Read {
  /** The document at `url`, an object with a `v` that this page can read. `fresh` asks the server every time (the
   * browser adds If-None-Match itself); without it a cached copy will do. Throws ReadError. */
  (
    url: string,
    options: {
      fresh: boolean
    },
  ): Promise<unknown>
}
/** Reads JSON. A venue's captive portal answers anything with a page of its own: that is a failure, too. */
export declare const createRead: (needs: { fetch: typeof fetch; timeoutMs?: number }) => Read
/** Tells whether the server says that nothing is at `url`. False also where it cannot be asked. */
export declare const createIsGone: (needs: { fetch: typeof fetch }) => (url: string) => Promise<boolean>
