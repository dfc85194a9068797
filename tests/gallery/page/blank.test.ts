import { expect, it } from 'vitest'
import { withHead } from '../../../gallery/feed/album.ts'
import { blankFor, createBlank } from '../../../gallery/page/blank.ts'
import { wordsOf } from '../../../gallery/locales/words.ts'
import { head, photos } from '../made.ts'

const none = { album: null, failingSince: null }

it('photos on the page are never blanked out, whatever fails', () => {
  const album = withHead(null, head(1, photos(3, 1)))
  expect(blankFor({ phase: 'ready', album, failingSince: 1 })).toBeNull()
})

it('tells nothing yet, no event, no such event, no connection and no photos apart', () => {
  const empty = withHead(null, head(1, []))
  expect(blankFor({ phase: 'loading', ...none })).toBe('loading')
  expect(blankFor({ phase: 'none', ...none })).toBe('none')
  expect(blankFor({ phase: 'unknown', ...none })).toBe('unknown')
  expect(blankFor({ phase: 'pin', ...none })).toBe('pin')
  expect(blankFor({ phase: 'ended', ...none })).toBe('ended')
  expect(blankFor({ phase: 'loading', album: null, failingSince: 1 })).toBe('away')
  expect(blankFor({ phase: 'loading', album: null, failingSince: 1, refused: true })).toBe('busy')
  expect(blankFor({ phase: 'ready', ...none })).toBe('empty')
  expect(blankFor({ phase: 'ready', album: empty, failingSince: 1 })).toBe('empty')
})

it('says what to do, and leads from a wrong address to the current event', () => {
  const blank = createBlank('/gallery/')
  blank.show('unknown', wordsOf('en'))
  expect(blank.root.querySelector('a')?.getAttribute('href')).toBe('/gallery/')
  blank.show('empty', wordsOf('en'))
  expect(blank.root.textContent).toContain('The first photos will appear here.')
  blank.show(null, wordsOf('en'))
  expect(blank.root.hidden).toBe(true)
})

it('blames the connection of a guest for nothing that the server refused', () => {
  const blank = createBlank('/')
  blank.show('busy', wordsOf('en'))
  expect(blank.root.textContent).toContain('Your connection is fine.')
  blank.show('away', wordsOf('en'))
  expect(blank.root.textContent).toContain('Check your connection.')
})
