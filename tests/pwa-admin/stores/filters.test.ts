// @vitest-environment node
import { describe, expect, test } from 'vitest'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { photo, stores } from '../fakes.ts'
import { setUp } from './set-up.ts'

describe('frames marked in the camera', () => {
  const begin = () => {
    stores({})
    usePhotos().change([photo('a', 4), photo('b', 3, { marked: true }), photo('c', 2), photo('d', 1)])
    return { filters: useFilters(), selection: useSelection() }
  }
  test('lead the inbox unless that is switched off', () => {
    const { filters, selection } = begin()
    expect(filters.ids).toEqual(['b', 'a', 'c', 'd'])
    expect(filters.markedCount).toBe(1)
    filters.toggleMarkedFirst()
    expect(filters.ids).toEqual(['a', 'b', 'c', 'd'])
    filters.toggleMarkedFirst()
    selection.show('all')
    expect(filters.ids).toEqual(['a', 'b', 'c', 'd'])
  })

  test('move nothing while a finger is on the list', () => {
    const { filters } = begin()
    filters.closeGate()
    usePhotos().change([photo('d', 1, { marked: true })])
    expect(filters.ids).toEqual(['b', 'a', 'c', 'd'])
    filters.openGate()
    expect(filters.ids).toEqual(['b', 'd', 'a', 'c'])
  })

  test('leave the front once they are published', () => {
    const { filters } = begin()
    usePhotos().change([photo('b', 3, { marked: true, live: ['b.jpg'] })])
    expect(filters.ids).toEqual(['a', 'c', 'd'])
    expect(filters.markedCount).toBe(0)
  })
})

test('arrivals wait while the gate is closed, and what comes back after a failure does not', async () => {
  const it = setUp({ archive: () => Promise.reject(new ApiFailure(500, 'fault', 'No.')) })
  it.filters.closeGate()
  it.photos.change([photo('z', 99)])
  expect(it.filters.ids).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(it.filters.waiting).toBe(1)
  it.selection.focus('c')
  await it.commands.move('archive')
  expect(it.filters.ids).toContain('c')
  it.filters.openGate()
  expect(it.filters.ids[0]).toBe('z')
})
