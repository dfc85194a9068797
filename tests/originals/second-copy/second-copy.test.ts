import { createHash } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createBus, type Bus } from '../../../daemon/bus.ts'
import { JOURNAL } from '../../../daemon/catalog/store/journal.ts'
import { KEPT, SENTINEL } from '../../../daemon/folders.ts'
import { silentLog } from '../../../daemon/log.ts'
import { sha256Of } from '../../../daemon/originals/proof.ts'
import { createPlace, type Place } from '../../../daemon/originals/second-copy/place.ts'
import { AWAY_JOURNAL } from '../../../daemon/originals/second-copy/side-files.ts'
import { createSecondCopy, type SecondCopy } from '../../../daemon/originals/second-copy/second-copy.ts'
import { openHouse, tempFolder, type House } from '../../fixtures/catalog.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { openPulledDisk, pulledDiskTrouble } from '../../fixtures/disk/pulled-disk.ts'

let house: House
let target: string
let place: Place
let copies: SecondCopy | null = null
let bus: Bus
let time = 0
beforeEach(async () => {
  house = await openHouse()
  target = await tempFolder()
  time = 0
  bus = createBus({ now: Date.now, onError: () => undefined })
  place = createPlace({ catalog: house.catalog, data: house.data, watched: () => [] })
})
afterEach(async () => {
  await copies?.stop()
  copies = null
  await house.close()
  await rm(target, { recursive: true, force: true })
})

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 10 })
const there = (...names: string[]) => join(target, house.event.slug, 'photos_buffer', ...names)
/** None where their folder was not made yet. */
const names = async () =>
  (await readdir(there()).catch(() => [])).filter((name) => !name.startsWith('.')).sort()

/** An Original with its file. */
async function shoot(name: string, content = `bytes of ${name}`, origin = 'card:A:DCIM/100') {
  const bytes = Buffer.from(content)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await writeFile(join(house.folders.path('buffer'), name), bytes)
  const photo = house.addPhoto(name, {}, { sha256, bytes: bytes.length, origin })
  house.catalog.importHistory.note(house.event.id, 'card:A', [name], 'taken', sha256)
  bus.emit({ type: 'photo.added', photo: {} as never })
  return { ...photo, sha256 }
}

/** Opens it with a clock that only moves by hand, so that nothing is a burst unless the test says so. */
function open(change: Partial<Parameters<typeof createSecondCopy>[0]> = {}): SecondCopy {
  copies = createSecondCopy({
    catalog: house.catalog,
    place,
    bus,
    changed: () => undefined,
    log: silentLog,
    clock: () => (time += 1000),
    every: 20,
    ...change,
  })
  copies.start()
  return copies
}
const state = () => copies!.status()
const done = () => until(() => expect(state()).toMatchObject({ state: 'done', waiting: 0 }))

test('each original is copied and read back, with the journal and whatever else of ours lies there; nothing is deleted', async () => {
  const a = await shoot('A.JPG')
  await place.set(target)
  open()
  await done()
  expect(state()).toMatchObject({ folder: target, same_disk: true, message: null })
  expect(await sha256Of(there('A.JPG'))).toBe(a.sha256)
  expect(await copies!.has(house.event.id, a.sha256)).toBe(true)
  const buffer = house.folders.path('buffer')
  await writeFile(join(buffer, '.lep-catalog-1.db'), 'a copy of the catalog')
  await appendFile(join(buffer, JOURNAL), '{"fact":"x"}\n')
  await until(async () => {
    expect(await readFile(there('.lep-catalog-1.db'), 'utf8')).toBe('a copy of the catalog')
    expect(await readFile(there(JOURNAL), 'utf8')).toContain('{"fact":"x"}')
  })
  await expect(stat(there(SENTINEL))).rejects.toThrow('ENOENT')
  // A journal that lost its beginning does not take the whole one with it.
  await writeFile(join(buffer, JOURNAL), 'x\n')
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toBe('x\n'))
  const kept = (await readdir(there())).filter((name) => name.startsWith('.lep-journal') && name !== JOURNAL)
  expect(await readFile(there(kept[0]!), 'utf8')).toContain('{"fact":"x"}')
  // Emptied from the trash: it stays there.
  house.catalog.photos.markDeleted(a.id)
  await rm(join(buffer, 'A.JPG'))
  await shoot('B.JPG')
  await done()
  expect(await names()).toEqual(['A.JPG', 'B.JPG'])
})

const keep = (content: string) => `${createHash('sha256').update(content).digest('hex')}.jpg`

test('finals go there too, each once, by the names of their bytes', async () => {
  await shoot('A.JPG')
  const kept = join(house.folders.path('finals'), KEPT)
  await mkdir(kept, { recursive: true })
  const [abc, def] = [keep('a finished picture'), keep('another')]
  await writeFile(join(kept, abc), 'a finished picture')
  await place.set(target)
  open()
  const copy = join(target, house.event.slug, 'photos_finals', abc)
  await until(async () => expect(await readFile(copy, 'utf8')).toBe('a finished picture'))
  const { ino } = await stat(copy)
  await writeFile(join(kept, def), 'another')
  const both = [abc, def].toSorted()
  await until(async () => expect((await readdir(join(copy, '..'))).toSorted()).toEqual(both))
  expect((await stat(copy)).ino).toBe(ino)
  // Deleted for good here: it stays there.
  await rm(join(kept, abc))
  await shoot('B.JPG')
  await done()
  expect((await readdir(join(copy, '..'))).toSorted()).toEqual(both)
  // One that is damaged does not take the good one with it.
  await appendFile(join(kept, def), 'and more')
  copies!.look()
  await until(() =>
    expect(state()).toMatchObject({ state: 'failing', message: { code: 'second_copy_final' } }),
  )
  expect(await readFile(join(copy, '..', def), 'utf8')).toBe('another')
  await writeFile(join(kept, def), 'another')
  await done()
})

test('a journal that is damaged where it lies leaves the good one there, under another name', async () => {
  await place.set(target)
  const journal = join(house.folders.path('buffer'), JOURNAL)
  const good = '{"fact":"a"}\n{"fact":"b"}\n'
  await writeFile(journal, good)
  open()
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toBe(good))
  const damaged = `${'\0'.repeat(9)}${good.slice(9)}{"fact":"c"}\n`
  await writeFile(journal, damaged)
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toBe(damaged))
  expect(await readFile(there('.lep-journal-2.jsonl'), 'utf8')).toBe(good)
  // Going on where it ended, it is renewed and nothing more.
  await appendFile(journal, '{"fact":"d"}\n')
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toContain('"d"'))
  expect((await readdir(there())).filter((name) => name.startsWith('.lep-journal'))).toHaveLength(2)
})

test('the journal comes before the first original, and goes on where no more of them find room', async () => {
  await place.set(target)
  const journal = join(house.folders.path('buffer'), JOURNAL)
  await writeFile(journal, '{"fact":"a"}\n')
  await shoot('A.JPG')
  open({
    async readBack(path) {
      if ((await readFile(path, 'utf8')).startsWith('bytes of'))
        throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
      return sha256Of(path)
    },
  })
  await until(() => expect(state()).toMatchObject({ state: 'full', waiting: 1 }))
  expect(await readFile(there(JOURNAL), 'utf8')).toBe('{"fact":"a"}\n')
  await appendFile(journal, '{"fact":"b"}\n')
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toContain('"b"'))
  await until(() => expect(state()).toMatchObject({ state: 'full', message: null }))
  await copies!.stop()
  // Where it has no room either, that is said.
  open({ readBack: () => Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' })) })
  await appendFile(journal, '{"fact":"c"}\n')
  await until(() =>
    expect(state()).toMatchObject({ state: 'full', message: { code: 'second_copy_no_room' } }),
  )
})

test('a journal that cannot be copied is told, and keeps no original from it', async () => {
  await place.set(target)
  await writeFile(join(house.folders.path('buffer'), JOURNAL), '{"fact":"a"}\n')
  await shoot('A.JPG')
  let fails = true
  open({
    readBack: async (path) =>
      fails && (await readFile(path, 'utf8')).startsWith('{') ? 'other bytes' : sha256Of(path),
  })
  await until(() =>
    expect(state()).toMatchObject({ state: 'failing', waiting: 0, message: { params: { name: JOURNAL } } }),
  )
  expect(await names()).toEqual(['A.JPG'])
  fails = false
  await done()
  expect(state()?.message).toBeNull()
})

test('what is noted while the disk of the photos is away goes there, too', async () => {
  await place.set(target)
  open()
  await shoot('A.JPG')
  await done()
  const buffer = house.folders.path('buffer')
  await rename(buffer, `${buffer}-away`)
  const { spill } = house.event
  await mkdir(spill, { recursive: true })
  await writeFile(join(spill, JOURNAL), '{"fact":"taken out"}\n')
  await until(async () => expect(await readFile(there(AWAY_JOURNAL), 'utf8')).toContain('taken out'))
  // The next time it begins anew.
  await writeFile(join(spill, JOURNAL), '{"fact":"again"}\n')
  await until(async () => expect(await readFile(there(AWAY_JOURNAL), 'utf8')).toContain('again'))
  expect(await readFile(there('.lep-journal-away-2.jsonl'), 'utf8')).toContain('taken out')
})

test('a disk that was away is caught up with, and an empty folder in its place takes nothing', async () => {
  await place.set(target)
  open()
  await shoot('A.JPG')
  await done()
  await rename(target, `${target}-away`)
  await mkdir(target)
  const b = await shoot('B.JPG')
  await until(() => expect(state()).toMatchObject({ state: 'away', waiting: 1 }))
  expect(copies!.waitingFrom('card:A')).toBe(1)
  expect(await copies!.has(house.event.id, b.sha256)).toBe(false)
  expect(await readdir(target)).toEqual([])
  // A control: without the sentinel it would have been written into the empty folder.
  await copies!.stop()
  open({ place: { ...place, isThere: async () => true } })
  await until(async () => expect(await readdir(target)).not.toEqual([]))
  await copies!.stop()
  house.catalog.secondCopies.remove(place.target()!.id, house.event.id, b.sha256)
  await rm(target, { recursive: true })
  await rename(`${target}-away`, target)
  open()
  await done()
  expect(await names()).toEqual(['A.JPG', 'B.JPG'])
  expect(copies!.waitingFrom('card:A')).toBe(0)
})

test('a disk that gives back other bytes is no second copy', async () => {
  await place.set(target)
  const a = await shoot('A.JPG')
  const corrupt = (path: string) => writeFile(path, 'other bytes')
  open({
    async readBack(path) {
      await corrupt(path)
      return sha256Of(path)
    },
  })
  await until(() => expect(state()).toMatchObject({ state: 'failing', waiting: 1 }))
  expect(state()?.message?.code).toBe('second_copy_unsound')
  expect(await readdir(there())).toEqual([])
  await copies!.stop()
  // A control: one that did not read back would have believed it.
  open({
    async readBack(path) {
      await corrupt(path)
      return a.sha256
    },
  })
  await until(() => expect(state()?.waiting).toBe(0))
  expect(await readFile(there('A.JPG'), 'utf8')).toBe('other bytes')
  // Whoever asks for a card has it read once more, and it is made again.
  expect(await copies!.has(house.event.id, a.sha256)).toBe(false)
  await copies!.stop()
  open()
  await done()
  expect(await names()).toEqual(['A-2.JPG', 'A.JPG'])
})

test('a file that is not the picture any more is not copied, and one that is gone waits', async () => {
  await place.set(target)
  await shoot('A.JPG')
  await writeFile(join(house.folders.path('buffer'), 'A.JPG'), 'written over')
  await shoot('B.JPG')
  open()
  await until(() => expect(state()).toMatchObject({ state: 'failing', waiting: 1 }))
  expect(state()?.message?.code).toBe('second_copy_changed')
  expect(await names()).toEqual(['B.JPG'])
})

test('what was removed there by somebody is copied again, and what lies there already serves', async () => {
  await place.set(target)
  await mkdir(there(), { recursive: true })
  await shoot('A.JPG')
  await writeFile(there('A.JPG'), 'bytes of A.JPG')
  const { ino } = await stat(there('A.JPG'))
  open()
  await done()
  expect((await stat(there('A.JPG'))).ino).toBe(ino)
  await rm(there('A.JPG'))
  copies!.look()
  await until(async () => expect(await names()).toEqual(['A.JPG']))
})

test('it rests while photos come in quickly, and goes on afterwards', async () => {
  await place.set(target)
  open({ clock: () => time })
  await done()
  for (const name of ['A.JPG', 'B.JPG', 'C.JPG']) await shoot(name)
  await until(() => expect(state()).toMatchObject({ state: 'resting', waiting: 3 }))
  const before = await names()
  time += 10_000
  await until(() => expect(state()?.waiting).toBe(0))
  expect(before).toEqual([])
})

test('folders that hold or lie in photo folders, that are not there or belong to others are refused', async () => {
  const refused = (folder: string) =>
    place.set(folder).then(
      () => 'taken',
      ({ code }: { code: string }) => code,
    )
  const others = join(target, 'others')
  await mkdir(others)
  await writeFile(join(others, SENTINEL), '0b7b1d0e-0000-4000-8000-000000000000\n')
  await mkdir(join(house.folders.path('buffer'), 'inside'))
  expect(await refused(join(house.folders.path('buffer'), 'inside'))).toBe('second_copy_inside')
  expect(await refused(house.data)).toBe('second_copy_inside')
  expect(await refused(join(house.data, '..'))).toBe('second_copy_inside')
  expect(await refused(join(target, 'nowhere'))).toBe('no_such_folder')
  expect(await refused('here')).toBe('not_a_path')
  expect(await refused(others)).toBe('folder_of_others')
  expect(place.target()).toBeNull()
  expect(await refused(target)).toBe('taken')
  const paths = { ...house.folders.paths, archive: join(target, 'archive') }
  await expect(place.checkPhotoFolders(paths)).rejects.toMatchObject({ code: 'second_copy_inside' })
  // The same folder again goes on with what is there.
  const { id } = place.target()!
  await place.set(null)
  expect(open().status()).toBeNull()
  await place.set(target)
  expect(place.target()).toEqual({ folder: target, id })
})

test('a disk without room is said to be full, and goes on when there is room', async (context) => {
  const folder = await tempFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const disk = await mountSmallDisk(context, join(folder, 'disk'), '1m')
  await rm(target, { recursive: true })
  target = join(folder, 'disk')
  await place.set(target)
  await shoot('A.JPG', 'x'.repeat(2 << 20))
  open()
  await until(() => expect(state()).toMatchObject({ state: 'full', waiting: 1 }))
  expect((await readdir(there())).filter((name) => name.endsWith('.part'))).toEqual([])
  await disk.resize('8m')
  await done()
  // What is left at last is the journals' own.
  const { bavail, bsize } = await statfs(target)
  await shoot('B.JPG', 'x'.repeat(bavail * bsize - 20_000))
  await until(() => expect(state()).toMatchObject({ state: 'full', waiting: 1 }))
  await appendFile(join(house.folders.path('buffer'), JOURNAL), '{"fact":"x"}\n')
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toContain('{"fact":"x"}'))
  expect(await names()).toEqual(['A.JPG'])
  await copies!.stop()
  await rm(there(), { recursive: true })
  target = join(folder, 'none')
})

test.skipIf(pulledDiskTrouble() !== null)('a disk that is pulled in the middle of a copy', async () => {
  const folder = target
  const disk = await openPulledDisk(folder)
  try {
    target = disk.path
    await place.set(target)
    let pulls = true
    open({
      async readBack(path) {
        const sha256 = await sha256Of(path)
        if (pulls) disk.pull()
        pulls = false
        return sha256
      },
    })
    await shoot('A.JPG')
    await until(() => expect(state()).toMatchObject({ state: 'away', waiting: 1 }))
    expect(await readdir(disk.path)).toEqual([])
    disk.put()
    await done()
    expect(await names()).toEqual(['A.JPG'])
    expect(state()?.same_disk).toBe(false)
    await copies!.stop()
  } finally {
    await disk.remove()
    target = folder
  }
})
