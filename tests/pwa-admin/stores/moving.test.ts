// @vitest-environment node
import { expect, test } from 'vitest'
import { type Api, ApiFailure } from '../../../pwa-admin/connection/api.ts'
import { useCommands } from '../../../pwa-admin/stores/commands.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { deferred, photo, stores } from '../fakes.ts'

function setUp(api: Partial<Api>) {
  const clock = { at: 10_000 }
  stores(api, clock)
  usePhotos().change(['e', 'd', 'c', 'b', 'a'].map((id, n) => photo(id, 9 - n)))
  return {
    clock,
    commands: useCommands(),
    filters: useFilters(),
    selection: useSelection(),
    photos: usePhotos(),
    failures: useFailures(),
  }
}

test('a rejected photo is shown as gone at once and put back when the daemon refuses', async () => {
  const reply = deferred<{ status: 'success'; filename: string }>()
  const it = setUp({ reject: () => reply.promise })
  it.selection.focus('a')
  const done = it.commands.move('reject')
  expect(it.filters.ids).toEqual(['e', 'd', 'c', 'b'])
  expect(it.selection.focusId).toBe('b')
  reply.reject(new ApiFailure(409, 'live', 'It is published.'))
  await done
  expect(it.filters.ids).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(it.failures.items).toHaveLength(1)
})
