// @vitest-environment node
import { expect, test } from 'vitest'
import type { ActionView } from '../../../daemon/contract/undo.ts'
import { type Api, ApiFailure } from '../../../pwa-admin/connection/api.ts'
import { useCommands } from '../../../pwa-admin/stores/commands.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { useUndo } from '../../../pwa-admin/stores/undo.ts'
import { photo, settled, stores } from '../fakes.ts'

const action = (kind: ActionView['kind'], name: string): ActionView => ({
  id: `action of ${name}`,
  kind,
  names: [name],
  count: 1,
  job: null,
  at: '2026-01-01T12:00:00Z',
  left_ms: null,
})

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

test('an undo that is refused for good leaves the list, one without an answer stays', async () => {
  const faults = [new ApiFailure(0, 'no_answer', ''), new ApiFailure(409, 'changed_since', 'Somebody did.')]
  const ids: (string | undefined)[] = []
  const it = setUp({
    undo: (_, requestId) => (ids.push(requestId), Promise.reject(faults.shift()!)),
  })
  const undo = useUndo()
  undo.push(action('archive', 'a.jpg'))
  undo.push(action('reject', 'b.jpg'))
  expect(await undo.undo()).toBe(false)
  expect(undo.items.map(({ names }) => names[0])).toEqual(['b.jpg', 'a.jpg'])
  it.failures.retryAll()
  await settled()
  expect(ids[1]).toBe(ids[0])
  expect(undo.items.map(({ names }) => names[0])).toEqual(['a.jpg'])
  expect(it.failures.items).toMatchObject([{ attempt: 'undo', error: { code: 'changed_since' } }])
})
