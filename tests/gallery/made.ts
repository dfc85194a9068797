import type {
  EventsIndex,
  ManifestEntry,
  ManifestHead,
  ManifestIndex,
  PageRef,
} from '../../daemon/contract/manifest.ts'
import { ReadError, type Read } from '../../gallery/feed/read.ts'

const START = Date.UTC(2026, 0, 20, 18)

/** The nth photo of an evening; a higher number was published later. */
export const photo = (n: number, change: Partial<ManifestEntry> = {}): ManifestEntry => {
  const at = new Date(START + n * 60_000).toISOString()
  return {
    filename: `IMG_${n}.jpg`,
    id: `id-${n}`,
    w: 2048,
    h: n % 3 === 0 ? 3072 : 1365,
    takenAt: at,
    publishedAt: at,
    thumbhash: '3OcRJYB4d3h/iIeHeEh3eIhw+j2A',
    bytes: 400_000,
    has: { web: true, full: false },
    ...change,
  }
}

/** Photos `from` down to `to`, newest first. */
export const photos = (from: number, to: number): ManifestEntry[] =>
  Array.from({ length: from - to + 1 }, (_, i) => photo(from - i))

export interface Book {
  file: string
  entries: ManifestEntry[]
}
export const book = (file: string, entries: ManifestEntry[]): Book => ({ file, entries })

export const refOf = ({ file, entries }: Book): PageRef => ({
  file,
  count: entries.length,
  from: entries.at(-1)?.publishedAt ?? '',
  to: entries[0]?.publishedAt ?? '',
})

/** An index page and its name. */
export const shelve = (file: string, pages: PageRef[]): { ref: PageRef; page: ManifestIndex } => ({
  ref: {
    file,
    count: pages.reduce((sum, { count }) => sum + count, 0),
    from: pages.at(-1)?.from ?? '',
    to: pages[0]?.to ?? '',
    index: true,
  },
  page: { v: 2, pages },
})

export const head = (
  revision: number,
  recent: ManifestEntry[],
  books: Book[] = [],
  indexes: PageRef[] = [],
): ManifestHead => ({
  v: 2,
  revision,
  updatedAt: new Date(START + revision * 1000).toISOString(),
  event: {
    slug: 'night',
    title: 'The night',
    subtitle: '',
    date: '2026-01-20',
    hero: null,
    titleFont: { family: 'system', size: 72 },
    subtitleFont: { family: 'system', size: 22 },
  },
  total: [...books.map(refOf), ...indexes].reduce((sum, { count }) => sum + count, recent.length),
  recent,
  pages: [...books.map(refOf), ...indexes],
})

export const index = (current: string | null = 'night', prefix = '2026-01-20'): EventsIndex => ({
  v: 1,
  current,
  events: { night: { prefix, title: 'The night' } },
})

/** Documents by address, every request noted; an address without one answers 404, `fail` breaks some. */
export const createDocuments = () => {
  const documents = new Map<string, unknown>()
  const asked: string[] = []
  let broken: (url: string) => boolean = () => false
  const read: Read = async (url) => {
    asked.push(url)
    if (broken(url)) throw new ReadError(url, null)
    if (!documents.has(url)) throw new ReadError(url, 404)
    const found = documents.get(url)
    if (found instanceof ReadError) throw found
    return structuredClone(found)
  }
  return {
    read,
    asked,
    put: (url: string, value: unknown) => documents.set(url, value),
    putHead: (value: ManifestHead) => documents.set('/photo/2026-01-20/manifest.json', value),
    putIndex: ({ ref, page }: ReturnType<typeof shelve>) =>
      documents.set(`/photo/2026-01-20/pages/${ref.file}`, page),
    putRegistry: ({ file, entries }: Book) =>
      documents.set(`/photo/2026-01-20/pages/${file}`, { v: 1, entries }),
    /** The event at an address is kept from this guest. */
    close: (url: string, state: 'pin' | 'ended', title: string) =>
      documents.set(url, new ReadError(url, state === 'pin' ? 401 : 410, undefined, { v: 1, state, title })),
    fail: (when: (url: string) => boolean) => (broken = when),
    /** As if there had never been any. */
    clear() {
      documents.clear()
      asked.length = 0
      broken = () => false
    },
  }
}

export const namesOf = (entries: readonly ManifestEntry[]): string[] =>
  entries.map((entry) => entry.filename.replace(/\D/g, ''))
