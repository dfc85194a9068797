import { createHash } from 'node:crypto'

/** What the file is, for readers of the bucket. A store that has no place for them may ignore them. */
export interface ObjectHeaders {
  readonly contentType: string
  readonly cacheControl: string
}

export type ObjectBody = { readonly path: string } | { readonly bytes: Uint8Array }

/** What a put may depend on: the object has this ETag now, or (null) it is not there. */
export interface Condition {
  readonly etag: string | null
}

export interface PutOptions {
  /** A store that cannot check it writes all the same; `conditions` says so afterwards.
   * Not met: StoreFault with the code `changed`. */
  readonly only?: Condition
  /** Awaited before `bytes` are handed to the network: it may slow the upload down. A store that writes to
   * no network need not call it. */
  readonly pace?: (bytes: number) => Promise<void>
}

/** The bucket, or what stands in for it. Keys are as `checkKey` wants them; no key is a folder of another one.
 *
 * Every implementation promises:
 * - A reader sees an object's old bytes, its new ones, or none; never a part of them, also after a power cut.
 * - An ETag is the MD5 of the stored bytes, 32 lower-case hex digits, as the store itself worked it out; where it keeps
 *   them encrypted with a key of its own, the MD5 that it checked when they came. `list` alone may name another one
 * there.
 * - `null` means that the object is certainly not there. A store that does not know throws: a failed look is never
 *   an empty answer.
 * - Every call ends by itself, by a deadline of the implementation's own. A call that failed may have had its
 *   effect all the same; repeating it is always safe.
 * - It throws StoreFault and nothing else, except an aborted signal's reason. FINAL_FAULTS names the faults that no
 *   waiting mends. */
export interface ObjectStore {
  /** For people: what the status calls it. Holds no key. */
  readonly name: string
  /** The same for the same bucket in every run, another for another bucket. Holds no key. */
  readonly id: string
  /** Whether puts depend on what they should; undefined until a put has shown it. */
  readonly conditions: boolean | undefined
  /** Replaces the object as a whole. @param signal gives up; the object is then the old one or the new one */
  put(
    key: string,
    body: ObjectBody,
    headers: ObjectHeaders,
    signal: AbortSignal,
    options?: PutOptions,
  ): Promise<{ etag: string }>
  head(key: string): Promise<{ bytes: number; etag: string } | null>
  get(key: string): Promise<Uint8Array | null>
  /** Every object whose key starts with `prefix` ('' is all of them), in no promised order. */
  list(prefix: string): AsyncIterable<{ key: string; bytes: number; etag?: string }>
  /** Fine when the object is not there. */
  remove(key: string): Promise<void>
  /** Lets go of connections; a later call opens new ones. */
  close?(): void
}

/** What a person has to know to fix it. The app has words for each. */
export const STORE_FAULTS = [
  /** No answer: no network, no such host, or a deadline went by. */
  'away',
  /** Something between us and the bucket answered in its place, such as a hotel's sign-in page. */
  'portal',
  /** The store asks for patience, or has trouble of its own. */
  'busy',
  /** The store kept other bytes than were sent, or did not say which. */
  'mismatch',
  /** Somebody else wrote in between. */
  'changed',
  /** This machine's clock is wrong. */
  'clock',
  /** The keys are not known, or their secret is wrong. */
  'keys',
  /** The keys may not do this. */
  'rights',
  'no_bucket',
  /** The endpoint or the region is another bucket's. */
  'endpoint',
  /** No room left, or not paid for. */
  'full',
  /** A rule of the bucket keeps objects from being replaced or removed. */
  'locked',
  /** The account is suspended. */
  'account',
  /** Another Mac has put other bytes under this name. */
  'taken',
  /** The request itself cannot be met: a name that no store takes, a link in the folder. */
  'refused',
  /** We could not even make the request: a fault of this program. */
  'ours',
  /** The data folder came from a backup: nobody has said yet that what it calls published may be sent. */
  'restored',
  /** The disk of the folder that stands in for the bucket. */
  'folder',
] as const
export type StoreFaultCode = (typeof STORE_FAULTS)[number]

/** Faults that waiting does not fix; a person must. The others may pass by themselves. A `folder` fault says
 * which it is. */
const FINAL_FAULTS: ReadonlySet<StoreFaultCode> = new Set([
  'keys',
  'rights',
  'no_bucket',
  'endpoint',
  'full',
  'locked',
  'account',
  'taken',
  'refused',
  'ours',
  'restored',
])

/** A store's refusal or failure. The message is one plain sentence for the owner, with its full stop. */
export class StoreFault extends Error {
  readonly code: StoreFaultCode
  /** True when the same call may succeed later by itself. False is final: it fails until a person changes
   * something (a wrong key, missing rights, a link planted in the folder). */
  readonly retry: boolean

  constructor(code: StoreFaultCode, message: string, options?: { cause?: unknown; retry?: boolean }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'StoreFault'
    this.code = code
    this.retry = options?.retry ?? !FINAL_FAULTS.has(code)
  }
}

/** S3's own limit, in bytes of UTF-8. */
const LONGEST = 1024

/** Whether an object may have this key. */
export function isKey(key: string): boolean {
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
  if (!isKey(key))
    throw new StoreFault('refused', `The bucket takes no object called ${JSON.stringify(key)}.`)
}

/** What `list` takes: '' or the start of a key.
 * @throws StoreFault, final */
export function checkPrefix(prefix: string): void {
  if (prefix !== '' && !isKey(`${prefix}x`))
    throw new StoreFault('refused', `The bucket has no objects below ${JSON.stringify(prefix)}.`)
}

/** The MD5 as an ETag has it. */
export function md5(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('hex')
}
