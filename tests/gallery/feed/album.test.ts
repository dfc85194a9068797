// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { PageRef } from '../../../daemon/contract/manifest.ts'
import { withHead, withPage, type Album } from '../../../gallery/feed/album.ts'
import { book, head, namesOf, photo, photos, refOf, shelve, type Book } from '../made.ts'

const withRegistry = (album: Album, { file, entries }: Book) => withPage(album, file, { v: 1, entries })
const A = book('a.json', photos(10, 6))
const B = book('b.json', photos(5, 1))
const start = () => withHead(null, head(1, photos(13, 11), [A, B]))
const withA = () => withRegistry(start(), A)

describe('reading', () => {
  it('begins with the head and names the page to read next', () => {
    expect(namesOf(start().entries)).toEqual(['13', '12', '11'])
    expect(start().next).toBe('a.json')
  })

  it('adds pages below in order and ends', () => {
    const album = withRegistry(withA(), B)
    expect(namesOf(album.entries)).toEqual(namesOf(photos(13, 1)))
    expect(album.next).toBeNull()
  })

  it('ignores a page that the head no longer names', () => {
    const album = start()
    expect(withRegistry(album, book('old.json', photos(99, 98)))).toBe(album)
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
    const after = withRegistry(between, moved)
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
    const after = withRegistry(between, rewritten)
    expect(namesOf(after.entries)).not.toContain('8')
    expect(namesOf(after.entries)).toContain('7')
  })

  it('goes on showing a read page below one that is missing', () => {
    const all = withRegistry(withA(), B)
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

  it('forgets pages that neither it nor the head before it leads to', () => {
    const without = withHead(withA(), head(2, photos(13, 11), [B]))
    expect([...withHead(without, head(3, photos(13, 11), [B])).read.keys()]).toEqual([])
  })
})

describe('index pages', () => {
  const C = book('c.json', photos(0, -4))
  const older = shelve('older.json', [refOf(B), refOf(C)])
  const begin = () => withHead(null, head(1, photos(13, 11), [A], [older.ref]))
  const all = () =>
    [B, C].reduce(withRegistry, withPage(withRegistry(begin(), A), older.ref.file, older.page))

  it('are read before the pages that they name, which come in their place', () => {
    const album = withRegistry(begin(), A)
    expect(album.next).toBe('older.json')
    const opened = withPage(album, older.ref.file, older.page)
    expect(opened.entries).toEqual(album.entries)
    expect(opened.next).toBe('b.json')
    expect(all().entries).toEqual(photos(13, -4))
    expect(all().next).toBeNull()
  })

  it('may name index pages', () => {
    const root = shelve('root.json', [shelve('one.json', [refOf(B)]).ref, older.ref])
    const album = withPage(withHead(null, head(1, photos(13, 11), [], [root.ref])), 'root.json', root.page)
    expect(album.next).toBe('one.json')
  })

  it('that were written anew keep every photo in its place, and every page that they still name', () => {
    const rewritten = book('c2.json', C.entries.toSpliced(2, 1))
    const anew = shelve('older2.json', [refOf(B), refOf(rewritten)])
    const between = withHead(all(), head(2, photos(14, 11), [A], [anew.ref]))
    expect(between.entries).toEqual(photos(14, -4))
    expect(between.missing).toEqual(['older2.json'])
    const opened = withPage(between, anew.ref.file, anew.page)
    expect(opened.missing).toEqual(['c2.json'])
    expect(opened.entries).toEqual(photos(14, -4))
    const after = withRegistry(opened, rewritten)
    expect(after.missing).toEqual([])
    expect(namesOf(after.entries)).toEqual(namesOf([...photos(14, 1), ...rewritten.entries]))
    const settled = withHead(after, head(3, photos(14, 11), [A], [anew.ref]))
    expect([...withHead(settled, head(4, photos(15, 11), [A], [anew.ref])).read.keys()].sort()).toEqual([
      'a.json', 'b.json', 'c2.json', 'older2.json',
    ]) // prettier-ignore
  })

  it('that lead back to themselves end all the same', () => {
    const round = shelve('round.json', [older.ref, { ...older.ref, file: 'round.json' }])
    const album = withPage(withHead(null, head(1, photos(13, 11), [], [round.ref])), 'round.json', round.page)
    expect(withPage(album, 'older.json', older.page).next).toBe('b.json')
  })
})

describe('several Macs', () => {
  const of = (by: string, ref: PageRef): PageRef => ({ ...ref, by })

  it('lie side by side: each in its own order, the newest first', () => {
    const X1 = book('x1.json', photos(12, 10))
    const X2 = book('x2.json', photos(6, 4))
    const Y1 = book('y1.json', photos(9, 7))
    const Y2 = book('y2.json', photos(3, 1))
    const x = shelve('x.json', [of('x', refOf(X2))])
    const refs = [of('x', refOf(X1)), of('x', x.ref), of('y', refOf(Y1)), of('y', refOf(Y2))]
    let album = withHead(null, { ...head(1, photos(14, 13)), pages: refs })
    for (const one of [X1, Y1]) album = withRegistry(album, one)
    expect(album.next).toBe('x.json')
    album = withPage(album, 'x.json', x.page)
    for (const one of [X2, Y2]) album = withRegistry(album, one)
    expect(album.entries).toEqual(photos(14, 1))
  })
})

describe('a head of before there were index pages', () => {
  it('is read the same way, and one of today after it', () => {
    const before = { ...head(1, photos(13, 11), [A, B]), v: 1 as const }
    const album = [A, B].reduce(withRegistry, withHead(null, before))
    const older = shelve('older.json', [refOf(B)])
    const today = withHead(album, head(2, photos(14, 11), [A], [older.ref]))
    expect(today.missing).toEqual(['older.json'])
    expect(withPage(today, older.ref.file, older.page)).toMatchObject({ missing: [], entries: photos(14, 1) })
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
