// @vitest-environment node
import { expect, test } from 'vitest'
import { columnsFor, layoutFor, LEAST_COLUMN } from '../../../pwa-admin/shell/layout.ts'

test('a phone on its side is a phone; tablets and desktops have two, then three columns', () => {
  expect([layoutFor(390, 844), layoutFor(844, 390)]).toEqual(['phone', 'phone'])
  expect([layoutFor(834, 1194), layoutFor(800, 600)]).toEqual(['strip', 'pair'])
  expect([layoutFor(1194, 834), layoutFor(1024, 768), layoutFor(1440, 900)]).toEqual([
    'desktop',
    'desktop',
    'desktop',
  ])
})

test('columns stay as they were put, as far as the photo keeps room', () => {
  expect(columnsFor(1440, { left: 0, right: 0 })).toMatchObject({ left: 346, right: 230 })
  expect(columnsFor(1440, { left: 500, right: 300 })).toMatchObject({ left: 500, right: 300 })
  const tight = columnsFor(1024, { left: 2000, right: 2000 })
  expect(1024 - tight.left - tight.right).toBeGreaterThanOrEqual(420)
  expect(columnsFor(1440, { left: 1, right: 1 })).toMatchObject({
    left: LEAST_COLUMN.left,
    right: LEAST_COLUMN.right,
  })
})
