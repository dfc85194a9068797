// @vitest-environment node
import { expect, test } from 'vitest'
import { sizeWords } from '../../../pwa-admin/ui/sizes.ts'

test('sizes are said in the units on the box', () => {
  expect([sizeWords(1), sizeWords(82e9), sizeWords(1.4e12), sizeWords(999.9e6)]).toEqual([
    '0 kB',
    '82 GB',
    '1.4 TB',
    '1.0 GB',
  ])
})
