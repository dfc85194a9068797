/** What the address bar says: `<base>` shows the current event, `<base>e/<slug>` a named one, `<base>e/<slug>/p/<filename>`
 * opens one picture of it, and so does `#photo=<filename>`. */
export const slugOf = (pathname: string): string | null => {
  const found = /\/e\/([^/]+)(?:\/p\/[^/]+)?\/?$/.exec(pathname)?.[1]
  return found === undefined ? null : decoded(found)
}

export const photoOf = (hash: string): string | null => {
  const found = /^#photo=(.+)$/.exec(hash)?.[1]
  return found === undefined ? null : decoded(found)
}

/** The photo that a page's own address names. */
export const photoOfPath = (pathname: string): string | null => {
  const found = /\/e\/[^/]+\/p\/([^/]+)\/?$/.exec(pathname)?.[1]
  return found === undefined ? null : decoded(found)
}

export const photoHash = (filename: string): string => `#photo=${encodeURIComponent(filename)}`

/** What LINE takes for a wish to be opened in the device's own browser. */
export const EXTERNAL = 'openExternalBrowser'

/** The query of the page's address, without what was meant for another program. */
export const plainSearch = (search: string): string => {
  const query = new URLSearchParams(search)
  query.delete(EXTERNAL)
  return query.toString() === '' ? '' : `?${query.toString()}`
}

/** The address of the page below a photo that its own address names.
 * @param base where the gallery lives: `/gallery/` or `/` */
export const pageAddress = (
  { pathname, search }: Pick<Location, 'pathname' | 'search'>,
  base: string,
): string => {
  const slug = photoOfPath(pathname) === null ? null : slugOf(pathname)
  return (slug === null ? pathname : eventAddress('', base, slug)) + plainSearch(search)
}

/** @param base where the gallery lives: `/gallery/` or `/` */
export const eventAddress = (origin: string, base: string, slug: string): string =>
  `${origin}${base}e/${encodeURIComponent(slug)}`

/** A link that keeps its meaning when another event becomes the current one, and shows a picture in a chat. */
export const shareUrl = (eventUrl: string, filename: string): string =>
  `${eventUrl}/p/${encodeURIComponent(filename)}?${EXTERNAL}=1`

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
