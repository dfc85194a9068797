// @vitest-environment node
import { expect, test } from 'vitest'
import { handoverIn } from '../../../../pwa-admin/pairing/setup/pairing.ts'

test('only a code of ours is taken from the address', () => {
  expect(handoverIn('#handover=0123456789abcdef0123456789abcdef')).toBe('0123456789abcdef0123456789abcdef')
  for (const hash of ['', '#pair=x', '#handover=', '#handover=<b>aaaaaaaa'])
    expect(handoverIn(hash)).toBeNull()
})
