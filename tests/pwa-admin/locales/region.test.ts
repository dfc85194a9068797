// @vitest-environment node
import { expect, test } from 'vitest'
import { regionOf } from '../../../pwa-admin/locales/region.ts'

test('dates are written as in the reader’s country, in the language that is shown', () => {
  expect(regionOf('en', ['zh-TW', 'en-GB', 'en-US'])).toBe('en-GB')
  expect(regionOf('zh-Hant', ['zh-CN', 'zh-HK'])).toBe('zh-HK')
  expect(regionOf('en', ['zh-TW'])).toBe('en')
})
