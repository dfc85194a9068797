import { appendFile, mkdir, open, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TRAILERS, withHole, withIndex, withoutEnd } from '../../fixtures/photos/broken-ends.ts'
import { makeHeicLike, makeJpeg, makeVideoLike, truncate } from '../../fixtures/photos/photos.ts'
import { snapshot, until, useWorld, type World } from '../world.ts'

/** Files in the buffer folder that are not whole yet or no photos, and checkers, clocks and folders that fail. */

const { world, another } = useWorld()

const drop = (name: string, bytes: Uint8Array, at?: Date) => world.put(join('photos_buffer', name), bytes, at)
const added = () => world.notices.filter(({ type }) => type === 'photo.added').length

test('a half-written file waits for its end, however long its writer stalls, and is taken once', async () => {
  const sources = world.sources({ patience: { settle: 50, stall: 600_000, rescan: 200, retry: 50 } })
  await sources.start()
  const bytes = await makeJpeg()
  let looks = 0
  await drop('slow.JPG', bytes.subarray(0, 9000))
  await until(() => {
    looks += 1
    expect(sources.status()).toMatchObject([{ id: 'buffer', total: 1 }])
    expect(looks).toBeGreaterThan(20)
  })
  expect(world.photos()).toEqual([])
  expect(world.skipped()).toEqual({})
  await appendFile(world.path('photos_buffer/slow.JPG'), bytes.subarray(9000))
  await until(() => expect(world.names()).toEqual(['slow.JPG']))
  expect(world.photos()[0]?.main.bytes).toBe(bytes.length)
  expect(added()).toBe(1)
})

test('a half-written file that stalls for long is listed with the reason, and taken when it is complete', async () => {
  await world.sources().start()
  const bytes = await makeJpeg()
  await drop('slow.JPG', bytes.subarray(0, 9000))
  await until(() => expect(world.skipped()).toEqual({ 'slow.JPG': expect.stringContaining('cut short') }))
  await appendFile(world.path('photos_buffer/slow.JPG'), bytes.subarray(9000))
  await until(() => expect(world.names()).toEqual(['slow.JPG']))
  expect(world.skipped()).toEqual({})
})

test('a file that keeps growing is not looked into before it stands still', async () => {
  const bytes = await makeJpeg()
  const sizes: number[] = []
  const inspect: World['needs']['inspect'] = async (path) => {
    sizes.push((await stat(path)).size)
    return world.needs.inspect(path)
  }
  // The clock goes on by the writes alone, so that a busy machine's pauses are none of the file's.
  let clock = Date.now()
  let closed: number | null = null
  const now = () => clock + (closed === null ? 0 : performance.now() - closed)
  await world.sources({ inspect, now, patience: { settle: 500, stall: 5000, rescan: 30, retry: 30 } }).start()
  // A JPEG, which says itself where it ends, would be looked into after a shorter rest.
  const handle = await open(await drop('growing.TIF', Buffer.alloc(0)), 'a')
  for (let at = 0; at < bytes.length; at += 8192) {
    await handle.write(bytes.subarray(at, at + 8192))
    clock += 100
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  await handle.close()
  closed = performance.now()
  await until(() => expect(world.names()).toEqual(['growing.TIF']))
  expect(sizes).toEqual([bytes.length])
})

test('whatever is not a photo stays, and is listed with a reason', async () => {
  const good = await makeJpeg()
  await drop('zero.jpg', Buffer.alloc(0))
  await drop('cut.jpg', truncate(good))
  await drop('notes.jpg', Buffer.from('not a picture at all'))
  await drop('phone.heic', makeHeicLike())
  await drop('clip.mp4', makeVideoLike())
  await drop('film.jpg', makeVideoLike())
  await drop('._IMG_1.JPG', Buffer.from('x'))
  await drop('.DS_Store', Buffer.from('x'))
  await drop('IMG_1.xmp', Buffer.from('<x:xmpmeta/>'))
  await drop('IMG_9.JPG.part', good)
  await drop('below/IMG_1.JPG', good)
  await symlink(world.path('catalog.db'), world.path('photos_buffer/link.jpg'))
  await drop('good.JPG', await makeJpeg({ seed: 2 }))
  const before = await snapshot(world.path('photos_buffer'))
  await world.sources().start()
  await until(() =>
    expect(world.skipped()).toEqual({
      'zero.jpg': expect.stringMatching(/empty/),
      'cut.jpg': expect.stringMatching(/cut short/),
      'notes.jpg': expect.stringMatching(/not a picture/),
      'phone.heic': expect.stringMatching(/HEIC/),
      'clip.mp4': expect.stringMatching(/video/i),
      'film.jpg': expect.stringMatching(/video/i),
      '._IMG_1.JPG': expect.stringMatching(/system file/),
      '.DS_Store': expect.stringMatching(/system file/),
      'IMG_1.xmp': expect.stringMatching(/not a photo/),
      'IMG_9.JPG.part': expect.stringMatching(/still writing/),
      below: expect.stringMatching(/directly in the buffer/),
      'link.jpg': expect.stringMatching(/link/),
    }),
  )
  await until(() => expect(world.names()).toEqual(['good.JPG']))
  const after = Object.entries(await snapshot(world.path('photos_buffer')))
  expect(Object.fromEntries(after.filter(([path]) => !path.includes('/.incoming')))).toEqual(before)
})

test('a file that was set aside and is removed leaves the list', async () => {
  await world.sources().start()
  const path = await drop('zero.jpg', Buffer.alloc(0))
  await until(() => expect(Object.keys(world.skipped())).toEqual(['zero.jpg']))
  await rm(path)
  await until(() => expect(world.skipped()).toEqual({}))
})

test('while the Event is paused files wait and are counted, and are taken when it goes on', async () => {
  const { id } = world.catalog.events.current()
  world.catalog.events.change(id, { state: 'paused' })
  const sources = world.sources()
  await sources.start()
  await drop('A.JPG', await makeJpeg({ seed: 1 }))
  await drop('B.JPG', await makeJpeg({ seed: 2 }))
  await until(() =>
    expect(sources.status()).toMatchObject([
      { id: 'buffer', state: 'waiting', total: 2, message: expect.stringContaining('paused: 2 files wait') },
    ]),
  )
  expect(world.photos()).toEqual([])
  world.catalog.events.change(id, { state: 'open' })
  sources.rescan()
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.JPG']))
  await until(() => expect(sources.status()).toEqual([]))
})

test('while the folder is away nothing is taken and the status says so; it goes on when the folder is back', async () => {
  const sources = world.sources()
  await sources.start()
  const path = world.folders.path('buffer')
  await rename(path, `${path}.away`)
  await mkdir(path)
  await until(() => expect(sources.status()).toMatchObject([{ message: expect.stringContaining('is away') }]))
  await drop('decoy.JPG', await makeJpeg({ seed: 1 }))
  await writeFile(`${path}.away/A.JPG`, await makeJpeg({ seed: 2 }))
  sources.rescan()
  await rm(path, { recursive: true })
  await rename(`${path}.away`, path)
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await until(() => expect(sources.status()).toEqual([]))
  await drop('B.JPG', await makeJpeg({ seed: 3 }))
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.JPG']))
})

test('a picture checker that fails once does not lose the file', async () => {
  let failures = 0
  const inspect = (path: string) => {
    failures += 1
    if (failures < 3) throw new Error('The worker died')
    return world.needs.inspect(path)
  }
  await world.sources({ inspect }).start()
  await drop('A.JPG', await makeJpeg())
  await until(() => expect(world.names()).toEqual(['A.JPG']))
})

test('a picture checker that hangs does not hold up a stop, and the file is taken at the next start', async () => {
  const reached = Promise.withResolvers<void>()
  const inspect = () => {
    reached.resolve()
    return new Promise<never>(() => undefined)
  }
  const first = world.sources({ inspect })
  await first.start()
  await drop('A.JPG', await makeJpeg())
  await reached.promise
  await first.stop()
  expect(world.photos()).toEqual([])
  await world.sources().start()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
})

test('a whole picture in a file that says more should follow is taken once the file stood still', async () => {
  await drop('turned.jpg', withIndex(await makeJpeg(), 5000))
  await drop('padded.jpg', Buffer.concat([withoutEnd(await makeJpeg({ seed: 2 })), TRAILERS.zeros!]))
  const patience = { settle: 60, stall: 600_000, rescan: 300, retry: 40 }
  let looked = 0
  const inspect = (path: string) => {
    looked += 1
    return world.needs.inspect(path)
  }
  await world.sources({ patience, inspect }).start()
  await until(() => expect(looked).toBeGreaterThan(4))
  expect(world.names()).toEqual([])
  expect(world.skipped()).toEqual({})
  await another()
  await drop('turned.jpg', withIndex(await makeJpeg(), 5000))
  await drop('padded.jpg', Buffer.concat([withoutEnd(await makeJpeg({ seed: 2 })), TRAILERS.zeros!]))
  await world.sources().start()
  await until(() => expect(world.names()).toEqual(['padded.jpg', 'turned.jpg']))
  expect(world.skipped()).toEqual({})
})

test('a file whose middle is missing is not taken, and is looked at again when it came', async () => {
  const whole = await makeJpeg({ width: 900, height: 600, quality: 92 })
  await drop('A.JPG', withHole(whole))
  await world.sources().start()
  await until(() =>
    expect(world.skipped()).toEqual({
      'A.JPG': 'The file is not complete: a part in its middle is missing.',
    }),
  )
  await drop('A.JPG', whole)
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await until(() => expect(world.skipped()).toEqual({}))
})

test('files are taken whatever the clock does meanwhile', async () => {
  const start = Date.now()
  let looks = 0
  // A clock that goes back with every look: a wait by it never ends.
  const now = () => start - 1000 * (looks += 1)
  await world.sources({ now }).start()
  await drop('A.JPG', await makeJpeg({ seed: 1 }))
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await drop('B.TIF', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.TIF']))
})
