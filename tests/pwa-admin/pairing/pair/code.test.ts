// @vitest-environment node
import { expect, test } from 'vitest'
import { digitsOf, grouped, keyIn } from '../../../../pwa-admin/pairing/pair/code.ts'

test('a code is eight digits in two groups, however it was typed', () => {
  expect(digitsOf(' 1234-5678 9')).toBe('12345678')
  expect(digitsOf('１２３４５６７８')).toBe('12345678')
  expect([grouped('1234'), grouped('12345')]).toEqual(['1234', '1234 5'])
  expect(keyIn(`#pair=${'0a'.repeat(16)}`)).toBe('0a'.repeat(16))
  expect(keyIn('#pair=short')).toBeNull()
})
