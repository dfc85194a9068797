import { expect, test } from 'vitest'
import { list } from '../../../../pwa-admin/pairing/setup/drawings.ts'

test('words that are wider than the picture are set closer, others are as they are', () => {
  const words = (text: string) => list('Store', [{ text, tap: true }]).match(/<text x="32"[^>]*>/)![0]
  expect(words('Trusted Root Certification Authorities')).toContain('textLength="256"')
  expect(words('Trusted Root')).not.toContain('textLength')
  expect(words('受信任的根憑證授權單位')).not.toContain('textLength')
})
