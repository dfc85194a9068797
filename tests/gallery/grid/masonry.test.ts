import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMasonry } from '../../../gallery/grid/masonry.ts'
import { createTile } from '../../../gallery/grid/tile.ts'
import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { photo, photos } from '../made.ts'

let grid: ReturnType<typeof createMasonry>
let requested: string[]
let opened: string[]
let nearEnd: number

beforeEach(() => {
  requested = []
  opened = []
  nearEnd = 0
  // Every address an <img> is given counts as a download.
  vi.spyOn(HTMLImageElement.prototype, 'src', 'set').mockImplementation(
    (url) => void requested.push(String(url)),
  )
  grid = createMasonry({
    tile: (entry) => createTile(entry, `/thumb/${entry.filename}`, 'alt'),
    alt: () => 'alt again',
    open: (filename) => opened.push(filename),
    nearEnd: () => (nearEnd += 1),
  })
  Object.defineProperty(grid.root, 'clientWidth', { value: 390 })
  document.body.append(grid.root)
})
afterEach(() => {
  grid.stop()
  grid.root.remove()
  vi.restoreAllMocks()
})

const show = (entries: ManifestEntry[]) => grid.show(entries, new Set())
const tiles = () => [...grid.root.querySelectorAll<HTMLElement>('[data-testid=tile]')]

it('holds only what is near the screen of ten thousand photos', () => {
  show(photos(10_000, 1))
  expect(tiles().length).toBeGreaterThan(4)
  expect(tiles().length).toBeLessThan(60)
  expect(requested.length).toBe(tiles().length)
})

it('its tiles are found by the names that others know, too', () => {
  document.body.append(grid.root)
  show(photos(6, 1))
  expect([...document.querySelectorAll('.wall .tile')]).toEqual(tiles())
})

it('a new photo is the only one that is downloaded, and the others keep their element', () => {
  show(photos(6, 1))
  const before = new Map(tiles().map((tile) => [tile.dataset['filename'], tile]))
  requested.length = 0
  show(photos(7, 1))
  expect(requested).toEqual(['/thumb/IMG_7.jpg'])
  for (const [filename, tile] of before) expect(grid.find(filename ?? '')).toBe(tile)
})

it('the control: photos with other names are downloaded', () => {
  show(photos(6, 1))
  requested.length = 0
  show(photos(6, 1).map((entry) => ({ ...entry, filename: `other-${entry.filename}` })))
  expect(requested).toHaveLength(6)
})

it('a photo that comes back is not downloaded again', () => {
  show(photos(6, 1))
  grid.root.querySelectorAll('img').forEach((img) => img.dispatchEvent(new Event('load')))
  requested.length = 0
  show(photos(5, 1))
  show(photos(6, 1))
  expect(requested).toEqual([])
})

it('takes a removed photo out of the document and keeps the order for the keyboard', () => {
  show(photos(6, 1))
  show(photos(6, 1).filter(({ filename }) => filename !== 'IMG_4.jpg'))
  show([photo(7), ...photos(6, 1).filter(({ filename }) => filename !== 'IMG_4.jpg')])
  expect(tiles().map((tile) => tile.dataset['filename'])).toEqual(
    [7, 6, 5, 3, 2, 1].map((n) => `IMG_${n}.jpg`),
  )
})

it('asks for older photos when the end is near and opens a photo on a tap', () => {
  show(photos(6, 1))
  expect(nearEnd).toBeGreaterThan(0)
  tiles()[2]?.querySelector('img')?.click()
  expect(opened).toEqual(['IMG_4.jpg'])
})

it('a blank name, a hash of nonsense and odd letters are no trouble', () => {
  show([photo(1, { filename: 'a?b #1 100% 婚禮.jpg', thumbhash: 'not a hash' })])
  expect(tiles()[0]?.getAttribute('href')).toBe(`#photo=${encodeURIComponent('a?b #1 100% 婚禮.jpg')}`)
})
