import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import { paintBlur } from './blur.ts'
import { make } from '../page/dom.ts'
import { createPicture, type Picture } from './picture.ts'
import { photoHash } from '../page/route.ts'

export interface Tile {
  element: HTMLAnchorElement
  picture: Picture
}

/** A photo's link in the grid: its blur at once, its thumb when `picture.load()` is called. */
export const createTile = (entry: ManifestEntry, url: string, alt: string): Tile => {
  const picture = createPicture(url, alt)
  const element = make(
    'a',
    {
      className: 'tile',
      href: photoHash(entry.filename),
      draggable: false,
      data: { testid: 'tile', filename: entry.filename },
    },
    picture.img,
  )
  paintBlur(element, entry.thumbhash)
  return { element, picture }
}

/** Keeps tiles that left the screen, so that coming back costs neither a request nor a new element. */
export const createTileStore = (make: (entry: ManifestEntry) => Tile, most = 240) => {
  const tiles = new Map<string, Tile>()
  return {
    /** The photo's one tile. */
    take(entry: ManifestEntry): Tile {
      const tile = tiles.get(entry.filename) ?? make(entry)
      tiles.delete(entry.filename)
      tiles.set(entry.filename, tile)
      return tile
    },
    /** Forgets the longest unused ones that are not on screen. */
    trim(onScreen: { has: (filename: string) => boolean }): void {
      for (const filename of tiles.keys()) {
        if (tiles.size <= most) return
        if (!onScreen.has(filename)) tiles.delete(filename)
      }
    },
    all: (): IterableIterator<[string, Tile]> => tiles.entries(),
  }
}
