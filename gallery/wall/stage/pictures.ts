import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import type { Size } from '../../grid/size.ts'

const THUMB_LONG_SIDE = 640
/** A screen of so many pixels is filled by the view size: seen across a room, that is sharp. */
const VIEW_FILLS = 2_000
/** Bytes of pictures that are kept for when the network is away. */
const KEPT = 96 * 1024 * 1024
/** Decoded pictures that wait to be shown. */
const READY = 8
/** Milliseconds that a picture may take. */
const PATIENCE = 8_000

/** The lightest of a photo's pictures that fills a place on a wall.
 * @param side the place's long side, CSS pixels */
export const wallSize = (
  has: ManifestEntry['has'],
  side: number,
  density = typeof devicePixelRatio === 'number' ? devicePixelRatio : 1,
): Size => {
  const pixels = side * density
  if (pixels <= THUMB_LONG_SIDE) return 'thumb'
  if (pixels <= VIEW_FILLS && has.view) return 'view'
  return has.web ? 'web' : has.view ? 'view' : 'thumb'
}

export interface PicturesNeeds {
  url: (entry: ManifestEntry, size: Size) => string
  fetch: (url: string, init: { signal: AbortSignal }) => Promise<Response>
  /** The server says that there is no such picture. */
  onMissing?: (entry: ManifestEntry) => void
}

/** Pictures for the wall: fetched, decoded one at a time and whole before they are shown, and kept for a while. */
export const createPictures = (needs: PicturesNeeds) => {
  /** What was fetched, by address, the longest unused first. */
  const kept = new Map<string, Blob>()
  const ready = new Map<string, Promise<HTMLImageElement | null>>()
  let bytes = 0
  let turn: Promise<unknown> = Promise.resolve()
  let decoding = 0
  let mostDecoding = 0

  const keep = (url: string, blob: Blob): void => {
    bytes += blob.size - (kept.get(url)?.size ?? 0)
    kept.delete(url)
    kept.set(url, blob)
    for (const [other, { size }] of kept) {
      if (bytes <= KEPT) return
      kept.delete(other)
      bytes -= size
    }
  }

  /** @returns an address to decode from; null when there is nothing at it
   * @throws where nobody answers */
  const load = async (entry: ManifestEntry, url: string): Promise<string | null> => {
    const known = kept.get(url)
    if (known) {
      keep(url, known)
      return URL.createObjectURL(known)
    }
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), PATIENCE)
    try {
      const reply = await needs.fetch(url, { signal: abort.signal })
      if (reply.status === 404 || reply.status === 410) {
        needs.onMissing?.(entry)
        return null
      }
      if (!reply.ok || !/^image\//.test(reply.headers.get('content-type') ?? ''))
        throw new Error(`${reply.status}`)
      const blob = await reply.blob()
      keep(url, blob)
      return URL.createObjectURL(blob)
    } catch (error) {
      // A bucket's own address may refuse scripts, and still give the picture.
      if (/^https?:/.test(url) && !abort.signal.aborted) return url
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  const decode = async (entry: ManifestEntry, size: Size): Promise<HTMLImageElement | null> => {
    const address = await load(entry, needs.url(entry, size)).catch(() => null)
    if (address === null) return null
    const img = new Image()
    img.draggable = false
    img.alt = ''
    // In its turn: two decodes at once take frames from what is on the wall.
    const mine = turn.then(async () => {
      decoding += 1
      mostDecoding = Math.max(mostDecoding, decoding)
      try {
        img.src = address
        await img.decode()
        return img
      } catch {
        return null
      } finally {
        decoding -= 1
        // The picture is whole; what it came from is not needed by it any more.
        if (address.startsWith('blob:')) setTimeout(() => URL.revokeObjectURL(address), 1_000)
      }
    })
    turn = mine
    return mine
  }

  const prepare = (entry: ManifestEntry, side: number): Promise<HTMLImageElement | null> => {
    const size = wallSize(entry.has, side)
    const key = `${size}/${entry.filename}`
    const waiting = ready.get(key)
    if (waiting) return waiting
    const made = decode(entry, size)
    ready.set(key, made)
    for (const old of ready.keys()) {
      if (ready.size <= READY) break
      ready.delete(old)
    }
    return made
  }

  return {
    /** Makes a picture ready that will soon be wanted. */
    warm: (entry: ManifestEntry, side: number): void => void prepare(entry, side),
    /** A decoded picture, for the caller alone; null where it cannot be had now. */
    async take(entry: ManifestEntry, side: number): Promise<HTMLImageElement | null> {
      const made = prepare(entry, side)
      const img = await made
      ready.delete(`${wallSize(entry.has, side)}/${entry.filename}`)
      return img
    },
    /** Whether it can be shown without the network. */
    has: (entry: ManifestEntry, side: number): boolean =>
      kept.has(needs.url(entry, wallSize(entry.has, side))),
    /** Nothing of these is kept any longer. */
    forget(names: ReadonlySet<string>): void {
      for (const key of ready.keys()) if (names.has(key.slice(key.indexOf('/') + 1))) ready.delete(key)
      const ends = new Set([...names].map((name) => encodeURIComponent(name)))
      for (const [url, { size }] of kept) {
        const file = url.slice(url.lastIndexOf('/') + 1)
        const stem = file.replace(/\.[^.]*$/, '')
        const isOne = ends.has(file) || [...ends].some((name) => name.replace(/\.[^.]*$/, '') === stem)
        if (!isOne) continue
        kept.delete(url)
        bytes -= size
      }
    },
    figures: () => ({ bytes, kept: kept.size, mostDecoding }),
  }
}

export type Pictures = ReturnType<typeof createPictures>
