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

test('"all since" picks the photo on the stage and what was taken after it, in any order of the list', () => {
  const it = setUp()
  it.filters.search.sort = 'oldest'
  it.selection.focus('c')
  it.selection.selectSince()
  expect([...it.selection.selected].sort()).toEqual(['c', 'd', 'e'])
})
