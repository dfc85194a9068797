import { expect, test } from 'vitest'
import { pastable } from '../../../pwa-admin/edit/edit-clipboard.ts'
import { columnsFor, LEAST_COLUMN } from '../../../pwa-admin/shell/layout.ts'
import { around, createRing } from '../../../pwa-admin/stage/ring.ts'
import { closeUp, partOf } from '../../../pwa-admin/edit/preview/layout.ts'
import { filtersOf, finder, NO_SEARCH, sorted } from '../../../pwa-admin/inbox/filters.ts'
import { useCommands } from '../../../pwa-admin/stores/commands.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { useEdits } from '../../../pwa-admin/stores/edits.ts'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { readPrefs, usePrefs } from '../../../pwa-admin/stores/prefs.ts'
import { NEUTRAL, geometry } from '../../../daemon/contract/recipe.ts'
import { deferred, photo, settled, stores } from '../fakes.ts'

test('the inbox holds what nobody decided about and nobody went past; the buffer keeps what is published', () => {
  expect(filtersOf(photo('a', 1), undefined)).toEqual(['inbox', 'all'])
  expect(filtersOf(photo('a', 1, { seen: true }), undefined)).toEqual(['all'])
  expect(filtersOf(photo('a', 1, { live: ['a.jpg'], rating: 3 }), undefined)).toEqual([
    'all',
    'rated',
    'published',
  ])
  expect(filtersOf(photo('a', 1, { pick: true }), undefined)).toContain('rated')
  expect(filtersOf(photo('a', 1, { state: 'trashed' }), undefined)).toEqual(['trash'])
  // What is under way counts as done already.
  expect(filtersOf(photo('a', 1), { publishing: true })).not.toContain('inbox')
  expect(filtersOf(photo('a', 1), { state: 'archived' })).toEqual(['archived'])
})

test('a search narrows by name, camera and time, past midnight too', () => {
  const one = photo('IMG_7109', 1, { camera: 'R5', time_str: '23:40:10' })
  const fits = (change: object) => finder({ ...NO_SEARCH, ...change })(one)
  expect([fits({ name: '7109' }), fits({ name: 'img_71' }), fits({ name: '7110' })]).toEqual([
    true,
    true,
    false,
  ])
  expect([fits({ camera: 'R5' }), fits({ camera: 'R6' })]).toEqual([true, false])
  expect([fits({ from: '23:00' }), fits({ from: '23:41' }), fits({ until: '23:40' })]).toEqual([
    true,
    false,
    true,
  ])
  expect([fits({ from: '22:00', until: '02:00' }), fits({ from: '00:10', until: '02:00' })]).toEqual([
    true,
    false,
  ])
})

test('names sort as people count, and the best come first', () => {
  const list = [
    photo('IMG_10', 3, { rating: 2 }),
    photo('IMG_9', 2, { rating: 2, pick: true }),
    photo('IMG_2', 1),
  ]
  const order = (sort: 'name' | 'oldest' | 'rating') => sorted(list, sort).map(({ id }) => id)
  expect(order('name')).toEqual(['IMG_2', 'IMG_9', 'IMG_10'])
  expect(order('oldest')).toEqual(['IMG_2', 'IMG_9', 'IMG_10'])
  expect(order('rating')).toEqual(['IMG_9', 'IMG_10', 'IMG_2'])
})

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

test('stars go to everything picked, and the same stars again take them off', () => {
  const it = setUp()
  it.selection.focus('d')
  it.selection.move('item', 1, true)
  it.commands.run({ do: 'rate', stars: 4 })
  expect(['e', 'd', 'c'].map((id) => it.photos.byId.get(id)?.rating)).toEqual([0, 4, 4])
  it.commands.run({ do: 'rate', stars: 4 })
  expect(it.photos.byId.get('d')?.rating).toBe(0)
})

test('"all since" picks the photo on the stage and what was taken after it, in any order of the list', () => {
  const it = setUp()
  it.filters.search.sort = 'oldest'
  it.selection.focus('c')
  it.selection.selectSince()
  expect([...it.selection.selected].sort()).toEqual(['c', 'd', 'e'])
})

test('a copied edit is given to what is picked; another shape takes its light alone', () => {
  const it = setUp({ edit: async (filename: string, edit: object) => ({ filename, edit }) })
  const from = photo('e', 9)
  const edit = { ...NEUTRAL, exposure: 0.5, rotation: 90 as const, straighten: 2 }
  expect(pastable(edit, from, photo('x', 1))).toEqual(edit)
  expect(pastable(edit, from, photo('x', 1, { width: 2000, height: 3000 }))).toEqual({
    exposure: 0.5,
    contrast: 0,
    warmth: 0,
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

test('the ring decodes nearest first and forgets what lies behind', async () => {
  expect(around(['a', 'b', 'c', 'd', 'e'], 2, 2)).toEqual(['d', 'b', 'e', 'a'])
  expect(around(['a', 'b'], 0, 5)).toEqual(['b'])
  const asked: string[] = []
  const ring = createRing((src) => {
    asked.push(src)
    return { picture: src, ready: src === 'bad' ? Promise.reject(new Error('gone')) : Promise.resolve() }
  })
  ring.want(['a', 'bad', 'b'])
  await settled()
  expect(asked).toEqual(['a', 'bad', 'b'])
  expect(ring.kept()).toEqual(['a', 'b'])
  ring.want(['b', 'c'])
  await settled()
  expect(asked).toEqual(['a', 'bad', 'b', 'c'])
  expect(ring.kept()).toEqual(['b', 'c'])
})

test('100 % is a pixel of the original to a pixel of the screen, held inside the picture', () => {
  const upright = { width: 6000, height: 4000 }
  const box = { width: 600, height: 400 }
  const at = closeUp(upright, NEUTRAL, box, { x: 0.5, y: 0.5 }, 2)!
  expect(at.frame).toEqual(box)
  expect([at.part.width, at.part.height].map((side) => Number(side.toFixed(4)))).toEqual([0.2, 0.2])
  expect(closeUp(upright, NEUTRAL, box, { x: 0, y: 1 }, 2)!.part).toMatchObject({ x: 0, y: 0.8 })
  // A standing photo in a lying box: its narrow side is seen whole, and nothing is stretched.
  const narrow = closeUp({ width: 400, height: 4000 }, NEUTRAL, box, { x: 0.5, y: 0.5 }, 1)!
  expect(narrow).toMatchObject({ frame: { width: 400, height: 400 }, part: { x: 0, width: 1, height: 0.1 } })
  const { kept } = geometry(
    upright,
    partOf({ ...NEUTRAL, crop: { x: 0.5, y: 0, width: 0.5, height: 1 } }, at.part),
    2048,
  )
  expect(kept.width).toBeCloseTo(600, 6)
})

test('columns stay as they were put, as far as the photo keeps room', () => {
  expect(columnsFor(1440, { left: 0, right: 0 })).toMatchObject({ left: 346, right: 230 })
  expect(columnsFor(1440, { left: 500, right: 300 })).toMatchObject({ left: 500, right: 300 })
  const tight = columnsFor(1024, { left: 2000, right: 2000 })
  expect(1024 - tight.left - tight.right).toBeGreaterThanOrEqual(420)
  expect(columnsFor(1440, { left: 1, right: 1 })).toMatchObject({
    left: LEAST_COLUMN.left,
    right: LEAST_COLUMN.right,
  })
})

test('preferences that make no sense are left out', () => {
  expect(readPrefs('{"hand":"left","light":0.01,"advance":false,"left":-5,"right":300}')).toEqual({
    hand: 'left',
    light: 1,
    advance: false,
    left: 0,
    right: 300,
  })
  expect(readPrefs('no json').hand).toBe('right')
  expect(readPrefs(null).advance).toBe(true)
})
