import type { ActionView } from '../../../daemon/contract/undo.ts'
import type { Api } from '../../../pwa-admin/connection/api.ts'
import { useCommands } from '../../../pwa-admin/stores/commands.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { photo, stores } from '../fakes.ts'

export const action = (kind: ActionView['kind'], name: string): ActionView => ({
  id: `action of ${name}`,
  kind,
  names: [name],
  count: 1,
  job: null,
  at: '2026-01-01T12:00:00Z',
  left_ms: null,
})

/** Stores with five photos in the inbox, 'e' the newest, and a clock in the test's hands. */
export function setUp(api: Partial<Api>) {
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
