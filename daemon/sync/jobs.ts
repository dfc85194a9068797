import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { UploadRecord } from '../catalog/uploads.ts'
import { errnoOf } from '../errors.ts'
import { headersOf } from './headers.ts'
import { md5, StoreFault, type ObjectBody, type ObjectHeaders, type ObjectStore } from './store.ts'

/** One document of a manifest, under its full key. */
export interface ManifestDocument extends ObjectHeaders {
  readonly key: string
  readonly body: string
}

/** A file of ours cannot be read just now: no word against the store. The message is one plain sentence. */
export class FileFault extends Error {
  constructor(message: string, options: { cause: unknown }) {
    super(message, options)
    this.name = 'FileFault'
  }
}

/** What one upload of the queue takes at the store; nothing here knows the queue. */
export interface Jobs {
  /** @returns the verified ETag
   *  @throws FileFault, StoreFault */
  send(record: UploadRecord, path: string, signal: AbortSignal): Promise<string>
  /** Removes the object and looks that it is gone. */
  remove(record: UploadRecord): Promise<void>
  /** Writes an Event's documents in the order given: what is written names only what is there already. Leaves out
   * those that are there with the same bytes. Two at once would race for `events.json`: run one at a time. */
  manifest(eventId: number, signal: AbortSignal): Promise<void>
}

export function createJobs(needs: {
  store: ObjectStore
  prefixOf: (eventId: number) => string
  manifestOf: (eventId: number) => Promise<readonly ManifestDocument[]>
}): Jobs {
  const { store } = needs
  /** ETags of the documents that this run has seen at the store, by key. */
  const known = new Map<string, string>()

  const fullKey = ({ eventId, key }: UploadRecord) =>
    [...needs.prefixOf(eventId).split('/'), key].filter((segment) => segment !== '').join('/')

  /** A "success" proves nothing: a captive portal says 200 too. The store must name the MD5 of what was meant. */
  async function put(
    key: string,
    body: ObjectBody,
    expected: string,
    headers: ObjectHeaders,
    signal: AbortSignal,
  ): Promise<void> {
    const { etag } = await store.put(key, body, headers, signal)
    if (etag !== expected)
      throw new StoreFault(
        true,
        `The bucket did not keep ${key} as it was sent (ETag ${etag}, not ${expected}).`,
      )
  }

  return {
    async send(record, path, signal) {
      const key = fullKey(record)
      const expected = await md5OfFile(path, signal)
      await put(key, { path }, expected, headersOf(record.key), signal)
      return expected
    },
    async remove(record) {
      const key = fullKey(record)
      await store.remove(key)
      if (await store.head(key))
        throw new StoreFault(true, `The bucket still has ${key} after it was removed.`)
    },
    async manifest(eventId, signal) {
      for (const { key, body, contentType, cacheControl } of await needs.manifestOf(eventId)) {
        signal.throwIfAborted()
        const forever = cacheControl.includes('immutable')
        if (forever && known.has(key)) continue
        const expected = md5(body)
        if (known.get(key) === expected) continue
        const there = forever && (await store.head(key))?.etag === expected
        known.delete(key)
        if (!there)
          await put(key, { bytes: Buffer.from(body) }, expected, { contentType, cacheControl }, signal)
        known.set(key, expected)
      }
    },
  }
}

async function md5OfFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5')
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer)
  } catch (error) {
    signal.throwIfAborted()
    const why = errnoOf(error) === 'ENOENT' ? 'is not where it was' : 'cannot be read'
    throw new FileFault(`A published file ${why}: ${path}.`, { cause: error })
  }
  return hash.digest('hex')
}
