// @vitest-environment node
import { expect, test } from 'vitest'
import { Edit } from '../../../daemon/contract/edit.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { LIMITS, settle, type Dial } from '../../../pwa-admin/stores/edits.ts'

test('a dial settles on its own steps and inside its range', () => {
  expect(settle('exposure', 0.1 + 0.2)).toBe(0.3)
  expect(settle('exposure', 9)).toBe(2)
  expect(settle('straighten', -0.04)).toBe(0)
  expect(Object.is(settle('straighten', -0.04), 0)).toBe(true)
  expect(settle('scale', 0.1)).toBe(0.5)
})

test('every dial has the range that the contract takes, and its rest in it', () => {
  for (const [dial, { min, max, rest }] of Object.entries(LIMITS)) {
    expect(Edit.properties[dial as Dial], dial).toMatchObject({ minimum: min, maximum: max })
    expect(NEUTRAL[dial as Dial]).toBe(rest)
  }
})
