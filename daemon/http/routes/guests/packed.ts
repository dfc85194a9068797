import { gzipSync } from 'node:zlib'
import { LRUCache } from 'lru-cache'

/** Shorter documents fit into one packet as they are, bytes. */
const WORTH = 1000
/** A head and its pages, of each event that somebody looks at. */
const KEPT = 64

/** Compresses the documents that guests read, a third of whose bytes are then sent on a venue's crowded Wi-Fi. Hundreds
 * ask for the same one within seconds: each is compressed once. */
export function createPacked() {
  const kept = new LRUCache<string, Buffer>({ max: KEPT })
  return (body: string, accepted: string | undefined): Buffer | null => {
    if (body.length < WORTH || !/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s|,|$))/.test(accepted ?? '')) return null
    const known = kept.get(body)
    if (known) return known
    const packed = gzipSync(body)
    kept.set(body, packed)
    return packed
  }
}
