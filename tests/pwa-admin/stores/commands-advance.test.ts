// @vitest-environment node
import { expect, test } from 'vitest'
import { useCommands } from '../../../pwa-admin/stores/commands.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { usePrefs } from '../../../pwa-admin/stores/prefs.ts'
import { deferred, photo, settled, stores } from '../fakes.ts'

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

test('skipping marks as seen, takes the photo out of the inbox, and comes back when it could not be kept', async () => {
  const reply = deferred<never>()
  const it = setUp({ rate: () => reply.promise })
  it.selection.focus('d')
  it.commands.skip()
  expect(it.selection.focusId).toBe('c')
  expect(it.filters.ids).toEqual(['e', 'c', 'b', 'a'])
  expect(it.filters.counts).toMatchObject({ inbox: 4 })
  reply.reject(new Error('no'))
  await settled()
  expect(it.filters.ids).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(useFailures().items).toMatchObject([{ attempt: 'rate', name: 'd.jpg' }])
})

test('without auto-advance a published photo stays on the stage, and the next step goes on from its place', async () => {
  const it = setUp({
    publish: async ({ filename }: { filename: string }) => ({ filename, published_as: filename }),
  })
  usePrefs().prefs.advance = false
  it.selection.focus('d')
  await it.commands.publish()
  expect([it.selection.focusId, it.filters.ids]).toEqual(['d', ['e', 'c', 'b', 'a']])
  it.commands.step('item', 1)
  expect(it.selection.focusId).toBe('c')
  // The control: the switch is what held it there.
  usePrefs().prefs.advance = true
  it.clock.at += 1000
  await it.commands.publish()
  expect(it.selection.focusId).toBe('b')
})
