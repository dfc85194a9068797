import { expect, test } from 'vitest'
import { layoutFor } from '../../../pwa-admin/shell/layout.ts'

test('a phone on its side is a phone; tablets and desktops have two, then three columns', () => {
  expect([layoutFor(390, 844), layoutFor(844, 390)]).toEqual(['phone', 'phone'])
  expect([layoutFor(834, 1194), layoutFor(800, 600)]).toEqual(['strip', 'pair'])
  expect([layoutFor(1194, 834), layoutFor(1024, 768), layoutFor(1440, 900)]).toEqual([
    'desktop',
    'desktop',
    'desktop',
  ])
})
