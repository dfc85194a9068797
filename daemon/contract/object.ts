/** What objects of the bucket are for those who read them: said with each upload, and by the Function. Code that the
 * daemon and the Function share, so that a bare public bucket behaves like the Function. Imports nothing. */

const CONTENT_TYPES: Readonly<Record<string, string>> = {
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
/** What nobody but this program reads. */
const OURS = 'private, no-store'
/** A hero picture may be replaced under its name. */
const ASSET = 'public, max-age=300'

/** @param key the object's key, below the Event's prefix or with it */
export function contentTypeOf(key: string): string {
  return CONTENT_TYPES[key.slice(key.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
}

/** @param key the object's key, below the Event's prefix or with it
 *  @returns the value of Cache-Control */
export function cacheControlOf(key: string): string {
  if (key.startsWith('private/')) return OURS
  const folder = key.split('/').at(-2)
  if (folder === 'assets') return ASSET
  return key.endsWith('.json') && folder !== 'pages' ? HEAD : FOREVER
}
