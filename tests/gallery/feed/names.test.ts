// @vitest-environment node
import { expect, it } from 'vitest'
import { fileUrl, pageUrl, thumbUrl } from '../../../gallery/feed/names.ts'
import { photoHash, photoOf, photoOfPath, shareUrl, slugOf } from '../../../gallery/page/route.ts'

const HARD = ['a b.jpg', '100%.jpg', 'x#1.jpg', 'why?.jpg', '婚禮.jpg', 'a&b=c+d.jpg', '%20.jpg']

it.each(HARD)('"%s" survives the way into an address and back', (name) => {
  const url = new URL(fileUrl('2026 婚禮#1', name), 'http://host')
  expect(url.search + url.hash).toBe('')
  expect(decodeURIComponent(url.pathname)).toBe(`/photo/2026 婚禮#1/${name}`)
})

it('joins prefix and file with exactly one slash', () => {
  expect(fileUrl('2026-01-20/', 'a.jpg')).toBe('/photo/2026-01-20/a.jpg')
  expect(fileUrl('2026-01-20', 'a.jpg')).toBe('/photo/2026-01-20/a.jpg')
  expect(fileUrl('', 'a.jpg')).toBe('/photo/a.jpg')
  expect(fileUrl('y/m', 'assets/hero 1.jpg')).toBe('/photo/y/m/assets/hero%201.jpg')
})

it('finds a thumb by the stem: only the last extension goes', () => {
  expect(thumbUrl('p', 'IMG.one.JPG')).toBe('/photo/p/thumb/IMG.one.webp')
  expect(thumbUrl('p', 'plain')).toBe('/photo/p/thumb/plain.webp')
})

it('never climbs out of the tree', () => {
  expect(fileUrl('../../..', '../secret')).toBe('/photo/secret')
})

it('takes a page by its name alone or by its way below the prefix', () => {
  expect(pageUrl('p', 'ab.json')).toBe('/photo/p/pages/ab.json')
  expect(pageUrl('p', 'pages/ab.json')).toBe('/photo/p/pages/ab.json')
})

it.each(HARD)('a link to "%s" opens that photo', (name) => {
  expect(photoOf(photoHash(name))).toBe(name)
  const url = new URL(shareUrl(`http://host/gallery/e/${encodeURIComponent('lin 林')}`, name))
  expect(slugOf(url.pathname)).toBe('lin 林')
  expect(photoOfPath(url.pathname)).toBe(name)
})

it('reads the event from both places where the page lives', () => {
  expect(slugOf('/gallery/e/night')).toBe('night')
  expect(slugOf('/e/night/')).toBe('night')
  expect(slugOf('/gallery/')).toBeNull()
  expect(slugOf('/')).toBeNull()
  expect(slugOf('/e/%E0%A4%A')).toBe('%E0%A4%A')
})

it('pictures may lie at another address', () => {
  expect(fileUrl('a b', 'IMG 1.jpg', 'https://photos.example/')).toBe(
    'https://photos.example/a%20b/IMG%201.jpg',
  )
  expect(thumbUrl('a', '1%.jpg', 'https://photos.example')).toBe('https://photos.example/a/thumb/1%25.webp')
})
