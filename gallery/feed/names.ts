/** Addresses of an event's files. Names and prefixes may hold spaces, %, #, ? or any script: every segment is
 * encoded on its own, and a prefix may come with or without its closing slash. */
const ROOT = '/photo/'

const safe = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map(encodeURIComponent)
    .join('/')

export const eventsUrl = (): string => `${ROOT}events.json`

/** Where guests ask for a photo to be taken out. */
export const removalsUrl = (slug: string): string => `/guests/${encodeURIComponent(slug)}/removals`

/** Where an event answers by its name. */
export const eventUrl = (slug: string): string => `${ROOT}events/${encodeURIComponent(slug)}.json`

/** `path` is below the event's prefix, unencoded: `manifest.json`, `assets/hero.jpg`.
 * @param base where pictures lie when it is not `/photo`: a bucket's own address */
export const fileUrl = (prefix: string, path: string, base: string | null = null): string => {
  const folder = safe(prefix)
  return (
    (base === null ? ROOT : `${base.replace(/\/+$/, '')}/`) + (folder === '' ? '' : `${folder}/`) + safe(path)
  )
}

/** The 640 px picture of a public name. */
export const thumbUrl = (prefix: string, filename: string, base: string | null = null): string =>
  fileUrl(prefix, `thumb/${filename.replace(/\.[^./]*$/, '')}.webp`, base)

/** The picture of a public name that fills a phone's screen. */
export const viewUrl = (prefix: string, filename: string, base: string | null = null): string =>
  fileUrl(prefix, `view/${filename.replace(/\.[^./]*$/, '')}.webp`, base)

/** The full size of a public name. */
export const fullUrl = (prefix: string, filename: string, base: string | null = null): string =>
  fileUrl(prefix, `full/${filename}`, base)

/** A head names its pages by file; an address relative to the prefix is taken as well. */
export const pageUrl = (prefix: string, file: string, base: string | null = null): string =>
  fileUrl(prefix, file.includes('/') ? file : `pages/${file}`, base)
