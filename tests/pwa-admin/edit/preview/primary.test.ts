// @vitest-environment node
import { expect, test } from 'vitest'
import { NEUTRAL } from '../../../../daemon/contract/recipe.ts'
import { primaryOf } from '../../../../pwa-admin/edit/preview/primary.ts'
import { photo, publication } from '../../fakes.ts'

test('the big button publishes, says that a photo is live, offers an update, or restores', () => {
  const fresh = photo('a', 1)
  expect(primaryOf(fresh, NEUTRAL, [], '')).toEqual({ kind: 'publish' })
  const live = photo('a', 1, { live: ['a.jpg', 'a_002.jpg'] })
  const rows = [publication(live, 'a.jpg', 1), publication(live, 'a_002.jpg', 2)]
  expect(primaryOf(live, NEUTRAL, rows, '')).toEqual({ kind: 'live' })
  expect(primaryOf(live, { ...NEUTRAL, exposure: 1 }, rows, '')).toEqual({
    kind: 'update',
    replaces: 'a_002.jpg',
  })
  // Another watermark since: what is live is not what would be published now.
  expect(primaryOf(live, NEUTRAL, rows, 'marked')).toEqual({ kind: 'update', replaces: 'a_002.jpg' })
  // The photo has other bytes since; of what came before there was any such word, nothing is said.
  const made = rows.map((row) => ({ ...row, source: 'first' }))
  expect(primaryOf({ ...live, source: 'first' }, NEUTRAL, made, '')).toEqual({ kind: 'live' })
  expect(primaryOf({ ...live, source: 'second' }, NEUTRAL, made, '')).toMatchObject({ kind: 'update' })
  expect(primaryOf({ ...live, source: 'second' }, NEUTRAL, rows, '')).toEqual({ kind: 'live' })
  // Its caption is another since.
  const said = rows.map((row) => ({ ...row, says: 'first' }))
  expect(primaryOf({ ...live, says: 'first' }, NEUTRAL, said, '')).toEqual({ kind: 'live' })
  expect(primaryOf({ ...live, says: 'second' }, NEUTRAL, said, '')).toMatchObject({ kind: 'update' })
  expect(primaryOf({ ...live, says: 'second' }, NEUTRAL, rows, '')).toEqual({ kind: 'live' })
  expect(primaryOf(live, NEUTRAL, rows, null)).toEqual({ kind: 'live' })
  expect(primaryOf(photo('a', 1, { state: 'trashed' }), NEUTRAL, [], '')).toEqual({ kind: 'restore' })
})
