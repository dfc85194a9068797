// @vitest-environment node
import { expect, it } from 'vitest'
import { LANGUAGES, pickLanguage } from '../../../daemon/contract/language.ts'
import { keepWordsOf } from '../../../gallery/locales/keep-words.ts'
import { viewerWordsOf } from '../../../gallery/locales/viewer-words.ts'
import { dateText, timeText, wordsOf } from '../../../gallery/locales/words.ts'

it('speaks the first language of the browser that it knows', () => {
  expect(pickLanguage(null, ['zh-TW', 'en'])).toBe('zh-Hant')
  expect(pickLanguage(null, ['fr', 'en-US', 'zh'])).toBe('en')
  expect(pickLanguage(null, ['fr'])).toBe('en')
  expect(pickLanguage('en', ['zh-TW'])).toBe('en')
})

it.each(LANGUAGES)('has every word in %s, and no exclamation marks', (tag) => {
  const say = (value: unknown): string => (typeof value === 'function' ? String(value(3)) : String(value))
  const words: Record<string, unknown> = { ...wordsOf(tag), ...viewerWordsOf(tag), ...keepWordsOf(tag) }
  for (const key of Object.keys({ ...wordsOf('en'), ...viewerWordsOf('en'), ...keepWordsOf('en') })) {
    expect(say(words[key]), key).toMatch(/\S/)
    expect(say(words[key]), key).not.toMatch(/[!！]/)
  }
})

it('says the day of the event wherever the guest is', () => {
  expect(dateText('2026-01-20', 'en')).toBe('20 January 2026')
  expect(dateText('2026-01-20', 'zh-Hant')).toBe('2026年1月20日')
  expect(dateText('soon', 'en')).toBe('')
})

it('says the time alone today and the day as well later', () => {
  const at = new Date(2026, 0, 20, 19, 42)
  expect(timeText(at.toISOString(), 'en', at)).toBe('19:42')
  expect(timeText(at.toISOString(), 'en', new Date(2026, 0, 25))).toContain('20 Jan')
  expect(timeText('never', 'en')).toBe('')
})

it('says the hour at the venue, for every guest', () => {
  const taken = '2026-06-20T11:30:05.000Z'
  const today = new Date('2026-06-20T15:59:00Z')
  expect(timeText(taken, 'en', today, 480)).toBe('19:30')
  expect(timeText(taken, 'en', today, -240)).toBe('07:30')
  expect(timeText(taken, 'en', today, 345)).toBe('17:15')
  expect(timeText(taken, 'en', today, 480, true)).toBe('19:30:05')
  // A minute later it is the next day there, whatever day it is where the guest is.
  expect(timeText(taken, 'en', new Date('2026-06-20T16:01:00Z'), 480)).toContain('20 Jun')
})
