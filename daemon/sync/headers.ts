import type { ObjectHeaders } from './store.ts'

const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  png: 'image/png',
  avif: 'image/avif',
  gif: 'image/gif',
  json: 'application/json; charset=utf-8',
}

/** Names of published pictures and of manifest pages are never used again for other bytes. */
const FOREVER = 'public, max-age=31536000, immutable'
/** Longer, and guests would wait for new photos. */
const HEAD = 'public, max-age=5'
/** A hero picture may be replaced under its name. */
const ASSET = 'public, max-age=300'

/** @param key the object's key, below the Event's prefix or with it */
export function headersOf(key: string): ObjectHeaders {
  const segments = key.split('/')
  const name = segments.at(-1)!
  const folder = segments.at(-2)
  const contentType = TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
  if (name.endsWith('.json') && folder !== 'pages') return { contentType, cacheControl: HEAD }
  return { contentType, cacheControl: folder === 'assets' ? ASSET : FOREVER }
}
