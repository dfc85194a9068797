import { afterEach, expect, test, vi } from 'vitest'
import { pickLanguage } from '../../../daemon/contract/language.ts'
import { currentLanguage, rememberLanguage } from '../../../pwa-admin/locales/language.ts'

afterEach(() => {
  vi.restoreAllMocks()
  localStorage.clear()
})

test('the language is the one chosen here, else the first that the browser asks for and we have', () => {
  expect(pickLanguage(null, ['zh-TW', 'en'])).toBe('zh-Hant')
  expect(pickLanguage(null, ['zh-HK'])).toBe('zh-Hant')
  expect(pickLanguage(null, ['fr', 'en-GB', 'zh'])).toBe('en')
  expect(pickLanguage(null, ['fr', 'zh-TW'])).toBe('zh-Hant')
  expect(pickLanguage(null, ['fr'])).toBe('en')
  expect(pickLanguage('en', ['zh-TW'])).toBe('en')
  expect(pickLanguage('fr', ['zh-TW'])).toBe('zh-Hant')
})

test('a choice is found again where an app of the version before left it', () => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en-GB'])
  expect(currentLanguage()).toBe('en')
  localStorage.setItem('language', 'zh-Hant')
  expect(currentLanguage()).toBe('zh-Hant')
  rememberLanguage('en')
  expect([localStorage.getItem('language'), document.documentElement.lang]).toEqual(['en', 'en'])
})
