import type { ManifestIndex, PageRef } from '../contract/manifest.ts'
import { md5, StoreFault, type ObjectStore } from './store.ts'
import type { ManifestDocument } from './jobs.ts'

/** Documents that other Macs may write too: `manifest.json` and `events.json`. What they name is taken over before
 * ours is written, and ours is written only where theirs has not changed meanwhile. */
export interface SharedDocuments {
  /** Reads each document once in a run, before the first of ours is made. */
  look(keys: readonly string[]): Promise<void>
  /** @throws StoreFault `changed` when somebody wrote in between: theirs is taken over by then, make ours anew */
  write(
    document: ManifestDocument,
    signal: AbortSignal,
    believe: (key: string, etag: string, expected: string) => void,
  ): Promise<void>
  /** Pages of ours, as full keys, to which the document led when this run began. */
  pagesAtStart(key: string): ReadonlySet<string>
  /** Reads the document again. @returns true when another Mac has ever been seen to write to this bucket */
  lookAgain(key: string): Promise<boolean>
  /** When another Mac was last seen to write here, milliseconds since 1970; null = never. */
  otherMacAt(): number | null
}

/** A write of another Mac counts as its presence for so long, milliseconds. */
export const PRESENCE = 10 * 60_000

export function createSharedDocuments(needs: {
  store: ObjectStore
  /** This Mac's mark in the documents that it writes. */
  mac: string
  /** Takes over what a document of the bucket names beside ours.
   * @returns pages of ours that it names itself */
  adopt: (key: string, document: unknown) => readonly PageRef[]
  now: () => number
  sent?: (bytes: number) => void
}): SharedDocuments {
  const { store, mac } = needs
  /** What the document's ETag was when we last knew; null: it was not there. */
  const base = new Map<string, string | null>()
  const atStart = new Map<string, ReadonlySet<string>>()
  let seenAt: number | null = null
  let everSeen = false

  /** @returns these pages and all that their index pages name, as full keys. What cannot be told for certain throws; an
   * index page that is certainly not there names nothing */
  async function filesBelow(prefix: string, refs: readonly PageRef[]): Promise<string[]> {
    const files: string[] = []
    for (const { file, index } of refs) {
      files.push(`${prefix}/${file}`)
      if (!index) continue
      const bytes = await store.get(`${prefix}/${file}`)
      const { pages } = ((bytes && parse(bytes)) ?? {}) as Partial<ManifestIndex>
      if (Array.isArray(pages)) files.push(...(await filesBelow(prefix, pages)))
    }
    return files
  }

  /** @returns the ETag found, and whether the document is another Mac's */
  async function read(key: string): Promise<{ etag: string | null; foreign: boolean; updatedAt: number }> {
    const bytes = await store.get(key)
    const etag = bytes && md5(bytes)
    const document = bytes && parse(bytes)
    base.set(key, etag)
    const own = document ? needs.adopt(key, document) : []
    if (!atStart.has(key))
      atStart.set(key, new Set(await filesBelow(key.slice(0, key.lastIndexOf('/')), own)))
    const by = document?.['by']
    const foreign = typeof by === 'string' && by !== mac
    const pages = (document?.['pages'] ?? []) as { by?: string }[]
    if (foreign || (Array.isArray(pages) && pages.some((page) => page.by !== undefined && page.by !== mac)))
      everSeen = true
    return { etag, foreign, updatedAt: Date.parse(String(document?.['updatedAt'])) || 0 }
  }

  return {
    async look(keys) {
      for (const key of keys) {
        if (base.has(key)) continue
        const { foreign, updatedAt } = await read(key)
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
        const { etag, foreign } = await read(key)
        // An answer that got lost, and our own word found on the second try.
        if (etag === expected) return
        if (foreign) seenAt = needs.now()
        throw error
      }
      base.set(key, expected)
    },
    async lookAgain(key) {
      await read(key)
      return everSeen
    },
    pagesAtStart: (key) => atStart.get(key) ?? new Set(),
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
