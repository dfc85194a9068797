import { isKey, md5, StoreFault, type ObjectHeaders, type ObjectStore } from '../store/store.ts'

/** One document of a manifest, under its full key. */
export interface ManifestDocument extends ObjectHeaders {
  readonly key: string
  readonly body: string
}

/** Takes over what a document of the bucket names beside ours.
 * @param document null when there is none
 * @param read reads what the document leads to; null when it is certainly not there, or no document */
export type Adopt = (
  key: string,
  document: object | null,
  read: (key: string) => Promise<object | null>,
) => Promise<Adoption>

export interface Adoption {
  /** Pages that list photos of ours, as full keys: they may go once no head names them. */
  readonly old: readonly string[]
  /** Something in the document is another Mac's. */
  readonly holds: boolean
  /** Marks that turned out to be this Mac's own, from before it was given another one. */
  readonly former: ReadonlySet<string>
}

/** Documents that other Macs may write too: `manifest.json` and `events.json`. What they name is taken over before
 * ours is written, and ours is written only where theirs has not changed meanwhile. */
export interface PeerDocuments {
  /** Reads each document once in a run, before the first of ours is made. */
  look(keys: readonly string[], signal?: AbortSignal): Promise<void>
  /** @throws StoreFault `changed` when somebody wrote in between: theirs is taken over by then, make ours again */
  write(
    document: ManifestDocument,
    signal: AbortSignal,
    believe: (key: string, etag: string, expected: string) => void,
  ): Promise<void>
  /** Pages that list photos of ours, as full keys, to which the document led since this was asked last. */
  takeOld(key: string): readonly string[]
  /** Reads the document again. @returns true when another Mac has ever been seen to write to this bucket */
  lookAgain(key: string, signal?: AbortSignal): Promise<boolean>
  /** When another Mac was last seen to write here, milliseconds since 1970; null = never. */
  otherMacAt(): number | null
}

/** How long a write of another Mac counts as its presence, milliseconds. */
export const PRESENCE = 10 * 60_000

export function createPeerDocuments(needs: {
  store: ObjectStore
  /** This Mac's mark in the documents that it writes. */
  mac: string
  adopt: Adopt
  now: () => number
  sent?: (bytes: number) => void
}): PeerDocuments {
  const { store, mac } = needs
  /** What the document's ETag was when we last knew; null: it was not there. */
  const base = new Map<string, string | null>()
  const old = new Map<string, Set<string>>()
  /** The other Macs that wrote here. */
  const marks = new Set<string>()
  let former: ReadonlySet<string> = new Set()
  let everHeld = false
  let seenAt: number | null = null

  const isOther = (mark: string) => mark !== mac && !former.has(mark)

  async function readDocument(key: string, signal?: AbortSignal) {
    signal?.throwIfAborted()
    const bytes = isKey(key) ? await store.get(key) : null
    return { bytes, document: bytes && parse(bytes) }
  }

  /** @returns the ETag found, and whether the document is another Mac's */
  async function read(
    key: string,
    signal?: AbortSignal,
  ): Promise<{ etag: string | null; foreign: boolean; updatedAt: number }> {
    const { bytes, document } = await readDocument(key, signal)
    const found = await needs.adopt(
      key,
      document,
      async (other) => (await readDocument(other, signal)).document,
    )
    // Only now: what could not be taken over is read again before anything is written over it.
    const etag = bytes && md5(bytes)
    base.set(key, etag)
    old.set(key, new Set([...(old.get(key) ?? []), ...found.old]))
    former = found.former
    everHeld ||= found.holds
    const by = document?.['by']
    if (typeof by === 'string') marks.add(by)
    return {
      etag,
      foreign: typeof by === 'string' && isOther(by) && found.holds,
      updatedAt: Date.parse(String(document?.['updatedAt'])) || 0,
    }
  }

  return {
    async look(keys, signal) {
      for (const key of keys) {
        if (base.has(key)) continue
        const { foreign, updatedAt } = await read(key, signal)
        if (foreign && updatedAt > needs.now() - PRESENCE) seenAt = updatedAt
      }
    },
    async write({ key, body, ...headers }, signal, believe) {
      const expected = md5(body)
      const known = base.get(key) ?? null
      if (known === expected) return
      try {
        // Where a store cannot compare, looking just before leaves the smallest gap.
        if (store.conditions === false && ((await store.head(key))?.etag ?? null) !== known)
          throw new StoreFault('changed', `Another Mac is publishing to ${store.name}.`)
        needs.sent?.(Buffer.byteLength(body))
        const { etag } = await store.put(key, { bytes: Buffer.from(body) }, headers, signal, {
          only: { etag: known },
        })
        believe(key, etag, expected)
      } catch (error) {
        if (!(error instanceof StoreFault && error.code === 'changed')) throw error
        const { etag, foreign } = await read(key, signal)
        // An answer that got lost, and our own word found on the second try.
        if (etag === expected) return
        if (foreign) seenAt = needs.now()
        throw error
      }
      base.set(key, expected)
    },
    async lookAgain(key, signal) {
      await read(key, signal)
      return everHeld || [...marks].some(isOther)
    },
    takeOld(key) {
      const files = [...(old.get(key) ?? [])]
      old.delete(key)
      return files
    },
    otherMacAt: () => seenAt,
  }
}

function parse(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    // Not a document of any version of this program: nothing in it can be taken over.
    return null
  }
}
