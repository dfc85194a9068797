import { expect, test } from 'vitest'
import type { PhotoView } from '../../../daemon/contract/photo.ts'
import { finder, NO_SEARCH } from '../../../pwa-admin/inbox/filters.ts'
import { completed, readRoster, replaced, suggestions } from '../../../pwa-admin/words/roster.ts'

const codes = readRoster('# Home\n23\t王小明\t(23)\r\n2\tAnn Lee (2)\nbad line\n\tno code\nx1\tX$&Y\n')

test('a roster is read line by line; what has no code or no text is a comment', () => {
  expect(codes).toEqual([
    { code: '23', text: '王小明 (23)' },
    { code: '2', text: 'Ann Lee (2)' },
    { code: 'x1', text: 'X$&Y' },
  ])
})

test('codes become their text as they are closed, in full width and any case as well; others stay', () => {
  expect(replaced('=23= passes to ＝２＝', codes)).toBe('王小明 (23) passes to Ann Lee (2)')
  expect(replaced('=X1= a=b=c =99=', codes)).toBe('X$&Y a=b=c =99=')
})

test('an open sign suggests what may be meant, the very code first; choosing it puts its text there', () => {
  expect(suggestions('goal by =2', 10, codes).map(({ code }) => code)).toEqual(['2', '23'])
  expect(suggestions('goal by =ann', 12, codes).map(({ code }) => code)).toEqual(['2'])
  expect(suggestions('no sign', 7, codes)).toEqual([])
  expect(completed('by =x for', 5, codes[2]!)).toEqual({ text: 'by X$&Y for', caret: 7 })
})

test('the search finds photos by their words, and by their label', () => {
  const photo = (more: object) => ({ filename: 'A.JPG', time_str: '10:00:00', ...more }) as PhotoView
  const finds = (name: string, more: object) => finder({ ...NO_SEARCH, name })(photo(more))
  expect(finds('final', { words: { caption: 'The FINAL' } })).toBe(true)
  expect(finds('籃球', { words: { keywords: ['籃球'] } })).toBe(true)
  expect(finds('red', { label: 'Red' })).toBe(true)
  expect(finds('a.jp', {})).toBe(true)
  expect(finds('final', { words: { city: 'Rome' } })).toBe(false)
})
