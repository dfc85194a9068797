import { appendFile, mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { JOURNAL } from '../../../daemon/catalog/store/journal.ts'
import { SENTINEL } from '../../../daemon/folders.ts'
import { sha256Of } from '../../../daemon/originals/proof.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { openPulledDisk, pulledDiskTrouble } from '../../fixtures/disk/pulled-disk.ts'
import { until, useSecondCopy } from './rig.ts'

const rig = useSecondCopy()
const { done, names, open, shoot, state, there } = rig

test('each original is copied and read back, with the journal and whatever else of ours lies there; nothing is deleted', async () => {
  const a = await shoot('A.JPG')
  await rig.place.set(rig.target)
  open()
  await done()
  expect(state()).toMatchObject({ folder: rig.target, same_disk: true, message: null })
  expect(await sha256Of(there('A.JPG'))).toBe(a.sha256)
  expect(await rig.copies.has(rig.house.event.id, a.sha256)).toBe(true)
  const buffer = rig.house.folders.path('buffer')
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
  rig.house.catalog.photos.markDeleted(a.id)
  await rm(join(buffer, 'A.JPG'))
  await shoot('B.JPG')
  await done()
  expect(await names()).toEqual(['A.JPG', 'B.JPG'])
})

test('a disk that was away is caught up with, and an empty folder in its place takes nothing', async () => {
  await rig.place.set(rig.target)
  open()
  await shoot('A.JPG')
  await done()
  await rename(rig.target, `${rig.target}-away`)
  await mkdir(rig.target)
  const b = await shoot('B.JPG')
  await until(() => expect(state()).toMatchObject({ state: 'away', waiting: 1 }))
  expect(rig.copies.waitingFrom('card:A')).toBe(1)
  expect(await rig.copies.has(rig.house.event.id, b.sha256)).toBe(false)
  expect(await readdir(rig.target)).toEqual([])
  // A control: without the sentinel it would have been written into the empty folder.
  await rig.copies.stop()
  open({ place: { ...rig.place, isThere: async () => true } })
  await until(async () => expect(await readdir(rig.target)).not.toEqual([]))
  await rig.copies.stop()
  rig.house.catalog.secondCopies.remove(rig.place.target()!.id, rig.house.event.id, b.sha256)
  await rm(rig.target, { recursive: true })
  await rename(`${rig.target}-away`, rig.target)
  open()
  await done()
  expect(await names()).toEqual(['A.JPG', 'B.JPG'])
  expect(rig.copies.waitingFrom('card:A')).toBe(0)
})

test('a disk that gives back other bytes is no second copy', async () => {
  await rig.place.set(rig.target)
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
  await rig.copies.stop()
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
  expect(await rig.copies.has(rig.house.event.id, a.sha256)).toBe(false)
  await rig.copies.stop()
  open()
  await done()
  expect(await names()).toEqual(['A-2.JPG', 'A.JPG'])
})

test('a file that is not the picture any more is not copied, and one that is gone waits', async () => {
  await rig.place.set(rig.target)
  await shoot('A.JPG')
  await writeFile(join(rig.house.folders.path('buffer'), 'A.JPG'), 'written over')
  await shoot('B.JPG')
  open()
  await until(() => expect(state()).toMatchObject({ state: 'failing', waiting: 1 }))
  expect(state()?.message?.code).toBe('second_copy_changed')
  expect(await names()).toEqual(['B.JPG'])
})

test('what was removed there by somebody is copied again, and what lies there already serves', async () => {
  await rig.place.set(rig.target)
  await mkdir(there(), { recursive: true })
  await shoot('A.JPG')
  await writeFile(there('A.JPG'), 'bytes of A.JPG')
  const { ino } = await stat(there('A.JPG'))
  open()
  await done()
  expect((await stat(there('A.JPG'))).ino).toBe(ino)
  await rm(there('A.JPG'))
  rig.copies.look()
  await until(async () => expect(await names()).toEqual(['A.JPG']))
})

test('it rests while photos come in quickly, and goes on afterwards', async () => {
  await rig.place.set(rig.target)
  open({ clock: () => rig.time })
  await done()
  for (const name of ['A.JPG', 'B.JPG', 'C.JPG']) await shoot(name)
  await until(() => expect(state()).toMatchObject({ state: 'resting', waiting: 3 }))
  const before = await names()
  rig.time += 10_000
  await until(() => expect(state()?.waiting).toBe(0))
  expect(before).toEqual([])
})

test('folders that hold or lie in photo folders, that are not there or belong to others are refused', async () => {
  const refused = (folder: string) =>
    rig.place.set(folder).then(
      () => 'taken',
      ({ code }: { code: string }) => code,
    )
  const others = join(rig.target, 'others')
  await mkdir(others)
  await writeFile(join(others, SENTINEL), '0b7b1d0e-0000-4000-8000-000000000000\n')
  await mkdir(join(rig.house.folders.path('buffer'), 'inside'))
  expect(await refused(join(rig.house.folders.path('buffer'), 'inside'))).toBe('second_copy_inside')
  expect(await refused(rig.house.data)).toBe('second_copy_inside')
  expect(await refused(join(rig.house.data, '..'))).toBe('second_copy_inside')
  expect(await refused(join(rig.target, 'nowhere'))).toBe('no_such_folder')
  expect(await refused('here')).toBe('not_a_path')
  expect(await refused(others)).toBe('folder_of_others')
  expect(rig.place.target()).toBeNull()
  expect(await refused(rig.target)).toBe('taken')
  const paths = { ...rig.house.folders.paths, archive: join(rig.target, 'archive') }
  await expect(rig.place.checkPhotoFolders(paths)).rejects.toMatchObject({ code: 'second_copy_inside' })
  // The same folder again goes on with what is there.
  const { id } = rig.place.target()!
  await rig.place.set(null)
  expect(open().status()).toBeNull()
  await rig.place.set(rig.target)
  expect(rig.place.target()).toEqual({ folder: rig.target, id })
})

test('a disk without room is said to be full, and goes on when there is room', async (context) => {
  const folder = await tempFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const disk = await mountSmallDisk(context, join(folder, 'disk'), '1m')
  await rm(rig.target, { recursive: true })
  rig.target = join(folder, 'disk')
  await rig.place.set(rig.target)
  await shoot('A.JPG', 'x'.repeat(2 << 20))
  open()
  await until(() => expect(state()).toMatchObject({ state: 'full', waiting: 1 }))
  expect((await readdir(there())).filter((name) => name.endsWith('.part'))).toEqual([])
  await disk.resize('8m')
  await done()
  // What is left at last is the journals' own.
  const { bavail, bsize } = await statfs(rig.target)
  await shoot('B.JPG', 'x'.repeat(bavail * bsize - 20_000))
  await until(() => expect(state()).toMatchObject({ state: 'full', waiting: 1 }))
  await appendFile(join(rig.house.folders.path('buffer'), JOURNAL), '{"fact":"x"}\n')
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toContain('{"fact":"x"}'))
  expect(await names()).toEqual(['A.JPG'])
  await rig.copies.stop()
  await rm(there(), { recursive: true })
  rig.target = join(folder, 'none')
})

test.skipIf(pulledDiskTrouble() !== null)('a disk that is pulled in the middle of a copy', async () => {
  const folder = rig.target
  const disk = await openPulledDisk(folder)
  try {
    rig.target = disk.path
    await rig.place.set(rig.target)
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
    await rig.copies.stop()
  } finally {
    await disk.remove()
    rig.target = folder
  }
})
