import { mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { WatchedFolder } from '../../../daemon/contract/watched-folders.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { until, useWorld } from '../world.ts'

const { world } = useWorld(async (opened) => {
  for (const name of ['fixed', 'one', 'two']) await mkdir(opened.path(name))
})
const photo = (seed: number) => makeJpeg({ seed, takenAt: new Date(), width: 90, height: 60 })

/** Sources whose settings can be changed while they run. */
function open() {
  let wanted: WatchedFolder[] = []
  const sources = world.sources({ watchedFolders: [world.path('fixed')], moreWatched: () => wanted })
  return {
    ...sources,
    ids: () => sources.status().map(({ id }) => id),
    want(...folders: [name: string, recursive: boolean][]) {
      wanted = folders.map(([name, recursive]) => ({ path: world.path(name), recursive }))
      return sources.watchedChanged()
    },
  }
}

test('a folder that is added while everything runs is copied from, and one that is removed is not any more', async () => {
  await world.put('one/A.JPG', await photo(1))
  const { start, want, ids } = open()
  await start()
  // Control: nobody wants it yet, and what is given at the start is there.
  await world.put('fixed/F.JPG', await photo(2))
  await until(() => expect(world.names()).toEqual(['F.JPG']))
  await want(['one', true])
  await until(() => expect(world.names()).toEqual(['A.JPG', 'F.JPG']))

  await want()
  expect(ids()).toEqual([`folder:${world.path('fixed')}`])
  await world.put('one/B.JPG', await photo(3))
  // Its neighbour's next round is long after the one that would have taken it.
  await world.put('fixed/G.JPG', await photo(4))
  await until(() => expect(world.names()).toContain('G.JPG'))
  expect(world.names()).toEqual(['A.JPG', 'F.JPG', 'G.JPG'])
  // What was taken is known when it is back, and what came meanwhile is taken.
  await want(['one', true])
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.JPG', 'F.JPG', 'G.JPG']))
})

test('without the folders in it, only what lies in the folder itself is taken, until that is changed', async () => {
  await world.put('one/A.JPG', await photo(1))
  await world.put('one/deep/B.JPG', await photo(2))
  const { start, want, status } = open()
  await start()
  await want(['one', false])
  const one = () => status().find(({ id }) => id === `folder:${world.path('one')}`)
  await until(() => expect(one()).toMatchObject({ state: 'looking', total: 1, done: 1 }))
  expect(world.names()).toEqual(['A.JPG'])
  await want(['one', true])
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.JPG']))
})

test('what was set aside of a folder leaves the list with it', async () => {
  await world.put('one/zero.jpg', Buffer.alloc(0))
  await world.put('fixed/none.jpg', Buffer.alloc(0))
  const { start, want } = open()
  await start()
  await want(['one', true])
  await until(() => expect(Object.keys(world.skipped()).sort()).toEqual(['fixed/none.jpg', 'one/zero.jpg']))
  await want()
  await until(() => expect(Object.keys(world.skipped())).toEqual(['fixed/none.jpg']))
})

test('a folder that goes in the middle of a copy leaves nothing half-done, and its file is taken when it is back', async () => {
  const { start, want, stop } = open()
  await start()
  const bytes = await makeJpeg({ seed: 9, takenAt: new Date(), width: 600, height: 400, quality: 98 })
  for (let n = 0; n < 4; n += 1) await world.put(`one/${n}.JPG`, Buffer.concat([bytes, Buffer.from([n])]))
  await want(['one', true])
  await want()
  expect(await world.parts()).toEqual([])
  await want(['one', true], ['two', false])
  await until(() => expect(world.names()).toHaveLength(4))
  await stop()
  // A change that comes after the end begins nothing.
  await want(['two', true])
})
