// @vitest-environment node
import { expect, test } from 'vitest'
import { refusal, WORDS } from '../../../../pwa-admin/pairing/pair/words.ts'

test('the page for a code says a refusal in the words of its language, else in those of the daemon', () => {
  const words = WORDS['zh-Hant']
  expect(refusal(words, { code: 'wrong_code', message: 'no' })).toContain('配對碼')
  expect(refusal(words, { code: 'new_one', message: 'Something new.' })).toBe('Something new.')
  expect(refusal(words, undefined)).toContain('Wi-Fi')
})
