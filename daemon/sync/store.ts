import { createHash } from 'node:crypto'

/** What the file is, for whoever reads it from the bucket. A store that has no place for them may ignore them. */
export interface ObjectHeaders {
  readonly contentType: string
  readonly cacheControl: string
}

export type ObjectBody = { readonly path: string } | { readonly bytes: Uint8Array }

/** The bucket, or what stands in for it. Keys are as `checkKey` wants them; no key is a folder of another one.
 *
 * Every implementation promises:
 * - A reader sees an object's old bytes, its new ones, or none; never a part of them, also after a power cut.
 * - An ETag is the MD5 of the stored bytes, 32 lower-case hex digits, as the store itself worked it out.
 * - `null` means that the object is certainly not there. A store that cannot tell throws: a failed look is never
 *   an empty answer.
 * - Every call ends by itself, by a deadline of the implementation's own. A call that failed may have had its
 *   effect all the same; repeating it is always safe.
 * - It throws StoreFault and nothing else, but for an aborted signal's reason. */
export interface ObjectStore {
  /** For people: what the status calls it. */
  readonly name: string
  /** Replaces the object as a whole. @param signal gives up; the object is then the old one or the new one */
  put(key: string, body: ObjectBody, headers: ObjectHeaders, signal: AbortSignal): Promise<{ etag: string }>
  head(key: string): Promise<{ bytes: number; etag: string } | null>
  get(key: string): Promise<Uint8Array | null>
  /** Every object whose key starts with `prefix` ('' is all of them), in no promised order. */
  list(prefix: string): AsyncIterable<{ key: string; bytes: number }>
  /** Fine when the object is not there. */
  remove(key: string): Promise<void>
}

/** A store's refusal or failure. The message is one plain sentence for the owner, with its full stop. */
export class StoreFault extends Error {
  /** True when the same call may succeed later by itself. False is final: it fails until a person changes
   * something (a wrong key, missing rights, a link planted in the folder). */
  readonly retry: boolean

  constructor(retry: boolean, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'StoreFault'
    this.retry = retry
  }
}

/** S3's own limit, in bytes of UTF-8. */
const LONGEST = 1024

function fitsStore(key: string): boolean {
  return (
    !key.endsWith('.part') &&
    !key.includes('\0') &&
    Buffer.byteLength(key) <= LONGEST &&
    key.split('/').every((segment) => segment !== '' && !segment.startsWith('.'))
  )
}

/** Keys are names joined by '/': none is empty (so no key is absolute), none starts with a dot (so none is '..').
 * @throws StoreFault, final */
export function checkKey(key: string): void {
  if (!fitsStore(key))
    throw new StoreFault(false, `The bucket takes no object called ${JSON.stringify(key)}.`)
}

/** What `list` takes: '' or the start of a key.
 * @throws StoreFault, final */
export function checkPrefix(prefix: string): void {
  if (prefix !== '' && !fitsStore(`${prefix}x`))
    throw new StoreFault(false, `The bucket has no objects below ${JSON.stringify(prefix)}.`)
}

/** As an ETag has it. */
export function md5(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('hex')
}
