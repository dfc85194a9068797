import {
  appendFile,
  link,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createIngest } from '../../daemon/ingest/intake/ingest.ts'
import { TRAILERS, withHole, withIndex, withoutEnd } from '../fixtures/broken-ends.ts'
import { makeHeicLike, makeJpeg, makeRaw, makeVideoLike, truncate } from '../fixtures/photos.ts'
import { makeWorld, never, openDarkroom, shotOf, snapshot, until, type World } from './world.ts'

let darkroom: Awaited<ReturnType<typeof openDarkroom>>
let world: World

beforeAll(async () => {
  darkroom = await openDarkroom()
})
afterAll(() => darkroom.stop())
beforeEach(async () => {
  world = await makeWorld(darkroom)
})
afterEach(() => world.close())

const drop = (name: string, bytes: Uint8Array, at?: Date) => world.put(join('photos_buffer', name), bytes, at)
const added = () => world.notices.filter(({ type }) => type === 'photo.added').length

test('a photo that a program drops into the buffer folder is adopted where it is', async () => {
  await world.sources().start()
  const bytes = await makeJpeg({ camera: 'EOS RP' })
  const path = await drop('IMG_1.JPG', bytes)
  const before = await stat(path)
  await until(() => expect(world.names()).toEqual(['IMG_1.JPG']))
  const after = await stat(path)
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
  expect(world.photos()).toMatchObject([
    { width: 600, height: 400, camera: 'EOS RP', main: { bytes: bytes.length } },
  ])
})

test('what was there before the start is adopted, and after a restart nothing is twice', async () => {
  for (const seed of [1, 2, 3]) await drop(`A${seed}.JPG`, await makeJpeg({ seed }))
  const first = world.sources()
  await first.start()
  await until(() => expect(world.names()).toHaveLength(3))
  await first.stop()
  await drop('A4.JPG', await makeJpeg({ seed: 4 }))
  let adopted = 0
  const inspect = (path: string) => {
    adopted += 1
    return world.needs.inspect(path)
  }
  await world.sources({ inspect }).start()
  await until(() => expect(world.names()).toEqual(['A1.JPG', 'A2.JPG', 'A3.JPG', 'A4.JPG']))
  // Files that the catalog knows are not even opened.
  expect(adopted).toBe(1)
  expect(added()).toBe(4)
})

test('a burst of a hundred files is taken, each once', async () => {
  await world.sources().start()
  const files = await Promise.all(
    Array.from({ length: 100 }, (_, seed) => makeJpeg({ seed, width: 90, height: 60 })),
  )
  await Promise.all(files.map((bytes, n) => drop(`B${n}.JPG`, bytes)))
  await until(() => expect(world.names()).toHaveLength(100))
  expect(added()).toBe(100)
})

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

test('the same bytes under a second name are one photo, and the second is listed', async () => {
  await world.sources().start()
  const bytes = await makeJpeg()
  await drop('A.JPG', bytes)
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await drop('B.JPG', bytes)
  await until(() => expect(world.skipped()).toEqual({ 'B.JPG': 'The same picture as A.JPG.' }))
  expect(world.names()).toEqual(['A.JPG'])
  expect(await world.files()).toEqual(['A.JPG', 'B.JPG'])
})

test('a new shot under the name of an archived photo gets a file of its own', async () => {
  await world.sources().start()
  const path = await drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
  await until(() => expect(world.names()).toEqual(['IMG_1.JPG']))
  await rename(path, join(world.folders.path('archive'), 'IMG_1.JPG'))
  world.catalog.photos.setState(world.photos()[0]!.id, 'archived')
  await drop('IMG_1.JPG', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.names()).toEqual(['IMG_1-2.JPG']))
  expect(await world.files()).toEqual(['IMG_1-2.JPG', 'IMG_1.JPG'])
  await until(() =>
    expect(world.skipped()).toEqual({ 'IMG_1.JPG': expect.stringContaining('Taken as IMG_1-2.JPG') }),
  )
})

test('names that a Mac holds for one are two photos with two names', async () => {
  await drop('img_1.jpg', await makeJpeg({ seed: 1 }))
  await world.sources().start()
  await until(() => expect(world.names()).toEqual(['img_1.jpg']))
  await drop('IMG_1.JPG', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.names()).toEqual(['IMG_1-2.JPG', 'img_1.jpg']))
})

test('a RAW and its JPEG that are dropped together are one photo', async () => {
  await world.sources().start()
  const takenAt = new Date()
  await Promise.all([
    drop('IMG_1.JPG', await makeJpeg({ takenAt })),
    drop('IMG_1.DNG', makeRaw(await makeJpeg(), { takenAt })),
  ])
  await until(() =>
    expect(world.photos()).toMatchObject([{ filename: 'IMG_1.JPG', raw: { filename: 'IMG_1.DNG' } }]),
  )
})

test('a RAW alone is a photo', async () => {
  await world.sources().start()
  await drop('IMG_1.DNG', makeRaw(await makeJpeg({ width: 300, height: 200 })))
  await until(() =>
    expect(world.photos()).toMatchObject([{ filename: 'IMG_1.DNG', width: 300, main: { kind: 'raw' } }]),
  )
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

test('what ingest itself puts into the folder is not taken again', async () => {
  await world.sources().start()
  const ingest = createIngest(world.needs)
  for (let seed = 0; seed < 10; seed += 1)
    await ingest.take({ id: 'card:A', label: 'A' }, shotOf(`C${seed}.JPG`, await makeJpeg({ seed })), never())
  await drop('last.JPG', await makeJpeg({ seed: 99 }))
  await until(() => expect(world.names()).toContain('last.JPG'))
  expect(world.names()).toHaveLength(11)
  expect(added()).toBe(11)
  expect(world.skipped()).toEqual({})
})

test('the rescan finds what the watcher missed', async () => {
  const sources = world.sources()
  await sources.start()
  // A file that is linked in with an old time changes nothing that a look at times would see.
  const outside = await world.put('elsewhere.JPG', await makeJpeg())
  await utimes(outside, new Date(0), new Date(0))
  await link(outside, world.path('photos_buffer/A.JPG'))
  sources.rescan()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
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

test('a name that the disk gives back decomposed is the same file', async () => {
  const bytes = await makeJpeg()
  const ingest = createIngest(world.needs)
  await ingest.take({ id: 'card:A', label: 'A' }, shotOf('\u00e9.JPG', bytes), never())
  // As on a disk that decomposes names: both lead to one file.
  await link(world.path('photos_buffer/\u00e9.JPG'), world.path('photos_buffer/e\u0301.JPG'))
  await world.sources().start()
  await drop('B.JPG', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.names()).toEqual(['B.JPG', '\u00e9.JPG']))
  expect(world.skipped()).toEqual({})
})

test.skipIf(process.platform !== 'linux')(
  'a file whose name is no UTF-8 is taken under a name that can be read, and stays as it is',
  async () => {
    const odd = Buffer.concat([
      Buffer.from(world.path('photos_buffer/')),
      Buffer.from('Gr\xfc\xdfe_1.jpg', 'latin1'),
    ])
    const bytes = await makeJpeg()
    await writeFile(odd, bytes)
    await world.sources().start()
    await until(() => expect(world.names()).toEqual(['Gr%FC%DFe_1.jpg']))
    const said = {
      './Gr%FC%DFe_1.jpg': 'Its name cannot be read here, so it was taken as Gr%FC%DFe_1.jpg.',
    }
    await until(() => expect(world.skipped()).toEqual(said))
    expect(await readFile(odd)).toEqual(bytes)
    await rm(odd)
    await until(() => expect(world.skipped()).toEqual({}))
    expect(added()).toBe(1)
  },
)

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
  await world.close()
  world = await makeWorld(darkroom)
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
  let asked = 0
  // A clock that goes back with every look: whoever waits by it waits for ever.
  const now = () => start - 1000 * (asked += 1)
  await world.sources({ now }).start()
  await drop('A.JPG', await makeJpeg({ seed: 1 }))
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await drop('B.TIF', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.TIF']))
})
