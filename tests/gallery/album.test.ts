import { describe, expect, it } from 'vitest'
import { withHead, withPage } from '../../gallery/album.ts'
import { book, head, namesOf, photo, photos } from './made.ts'

const A = book('a.json', photos(10, 6))
const B = book('b.json', photos(5, 1))
const start = () => withHead(null, head(1, photos(13, 11), [A, B]))
const withA = () => withPage(start(), A.file, A.entries)

describe('reading', () => {
  it('begins with the head and names the page to read next', () => {
    expect(namesOf(start().entries)).toEqual(['13', '12', '11'])
    expect(start().next).toBe('a.json')
  })

  it('adds pages below in order and ends', () => {
    const album = withPage(withA(), B.file, B.entries)
    expect(namesOf(album.entries)).toEqual(namesOf(photos(13, 1)))
    expect(album.next).toBeNull()
  })

  it('ignores a page that the head no longer names', () => {
    const album = start()
    expect(withPage(album, 'old.json', photos(99, 98))).toBe(album)
  })
})

describe('a new head', () => {
  it('puts a new photo on top and keeps every other entry and page', () => {
    const album = withHead(withA(), head(2, photos(14, 11), [A, B]))
    expect(namesOf(album.entries)).toEqual(namesOf(photos(14, 6)))
    expect(album.missing).toEqual([])
  })

  it('takes a removed photo away', () => {
    const rest = photos(13, 11).filter(({ filename }) => filename !== 'IMG_12.jpg')
    expect(namesOf(withHead(withA(), head(2, rest, [A, B])).entries).slice(0, 3)).toEqual(['13', '11', '10'])
  })

  it('swaps a replaced photo where it stood', () => {
    const swapped = [photo(13), photo(12, { filename: 'IMG_12_002.jpg' }), photo(11)]
    const album = withHead(start(), head(2, swapped, [A, B]))
    expect(album.entries.map(({ filename }) => filename)).toEqual([
      'IMG_13.jpg',
      'IMG_12_002.jpg',
      'IMG_11.jpg',
    ])
  })

  it('keeps photos that moved from the head into a page until that page is read', () => {
    const moved = book('a2.json', photos(12, 6))
    const between = withHead(withA(), head(2, photos(14, 13), [moved, B]))
    expect(namesOf(between.entries)).toEqual(namesOf(photos(14, 6)))
    expect(between.missing).toEqual(['a2.json'])
    const after = withPage(between, moved.file, moved.entries)
    expect(namesOf(after.entries)).toEqual(namesOf(photos(14, 6)))
    expect(after.missing).toEqual([])
  })

  it('shows a rewritten page without its removed photo once it is read, and as it was until then', () => {
    const rewritten = book(
      'a3.json',
      A.entries.filter(({ filename }) => filename !== 'IMG_8.jpg'),
    )
    const between = withHead(withA(), head(2, photos(13, 11), [rewritten, B]))
    expect(namesOf(between.entries)).toContain('8')
    const after = withPage(between, rewritten.file, rewritten.entries)
    expect(namesOf(after.entries)).not.toContain('8')
    expect(namesOf(after.entries)).toContain('7')
  })

  it('goes on showing a read page below one that is missing', () => {
    const all = withPage(withA(), B.file, B.entries)
    const rewritten = book('a3.json', A.entries.slice(1))
    const between = withHead(all, head(2, photos(13, 11), [rewritten, B]))
    expect(namesOf(between.entries).slice(-5)).toEqual(['5', '4', '3', '2', '1'])
  })

  it('does not fetch an unseen page only because a replacement in it is newer than what is shown', () => {
    const late = book('b2.json', [
      ...B.entries.slice(0, -1),
      photo(1, { publishedAt: photo(99).publishedAt }),
    ])
    const given = head(2, photos(13, 11), [A, late])
    const page = given.pages[1]
    if (page !== undefined) Object.assign(page, { from: photo(2).publishedAt, to: photo(99).publishedAt })
    const album = withHead(withA(), given)
    expect(album.missing).toEqual([])
    expect(album.next).toBe('b2.json')
  })

  it('never shows a photo twice, wherever it is named', () => {
    const album = withHead(withA(), head(2, photos(13, 9), [A, B]))
    expect(new Set(namesOf(album.entries)).size).toBe(album.entries.length)
  })

  it('forgets pages that are no longer named', () => {
    expect([...withHead(withA(), head(2, photos(13, 11), [B])).read.keys()]).toEqual([])
  })
})

describe('revisions', () => {
  it('ignores a late reply', () => {
    const album = withHead(start(), head(5, photos(14, 11), [A, B]))
    expect(withHead(album, head(4, photos(13, 11), [A, B]))).toBe(album)
  })

  it('the control: the same reply with a newer revision is taken', () => {
    const album = withHead(start(), head(5, photos(14, 11), [A, B]))
    expect(namesOf(withHead(album, head(6, photos(13, 11), [A, B])).entries)[0]).toBe('13')
  })

  it('is the same album when nothing changed', () => {
    const album = withA()
    expect(withHead(album, head(1, photos(13, 11), [A, B]))).toBe(album)
  })

  it('takes a lower revision that was written later: the manifest was begun anew', () => {
    const album = withHead(start(), head(50, photos(14, 11), [A, B]))
    const anew = { ...head(1, photos(20, 19)), updatedAt: '2030-01-01T00:00:00.000Z' }
    expect(namesOf(withHead(album, anew).entries)).toEqual(['20', '19'])
  })
})
