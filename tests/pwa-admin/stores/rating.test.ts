// @vitest-environment node
import { expect, test } from 'vitest'
import { useCommands } from '../../../pwa-admin/stores/commands.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { photo, stores } from '../fakes.ts'

function setUp(api = {}) {
  const clock = { at: 10_000 }
  stores({ rate: async (filename: string) => ({ status: 'success', filename }), ...api }, clock)
  usePhotos().change(['e', 'd', 'c', 'b', 'a'].map((id, n) => photo(id, 9 - n)))
  return {
    clock,
    commands: useCommands(),
    filters: useFilters(),
    selection: useSelection(),
    photos: usePhotos(),
  }
}

test('stars go to everything picked, and the same stars again take them off', () => {
  const it = setUp()
  it.selection.focus('d')
  it.selection.move('item', 1, true)
  it.commands.run({ do: 'rate', stars: 4 })
  expect(['e', 'd', 'c'].map((id) => it.photos.byId.get(id)?.rating)).toEqual([0, 4, 4])
  it.commands.run({ do: 'rate', stars: 4 })
  expect(it.photos.byId.get('d')?.rating).toBe(0)
})
