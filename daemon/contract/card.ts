import type { ManifestEntry } from './manifest.ts'

/** The picture of a preview card. */
export interface CardPicture {
  /** Whole, with its host. */
  readonly url: string
  readonly type: 'image/webp' | 'image/jpeg'
  /** Pixels, where they are known. */
  readonly size: { readonly w: number; readonly h: number } | null
}

/** What a chat shows of a link. Chats run no scripts, and never see what is behind `#`. */
export interface Card {
  readonly title: string
  readonly description: string
  /** The page's own address, whole. */
  readonly url: string
  readonly picture: CardPicture | null
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter)

/** https://ogp.me and https://developer.x.com/en/docs/x-for-websites/cards */
function tagsOf({ title, description, url, picture }: Card): string[] {
  const og = (property: string, content: string) =>
    `<meta property="og:${property}" content="${escaped(content)}" />`
  const twitter = (name: string, content: string) =>
    `<meta name="twitter:${name}" content="${escaped(content)}" />`
  return [
    og('type', 'website'),
    og('title', title),
    ...(description === '' ? [] : [og('description', description)]),
    og('url', url),
    ...(picture === null
      ? []
      : [
          og('image', picture.url),
          og('image:type', picture.type),
          ...(picture.size === null
            ? []
            : [og('image:width', String(picture.size.w)), og('image:height', String(picture.size.h))]),
          og('image:alt', title),
        ]),
    twitter('card', picture === null ? 'summary' : 'summary_large_image'),
    twitter('title', title),
    ...(description === '' ? [] : [twitter('description', description)]),
    ...(picture === null ? [] : [twitter('image', picture.url)]),
    `<link rel="canonical" href="${escaped(url)}" />`,
  ]
}

/** The page asks for its event's document while it is still being read.
 * @param page the page as it was built, which asks for the event at the front door */
export function forEvent(page: string, slug: string): string {
  const own = `/photo/events/${encodeURIComponent(slug)}.json`
  return page.replace('href="/photo/events.json"', () => `href="${escaped(own)}"`)
}

/** Writes a card into the gallery's page.
 * @param page the page as it was built, HTML
 * @returns the same page where it has no head */
export function withCard(page: string, card: Card): string {
  const title = card.title === '' ? '' : `<title>${escaped(card.title)}</title>`
  return page
    .replace(/<title>[^<]*<\/title>/, (own) => title || own)
    .replace('</head>', () => `${tagsOf(card).join('\n')}\n</head>`)
}

/** The address of a photo's page, and of its event's.
 * @param root `https://host` or `https://host/gallery`, without a closing slash */
export function eventAddress(root: string, slug: string): string {
  return `${root}/e/${encodeURIComponent(slug)}`
}
export function photoAddress(root: string, slug: string, filename: string): string {
  return `${eventAddress(root, slug)}/p/${encodeURIComponent(filename)}`
}

const encodedPath = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/')

/** @param root where pictures lie, `https://host/photo`, without a closing slash
 * @param prefix the event's
 * @param path below it */
export const objectUrl = (root: string, prefix: string, path: string): string =>
  `${root}/${encodedPath(prefix)}/${encodedPath(path)}`

/** Of a photo's sizes the one nearest to the 1200 by 630 pixels that chats show.
 * @param root see `objectUrl` */
export function pictureOf(
  { filename, w, h, has }: Pick<ManifestEntry, 'filename' | 'w' | 'h' | 'has'>,
  root: string,
  prefix: string,
): CardPicture {
  const at = (path: string) => objectUrl(root, prefix, path)
  const small = `${filename.replace(/\.[^./]*$/, '')}.webp`
  const scaled = (longSide: number) => {
    const shrink = Math.min(1, longSide / Math.max(w, h, 1))
    return { w: Math.round(w * shrink), h: Math.round(h * shrink) }
  }
  if (has.view) return { url: at(`view/${small}`), type: 'image/webp', size: scaled(1280) }
  if (has.web) return { url: at(filename), type: 'image/jpeg', size: { w, h } }
  return { url: at(`thumb/${small}`), type: 'image/webp', size: scaled(640) }
}
