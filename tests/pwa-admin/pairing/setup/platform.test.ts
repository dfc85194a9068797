// @vitest-environment node
import { expect, test } from 'vitest'
import { isOtherBrowserOnIos, platformOf } from '../../../../pwa-admin/pairing/setup/platform.ts'

const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15'

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15'

test.each([
  [MAC, 5, 'ios'],
  [MAC, 0, 'mac'],
  [IPHONE, 5, 'ios'],
  ['Mozilla/5.0 (Linux; Android 15) Chrome/140', 5, 'android'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140', 0, 'other'],
] as const)('%s with %d fingers is %s', (userAgent, touch, platform) => {
  expect(platformOf(userAgent, touch)).toBe(platform)
})

test('a browser on an iPad that cannot install a profile is known', () => {
  expect(isOtherBrowserOnIos(`${IPHONE} CriOS/140.0 Mobile Safari/604.1`)).toBe(true)
  expect(isOtherBrowserOnIos(`${IPHONE} Version/18.0 Mobile Safari/604.1`)).toBe(false)
})
