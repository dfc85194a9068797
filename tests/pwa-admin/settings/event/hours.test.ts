// @vitest-environment node
import { expect, test } from 'vitest'
import { hoursShown } from '../../../../pwa-admin/settings/event/hours.ts'

test('quiet hours are shown, and only as many as fit', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 20, hour)).toISOString()
  const shown = hoursShown([
    { at: at(18), in: 4, published: 1 },
    { at: at(21), in: 2, published: 2 },
  ])
  expect(shown.map((hour) => hour.in)).toEqual([4, 0, 0, 2])
  const long = hoursShown([
    { at: at(-200), in: 1, published: 0 },
    { at: at(21), in: 2, published: 2 },
  ])
  expect([long.length, long.at(-1)!.in]).toEqual([36, 2])
  expect(hoursShown([])).toEqual([])
})
