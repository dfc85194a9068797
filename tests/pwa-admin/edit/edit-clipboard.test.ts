// @vitest-environment node
import { expect, test } from 'vitest'
import { pastable } from '../../../pwa-admin/edit/edit-clipboard.ts'
import { useCommands } from '../../../pwa-admin/stores/commands.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { useEdits } from '../../../pwa-admin/stores/edits.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
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

test('a copied edit is given to what is picked; another shape takes its light alone', () => {
  const it = setUp({ edit: async (filename: string, edit: object) => ({ filename, edit }) })
  const from = photo('e', 9)
  const edit = { ...NEUTRAL, exposure: 0.5, rotation: 90 as const, straighten: 2 }
  expect(pastable(edit, from, photo('x', 1))).toEqual(edit)
  expect(pastable(edit, from, photo('x', 1, { width: 2000, height: 3000 }))).toEqual({
    exposure: 0.5,
    contrast: 0,
    warmth: 0,
    lut: null,
  })
  useEdits().change(from, { exposure: 0.5 })
  it.selection.focus('e')
  it.commands.run({ do: 'copy' })
  it.selection.focus('c')
  it.selection.move('item', 1, true)
  it.commands.run({ do: 'paste' })
  const exposure = (id: string) => useEdits().of(it.photos.byId.get(id)!).exposure
  expect(['e', 'd', 'c', 'b', 'a'].map(exposure)).toEqual([0.5, 0, 0.5, 0.5, 0])
})
