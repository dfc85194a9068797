import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { UploadRecord } from '../../catalog/publications/uploads.ts'
import { errnoOf } from '../../errors.ts'
import { headersOf } from '../store/headers.ts'
import type { ManifestDocument, PeerDocuments } from '../peers/peer-documents.ts'
import { md5, StoreFault, type ObjectHeaders, type ObjectStore } from '../store/store.ts'

/** A file of ours cannot be read just now: no word against the store. The message is one plain sentence. */
export class FileFault extends Error {
  constructor(message: string, options: { cause: unknown }) {
    super(message, options)
    this.name = 'FileFault'
  }
}

/** What one upload of the queue takes at the store; nothing here knows the queue. */
export interface Jobs {
  /** @param pace see PutOptions
   *  @returns the verified ETag
   *  @throws FileFault, StoreFault; `taken` when another Mac's object lies there */
  send(
    record: UploadRecord,
    path: string,
    signal: AbortSignal,
    pace?: (bytes: number) => Promise<void>,
  ): Promise<string>
  /** Removes the object and looks that it is gone. Another Mac's stays. */
  remove(record: UploadRecord, signal: AbortSignal): Promise<void>
  /** Writes an Event's documents: what is written names only what is there already. Leaves out those that are there
   * with the same bytes. Two at once would race for `events.json`: run one at a time.
   * @returns our pages that were named before and are not any more, as keys below the Event's prefix */
  manifest(eventId: number, signal: AbortSignal): Promise<string[]>
}

export function createJobs(needs: {
  store: ObjectStore
  prefixOf: (eventId: number) => string
  manifestOf: (eventId: number) => Promise<readonly ManifestDocument[]>
  peerDocuments: PeerDocuments
  /** The ETag with which we stored this object before. */
  etagOf: (eventId: number, key: string) => string | undefined
  /** Whether the object may well be there already, under a queue that was lost: the bytes are not sent to find out. */
  isLikelyThere?: (record: UploadRecord) => boolean
  /** Where the bytes of an object may lie on this machine. */
  placesOf?: (eventId: number, key: string) => readonly string[]
  /** Whether another Mac's documents show the object. */
  isOthers?: (eventId: number, key: string) => boolean
  /** Bytes that went to documents. */
  sent?: (bytes: number) => void
}): Jobs {
  const { store, peerDocuments, placesOf = () => [], isOthers = () => false } = needs
  /** ETags of the pages that this run has seen at the store, by key. */
  const known = new Map<string, string>()
  /** ETags under which this run has tried to store objects, by key. */
  const tried = new Map<string, string>()
  /** What the store made of objects of ours, when that was not what was sent. */
  const broken = new Map<string, string>()
  /** Pages that our newest head names, by Event. */
  const named = new Map<number, ReadonlySet<string>>()

  const fullKey = (eventId: number, key: string) =>
    [...needs.prefixOf(eventId).split('/'), key].filter((segment) => segment !== '').join('/')

  /** A "success" proves nothing: a captive portal says 200 too. The store must name the MD5 of what was meant. */
  function believe(key: string, etag: string, expected: string): void {
    if (etag !== expected) {
      broken.set(key, etag)
      throw new StoreFault(
        'mismatch',
        `The bucket did not keep ${key} as it was sent (ETag ${etag}, not ${expected}).`,
      )
    }
  }

  /** Whether the object is there already: a reply may have been lost, or an earlier run have sent it.
   * @throws StoreFault `taken` when other bytes lie there that are not ours */
  async function isThere(
    record: UploadRecord,
    key: string,
    expected: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const found = await store.head(key)
    if (found?.etag === expected) return true
    const ours = !found || [needs.etagOf(record.eventId, record.key), broken.get(key)].includes(found.etag)
    if (!ours && (await peerDocuments.lookAgain(fullKey(record.eventId, 'manifest.json'), signal)))
      throw new StoreFault(
        'taken',
        `Another Mac has published another ${key} in ${store.name}; it stays as it is.`,
      )
    return false
  }

  /** Whether one of our own files has these bytes; null where there is none to compare with. */
  async function isOurFile({ eventId, key }: UploadRecord, etag: string, signal: AbortSignal) {
    let found: boolean | null = null
    for (const path of placesOf(eventId, key)) {
      const md5 = await md5OfFile(path, signal).catch((error: unknown) => {
        if (error instanceof FileFault) return null
        throw error
      })
      if (md5 === etag) return true
      if (md5 !== null) found = false
    }
    return found
  }

  /** Whether what lies there under a name of ours is another Mac's. Ours is what we have stored, and whatever has the
   * bytes of our file: the queue that knew of it may be lost. Where neither is available, their lists decide. */
  async function isTheirs(record: UploadRecord, key: string, signal: AbortSignal): Promise<boolean> {
    const { eventId } = record
    if (record.key.startsWith('pages/')) return false
    // The other Mac shows the same picture, with the same bytes: the file is theirs too.
    if (isOthers(eventId, record.key)) return true
    if (needs.etagOf(eventId, record.key) !== undefined) return false
    const found = await store.head(key)
    if (!found || [tried.get(key), broken.get(key)].includes(found.etag)) return false
    const isOurs = await isOurFile(record, found.etag, signal)
    if (isOurs) return false
    const isShared = await peerDocuments.lookAgain(fullKey(eventId, 'manifest.json'), signal)
    return isShared && (isOurs === false || isOthers(eventId, record.key))
  }

  async function page({ key, body, ...headers }: ManifestDocument, signal: AbortSignal): Promise<void> {
    if (known.has(key)) return
    const expected = md5(body)
    if ((await store.head(key))?.etag !== expected) {
      needs.sent?.(Buffer.byteLength(body))
      const { etag } = await store.put(key, { bytes: Buffer.from(body) }, headers, signal)
      believe(key, etag, expected)
    }
    known.set(key, expected)
  }

  return {
    async send(record, path, signal, pace) {
      const key = fullKey(record.eventId, record.key)
      const expected = await md5OfFile(path, signal)
      const headers = headersOf(record.key)
      const paced = pace ? { pace } : {}
      tried.set(key, expected)
      if (needs.isLikelyThere?.(record) && (await store.head(key))?.etag === expected) return expected
      const put = async (onlyNew: boolean) => {
        const options = { ...paced, ...(onlyNew && { only: { etag: null } }) }
        const { etag } = await store.put(key, { path }, headers, signal, options)
        believe(key, etag, expected)
      }
      try {
        // Of a name that is used once, the first upload finds nothing; what it finds may be another Mac's.
        await put(true)
      } catch (error) {
        // A bucket with a lock rule refuses whatever is there already, before it compares anything.
        const code = error instanceof StoreFault ? error.code : null
        if (code !== 'changed' && code !== 'locked') throw error
        if (await isThere(record, key, expected, signal)) return expected
        if (code === 'locked') throw error
        await put(false)
      }
      return expected
    },

    async remove(record, signal) {
      const key = fullKey(record.eventId, record.key)
      if (await isTheirs(record, key, signal)) return
      await store.remove(key)
      if (await store.head(key))
        throw new StoreFault('busy', `The bucket still has ${key} after it was removed.`)
      known.delete(key)
    },

    async manifest(eventId, signal) {
      const isPage = ({ cacheControl }: ObjectHeaders) => cacheControl.includes('immutable')
      // What another Mac has put there comes first: the documents that are made now take it over.
      const head = fullKey(eventId, 'manifest.json')
      await peerDocuments.look([head, 'events.json'], signal)
      for (let tries = 0; ; tries += 1) {
        const documents = await needs.manifestOf(eventId)
        for (const document of documents) {
          signal.throwIfAborted()
          if (isPage(document)) await page(document, signal)
        }
        const shared = documents.filter((document) => !isPage(document))
        await peerDocuments.look(
          shared.map(({ key }) => key),
          signal,
        )
        try {
          for (const document of shared) {
            signal.throwIfAborted()
            await peerDocuments.write(document, signal, believe)
          }
        } catch (error) {
          if (!(error instanceof StoreFault && error.code === 'changed') || tries >= 3) throw error
          continue
        }
        const ours = new Set(documents.filter(isPage).map(({ key }) => key))
        const before = new Set([...(named.get(eventId) ?? []), ...peerDocuments.takeOld(head)])
        named.set(eventId, ours)
        const lead = fullKey(eventId, 'x').length - 1
        return [...before].filter((key) => !ours.has(key)).map((key) => key.slice(lead))
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
