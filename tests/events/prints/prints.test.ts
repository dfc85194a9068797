import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Refusal } from '../../../daemon/errors.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { openPrintHouse, type PrintHouse } from './house.ts'

const LONG = { timeout: 20_000 }
const killed = () => {
  throw new Error('killed')
}
/** Its first print is begun and killed before its files are seen in the folder. */
async function killedUnseen({ catalog, hot, start }: PrintHouse): Promise<void> {
  const prints = start({
    begin(...row) {
      catalog.prints.begin(...row)
      return killed()
    },
  })
  await prints.change({ to: 'folder', folder: hot })
  await expect.poll(() => catalog.prints.byId(1)?.state, LONG).toBe('begun')
  await prints.stop()
}

test('each version of a photo is put once, as many files as copies, and nothing of what is rejected', async () => {
  const house = await openPrintHouse()
  const { catalog, hot } = house
  const [one, two, gone] = [
    await house.shoot('IMG_1.JPG'),
    await house.shoot('IMG_2.JPG'),
    await house.shoot('X.JPG'),
  ]
  for (const [photo, copies] of [[one, 3], [two, 1], [gone, 1]] as const) catalog.prints.want(photo.id, copies) // prettier-ignore
  catalog.photos.setState(gone.id, 'trashed')
  const prints = house.start()
  // Nothing is chosen yet: it waits, and is no fault.
  expect(prints.view()).toMatchObject({ to: 'off', waiting: 4, printed: 0, fault: null })
  await prints.change({ to: 'folder', folder: hot, width_mm: 152, height_mm: 102, turn: 'portrait' })
  await expect
    .poll(() => prints.view(), LONG)
    .toMatchObject({ waiting: 0, printed: 4, last: { filename: 'IMG_2.JPG' } })
  expect(await house.files()).toEqual([
    'IMG_1-p1-1.jpg',
    'IMG_1-p1-2.jpg',
    'IMG_1-p1-3.jpg',
    'IMG_2-p2-1.jpg',
  ])
  expect(await readFile(join(hot, 'IMG_1-p1-3.jpg'), 'utf8')).toBe('IMG_1.JPG 0')
  expect(house.made[0]?.paper).toEqual({ short: 1205, long: 1795, dpi: 300, fills: true, shape: 'portrait' })
  expect(await house.hidden()).toEqual([])

  // Edited since: what is on paper is an earlier version, and nothing is printed by itself.
  expect(catalog.prints.isDone(catalog.photos.byId(one.id)!)).toBe(true)
  const { edit } = catalog.photos.keepEdit(one.id, { exposure: 1 })
  expect(catalog.prints.isDone(catalog.photos.byId(one.id)!)).toBe(false)
  catalog.prints.want(one.id, 1)
  // What was restored goes on being wanted.
  catalog.photos.setState(gone.id, 'buffer')
  prints.ask({ action: 'retry' })
  await expect.poll(house.files, LONG).toContain('IMG_1-p4-1.jpg')
  expect(await readFile(join(hot, 'IMG_1-p4-1.jpg'), 'utf8')).toBe(`IMG_1.JPG ${edit.exposure}`)
  await expect.poll(house.files, LONG).toContain('X-p3-1.jpg')
  await expect.poll(() => prints.view().waiting, LONG).toBe(0)

  // Edited back to what is on paper before its turn: that is not printed again, unless somebody says so.
  const before = house.made.length
  await prints.change({ to: 'off' })
  catalog.photos.keepEdit(two.id, { exposure: 1 })
  catalog.prints.want(two.id, 1)
  catalog.photos.keepEdit(two.id, { exposure: 0 })
  catalog.prints.want(one.id, 1, true)
  await prints.change({ to: 'folder' })
  await expect.poll(() => prints.view().waiting, LONG).toBe(0)
  expect(house.made.slice(before).map(({ name }) => name)).toEqual(['IMG_1.JPG'])
  await rm(hot, { recursive: true })
})

test('killed before its files are seen, or before they are noted, they are put once', async () => {
  const house = await openPrintHouse()
  const { catalog, hot } = house
  const photo = await house.shoot('IMG_1.JPG')
  catalog.prints.want(photo.id, 2)
  await killedUnseen(house)
  expect([await house.files(), (await house.hidden()).length]).toEqual([[], 2])

  const unnoted = house.start({ end: killed })
  await expect.poll(house.files, LONG).toEqual(['IMG_1-p1-1.jpg', 'IMG_1-p1-2.jpg'])
  await unnoted.stop()
  expect(catalog.prints.byId(1)?.state).toBe('begun')

  // The printer's program has taken one meanwhile.
  await rm(join(hot, 'IMG_1-p1-1.jpg'))
  const again = house.start()
  await expect.poll(() => again.view(), LONG).toMatchObject({ waiting: 0, printed: 2 })
  expect([await house.files(), await house.hidden(), house.made.length]).toEqual([['IMG_1-p1-2.jpg'], [], 1])
  await again.stop()

  // Control: it is the note that it was begun by which nothing comes twice.
  catalog.prints.want(photo.id, 1, true)
  const forgetful = house.start({
    end(id) {
      catalog.prints.giveBack(id)
      killed()
    },
  })
  await expect.poll(() => house.made.length, LONG).toBeGreaterThan(2)
  await forgetful.stop()
  await rm(hot, { recursive: true })
})

test('begun in a folder that is none of ours any more, and not found there, a person is asked', async () => {
  const house = await openPrintHouse()
  const { catalog, hot } = house
  const photo = await house.shoot('IMG_1.JPG')
  catalog.prints.want(photo.id, 2)
  await killedUnseen(house)
  // Its disk is pulled: what is left in its place is empty.
  for (const name of await house.hidden()) await rm(join(hot, name))
  const elsewhere = await tempFolder()
  const other = house.start({ end: killed })
  await other.change({ to: 'folder', folder: elsewhere })
  await other.stop()
  catalog.prints.giveBack(1)
  catalog.prints.begin(1, { copies: 2, version: 'as it was', place: hot, name: 'IMG_1-p1' })
  const again = house.start()
  await expect.poll(() => again.view(), LONG).toMatchObject({ waiting: 0, printed: 0, unsure: [{}] })
  await again.stop()
  await rm(hot, { recursive: true })
})

test('a folder that is away or closed, and a photo that cannot be made, are said, and what waits goes by itself', async () => {
  const house = await openPrintHouse()
  const { catalog, hot } = house
  const one = await house.shoot('IMG_1.JPG')
  let isBroken = true
  const prints = house.start({}, () => {
    if (isBroken) throw new Refusal(409, 'original_changed', 'The file is another picture.')
  })
  await expect(prints.change({ to: 'folder', folder: '' })).rejects.toMatchObject({ code: 'print_no_place' })
  await expect(prints.change({ to: 'folder', folder: join(hot, 'no') })).rejects.toMatchObject({
    code: 'print_folder_away',
  })
  await expect(prints.change({ to: 'folder', folder: house.event.folders.buffer })).rejects.toMatchObject({
    code: 'print_inside',
  })
  await expect(prints.change({ width_mm: 900, height_mm: 1200 })).rejects.toMatchObject({
    code: 'print_paper',
  })
  expect((await prints.settings()).settings.to).toBe('off')
  await prints.change({ to: 'folder', folder: hot })
  await rename(hot, `${hot}-away`)
  catalog.prints.want(one.id, 1)
  prints.ask({ action: 'retry' })
  await expect
    .poll(() => prints.view(), LONG)
    .toMatchObject({ waiting: 1, fault: { code: 'print_folder_away' } })
  expect(prints.trouble()?.code).toBe('print_folder_away')
  await rename(`${hot}-away`, hot)
  // Of one photo, that stands in nobody else's way.
  await expect
    .poll(() => prints.view().fault, LONG)
    .toMatchObject({ code: 'print_unmade', params: { why: 'original_changed' } })
  isBroken = false
  await expect.poll(house.files, LONG).toEqual(['IMG_1-p1-1.jpg'])
  await expect.poll(() => prints.view(), LONG).toMatchObject({ waiting: 0, printed: 1, fault: null })
  await rm(hot, { recursive: true })
})

/** A program `lp` that notes what it is asked for, and does as `does` says. */
async function standInLp(folder: string, does: string) {
  await mkdir(folder, { recursive: true })
  const write = (name: string, text: string) =>
    writeFile(join(folder, name), `#!/bin/sh\n${text}\n`).then(() => chmod(join(folder, name), 0o755))
  await write('lpstat', 'echo Dye_Sub; echo Office')
  const set = (what: string) =>
    write('lp', `echo "$@" >> ${folder}/asked\nfor last; do :; done\ncat "$last" >> ${folder}/bytes\n${what}`)
  await set(does)
  const { PATH } = process.env
  process.env['PATH'] = `${folder}:${PATH}`
  onTestFinished(() => void (process.env['PATH'] = PATH))
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '')
  return {
    set,
    asked: async () => (await read('asked')).split('\n').filter(Boolean),
    bytes: () => read('bytes'),
  }
}

test('a printer gets the number of copies; what it refuses is tried again, what was cut off is asked about', async () => {
  const house = await openPrintHouse()
  const { catalog } = house
  const bin = join(house.data, 'bin')
  const lp = await standInLp(bin, 'echo "lp: Error - The printer or class does not exist." >&2; exit 1')
  const photo = await house.shoot('IMG_1.JPG')
  const prints = house.start()
  expect((await prints.settings()).queues).toEqual(['Dye_Sub', 'Office'])
  await prints.change({ to: 'lp', queue: 'Dye_Sub', options: 'media=w288h432  fit-to-page' })
  catalog.prints.want(photo.id, 3)
  prints.ask({ action: 'retry' })
  await expect
    .poll(() => prints.view(), LONG)
    .toMatchObject({
      waiting: 3,
      fault: {
        code: 'print_refused',
        params: { place: 'Dye_Sub', why: 'The printer or class does not exist' },
      },
    })
  await lp.set('echo "request id is Dye_Sub-7 (1 file(s))"')
  await expect.poll(() => prints.view(), LONG).toMatchObject({ waiting: 0, printed: 3, fault: null })
  expect((await lp.asked()).at(-1)).toBe(
    `-d Dye_Sub -n 3 -t IMG_1-p1 -o media=w288h432 -o fit-to-page ${join(house.data, 'cache', 'prints', '1.jpg')}`,
  )
  expect(await lp.bytes()).toMatch(/^(IMG_1.JPG 0)+$/)

  // Ended from outside, it may have handed the file over.
  await lp.set('kill -9 $$')
  catalog.prints.want(photo.id, 1, true)
  prints.ask({ action: 'retry' })
  await expect.poll(() => prints.view().unsure, LONG).toEqual([{ id: 2, filename: 'IMG_1.JPG', copies: 1 }])
  expect(prints.trouble()?.code).toBe('print_unsure')
  await lp.set(':')
  const asked = (await lp.asked()).length
  expect(() => prints.ask({ action: 'print', id: 1 })).toThrow(
    expect.objectContaining({ code: 'no_such_print' }),
  )
  prints.ask({ action: 'print', id: 2 })
  await expect.poll(() => prints.view(), LONG).toMatchObject({ waiting: 0, printed: 4, unsure: [] })
  expect(await lp.asked()).toHaveLength(asked + 1)

  // Killed once the spooler had it: nobody can say, and nothing is printed again by itself.
  await prints.stop()
  catalog.prints.want(photo.id, 1, true)
  const cut = house.start({ end: killed })
  await expect.poll(async () => (await lp.asked()).length, LONG).toBe(asked + 2)
  await cut.stop()
  const after = house.start()
  await expect.poll(() => after.view().unsure.length, LONG).toBe(1)
  after.ask({ action: 'printed', id: after.view().unsure[0]!.id })
  expect(after.view()).toMatchObject({ waiting: 0, printed: 5, unsure: [] })
  expect(await lp.asked()).toHaveLength(asked + 2)
  await rm(house.hot, { recursive: true })
})
