/** What the address bar says: `<base>` shows the current event, `<base>e/<slug>` a named one, and
 * `#photo=<filename>` opens one picture. */
export const slugOf = (pathname: string): string | null => {
  const found = /\/e\/([^/]+)\/?$/.exec(pathname)?.[1]
  return found === undefined ? null : decoded(found)
}

export const photoOf = (hash: string): string | null => {
  const found = /^#photo=(.+)$/.exec(hash)?.[1]
  return found === undefined ? null : decoded(found)
}

export const photoHash = (filename: string): string => `#photo=${encodeURIComponent(filename)}`

/** Links that keep their meaning when another event becomes the current one. */
export const eventUrl = (origin: string, base: string, slug: string): string =>
  `${origin}${base}e/${encodeURIComponent(slug)}`
export const shareUrl = (origin: string, base: string, slug: string, filename: string): string =>
  eventUrl(origin, base, slug) + photoHash(filename)

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
