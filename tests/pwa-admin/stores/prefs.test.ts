// @vitest-environment node
import { expect, test } from 'vitest'
import { readPrefs } from '../../../pwa-admin/stores/prefs.ts'

test('preferences that make no sense are left out', () => {
  expect(readPrefs('{"hand":"left","light":0.01,"advance":false,"left":-5,"right":300}')).toEqual({
    hand: 'left',
    light: 1,
    advance: false,
    awake: true,
    left: 0,
    right: 300,
    folder: '',
  })
  expect([readPrefs('{"folder":"/out"}').folder, readPrefs('{"folder":7}').folder]).toEqual(['/out', ''])
  expect(readPrefs('no json').hand).toBe('right')
  expect(readPrefs(null).advance).toBe(true)
  expect(readPrefs('{"awake":false}').awake).toBe(false)
})
