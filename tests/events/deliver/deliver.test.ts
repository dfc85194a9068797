import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { finalPath } from '../../../daemon/originals/finals/shown.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'
import { openDeliverHouse, sha, type DeliverHouse } from './house.ts'

const run = promisify(execFile)
let house: DeliverHouse
beforeEach(async () => {
  house = await openDeliverHouse()
})
afterEach(() => house.close())

const bytes = (text: string) => Buffer.from(text)
const filesIn = async (folder = house.to) =>
  Object.keys(await hashes(folder))
    .filter((path) => path !== 'delivery.json' && path !== 'summary.txt')
    .sort()

/** Three photos: a RAW with its JPEG, a pick with three stars, and one that is live in full size. */
async function evening() {
  const pair = await house.shoot('IMG_1.JPG', bytes('jpeg one'))
  await house.join(pair, 'IMG_1.CR3', bytes('raw one'))
  const pick = await house.shoot('IMG_2.JPG', bytes('jpeg two'), { rating: 3 })
  house.catalog.photos.rate(pick.id, { pick: true })
  const live = await house.shoot('IMG_3.JPG', bytes('jpeg three'))
  await house.publish(live, 'IMG_3.jpg', bytes('web three'), bytes('full three'))
  await house.publish(live, 'IMG_3_002.jpg', bytes('web again'))
  const trashed = await house.shoot('IMG_4.JPG', bytes('jpeg four'))
  house.catalog.photos.setState(trashed.id, 'trashed')
  return { pair, pick, live }
}

test('each choice brings its photos, as they are live, edited or shot, and a receipt that can be checked', async () => {
  await evening()
  const first = await house.deliver({ what: 'all' })
  expect(first.failed).toEqual([])
  expect(await filesIn()).toEqual(['IMG_1.CR3', 'IMG_1.JPG', 'IMG_2.JPG', 'IMG_3.JPG'])
  const receipt = await house.receipt()
  expect(receipt).toMatchObject({ v: 1, kind: 'live-event-photography delivery', count: 4, failed: [] })
  for (const { path, sha256, bytes: size } of receipt.files) {
    const found = await readFile(join(house.to, path))
    expect([path, sha(found), found.length]).toEqual([path, sha256, size])
  }
  const summary = await readFile(join(house.to, 'summary.txt'), 'utf8')
  for (const { path, sha256 } of receipt.files)
    expect(summary).toMatch(new RegExp(`${sha256} +\\d+  ${path}`))

  const other = async (name: string, choice: Parameters<typeof house.deliver>[0]) => {
    const to = join(house.root, name)
    expect((await house.deliver(choice, { folders: [to] })).failed).toEqual([])
    return filesIn(to)
  }
  expect(await other('picks', { what: 'picks' })).toEqual(['IMG_2.JPG'])
  expect(await other('rated', { what: 'rated', rating: 3 })).toEqual(['IMG_2.JPG'])
  expect(await other('four', { what: 'rated', rating: 4 })).toEqual([])
  expect(await other('live', { what: 'published' })).toEqual(['IMG_3.jpg', 'IMG_3_002.jpg'])
  expect(await readFile(join(house.root, 'live', 'IMG_3.jpg'), 'utf8')).toBe('full three')
  expect(await other('edited', { what: 'published', as: 'edited' })).toEqual(['IMG_3.jpg'])
  expect(await readFile(join(house.root, 'edited', 'IMG_3.jpg'), 'utf8')).toBe('print of IMG_3.JPG 0')
})

test('again it brings what is new or different and nothing twice, and leaves what people put there', async () => {
  const { pick } = await evening()
  await house.deliver({ as: 'edited', what: 'all' })
  const before = await hashes(house.to)
  const { ino } = await stat(join(house.to, 'IMG_1.jpg'))
  expect(await house.deliver({ as: 'edited', what: 'all' })).toMatchObject({ written: 0 })
  expect((await stat(join(house.to, 'IMG_1.jpg'))).ino).toBe(ino)
  house.catalog.photos.keepEdit(pick.id, { exposure: 1 })
  expect(await house.deliver({ as: 'edited', what: 'all' })).toMatchObject({ written: 1 })
  expect(await readFile(join(house.to, 'IMG_2.jpg'), 'utf8')).toBe('print of IMG_2.JPG 1')
  expect(Object.keys(await hashes(house.to))).toEqual(Object.keys(before))

  // A person worked on what was delivered: that is theirs now.
  await writeFile(join(house.to, 'IMG_3.jpg'), 'retouched by hand')
  expect(await house.deliver({ as: 'edited', what: 'all' })).toMatchObject({ written: 1 })
  expect(await readFile(join(house.to, 'IMG_3.jpg'), 'utf8')).toBe('retouched by hand')
  expect(await filesIn()).toEqual(['IMG_1.jpg', 'IMG_2.jpg', 'IMG_3-2.jpg', 'IMG_3.jpg'])
  // One that was taken away comes again.
  await rm(join(house.to, 'IMG_1.jpg'))
  expect(await house.deliver({ as: 'edited', what: 'all' })).toMatchObject({ written: 1 })
  expect((await house.receipt()).files.map(({ path }) => path)).toEqual([
    'IMG_1.jpg',
    'IMG_2.jpg',
    'IMG_3-2.jpg',
  ])
})

test('what lies there and is not ours is never written over, and a RAW stays with its JPEG', async () => {
  await evening()
  await mkdir(house.to)
  for (const name of ['img_1.jpg', 'summary.txt']) await writeFile(join(house.to, name), 'theirs')
  await symlink('/dev/null', join(house.to, 'IMG_2.JPG'))
  await writeFile(join(house.to, 'IMG_1.JPG'), 'theirs')
  await house.deliver({ zip: true })
  const names = await readdir(house.to)
  expect(names).toEqual(
    expect.arrayContaining(['IMG_1-2.CR3', 'IMG_1-2.JPG', 'IMG_2-2.JPG', 'IMG_3.JPG', 'summary-2.txt']),
  )
  expect(names).not.toContain('IMG_1.CR3')
  for (const name of ['img_1.jpg', 'IMG_1.JPG', 'summary.txt'])
    expect(await readFile(join(house.to, name), 'utf8')).toBe('theirs')
  // A receipt of somebody else is a folder of somebody else.
  const other = join(house.root, 'other')
  await mkdir(other)
  await writeFile(join(other, 'delivery.json'), '{"theirs":true}')
  await expect(house.deliver({}, { folders: [other] })).rejects.toMatchObject({ code: 'deliver_not_ours' })
  expect(await readFile(join(other, 'delivery.json'), 'utf8')).toBe('{"theirs":true}')
})

test('names by a template and folders; names that meet are told apart, and none is unfit for a disk', async () => {
  const at = new Date(2026, 10, 30, 21, 5, 9).getTime()
  const one = await house.shoot('a.JPG', bytes('one'), { takenAt: at, camera: 'EOS: R5/II' })
  await house.join(one, 'a.CR3', bytes('one raw'))
  await house.shoot('b.JPG', bytes('two'), { takenAt: at + 1, camera: 'CON' })
  await house.shoot('c.JPG', bytes('three'), { takenAt: at + 3_600_000, camera: null })
  await house.deliver({ names: '{date}_{time}_{event}_{camera}', folders: 'hour' })
  expect(await filesIn()).toEqual([
    '2026-11-30 21h/2026-11-30_210509_Test_CON.JPG',
    '2026-11-30 21h/2026-11-30_210509_Test_EOS- R5-II.CR3',
    '2026-11-30 21h/2026-11-30_210509_Test_EOS- R5-II.JPG',
    '2026-11-30 22h/2026-11-30_220509_Test_.JPG',
  ])
  const other = join(house.root, 'other')
  await house.deliver({ names: 'same', folders: 'camera', sidecars: true }, { folders: [other] })
  expect(await filesIn(other)).toEqual([
    'EOS- R5-II/same.CR3', 'EOS- R5-II/same.JPG', 'EOS- R5-II/same.xmp', '_CON/same.JPG', '_CON/same.xmp',
    'unknown camera/same.JPG', 'unknown camera/same.xmp',
  ]) // prettier-ignore
  const third = join(house.root, 'third')
  await house.deliver({ names: '..' }, { folders: [third] })
  expect(await filesIn(third)).toEqual(['a.CR3', 'a.JPG', 'b.JPG', 'c.JPG'])
  const fourth = join(house.root, 'fourth')
  await house.deliver({ names: 'x/{n}' }, { folders: [fourth] })
  expect(await filesIn(fourth)).toEqual(['x-0001.CR3', 'x-0001.JPG', 'x-0002.JPG', 'x-0003.JPG'])
  const fifth = join(house.root, 'fifth')
  await house.deliver({ names: 'z' }, { folders: [fifth] })
  expect(await filesIn(fifth)).toEqual(['z-2.JPG', 'z-3.JPG', 'z.CR3', 'z.JPG'])
  await expect(house.deliver({ names: '{what}' })).rejects.toMatchObject({ code: 'deliver_bad_names' })
})

test('a zip of it all opens with another program and is made anew only when something changed', async () => {
  await evening()
  await house.deliver({ zip: true, folders: 'hour', names: '相片 {n}' })
  const zip = join(house.to, `${house.event.slug}.zip`)
  const { stdout } = await run('python3', [
    '-c',
    `
import sys, zipfile, hashlib, json
z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
print(json.dumps({i.filename: [hashlib.sha256(z.read(i)).hexdigest(), i.compress_type] for i in z.infolist()}))`,
    zip,
  ])
  const { files, zip: noted } = await house.receipt()
  const expected = files.map(({ path, sha256 }) => [path, [sha256, 0]])
  expect(JSON.parse(stdout)).toEqual(Object.fromEntries(expected))
  expect(files).toHaveLength(4)
  expect(noted).toMatchObject({ path: `${house.event.slug}.zip`, sha256: sha(await readFile(zip)) })
  const { ino } = await stat(zip)
  await house.deliver({ zip: true, folders: 'hour', names: '相片 {n}' })
  expect((await stat(zip)).ino).toBe(ino)
  await house.shoot('IMG_9.JPG', bytes('nine'))
  await house.deliver({ zip: true, folders: 'hour', names: '相片 {n}' })
  expect((await stat(zip)).ino).not.toBe(ino)
})

test('a second folder gets the same at once; where one is in the way the other is whole', async () => {
  await evening()
  const second = join(house.root, 'second')
  const { targets, written } = await house.deliver({}, { folders: [house.to, second] })
  expect(targets.map(({ fault }) => fault)).toEqual([null, null])
  expect(written).toBe(8)
  expect(await filesIn(second)).toEqual(await filesIn())
  await rm(second, { recursive: true })
  await writeFile(second, 'a file in its place')
  await expect(house.deliver({}, { folders: [house.to, second] })).rejects.toMatchObject({
    code: 'deliver_unwritable',
  })
  await expect(house.deliver({}, { folders: [house.to, join(house.to, 'inner')] })).rejects.toMatchObject({
    code: 'deliver_same',
  })
  for (const inside of [house.event.folders.buffer, join(house.data, 'x'), house.data])
    await expect(house.deliver({}, { folders: [inside] })).rejects.toMatchObject({ code: 'deliver_inside' })
  // Only the last step of a path is made: above it a disk may be missing.
  await expect(house.deliver({}, { folders: [join(house.root, 'no', 'disk')] })).rejects.toMatchObject({
    code: 'no_such_folder',
  })
})

test('what cannot be delivered is named, and the rest comes; a folder that is away stops it, and it goes on later', async () => {
  await evening()
  const { buffer } = house.event.folders
  await rm(join(buffer, 'IMG_2.JPG'))
  await writeFile(join(buffer, 'IMG_3.JPG'), 'jpeg other')
  const { failed, targets } = await house.deliver()
  expect(failed.map(({ name, why }) => [name, why.code])).toEqual([
    ['IMG_2.JPG', 'original_missing'],
    ['IMG_3.JPG', 'original_changed'],
  ])
  expect(targets[0]!.receipt!.failed).toHaveLength(2)
  expect(await filesIn()).toEqual(['IMG_1.CR3', 'IMG_1.JPG'])
  expect(await readFile(join(house.to, 'summary.txt'), 'utf8')).toContain('IMG_2.JPG: The file of')

  const sentinel = await readFile(join(buffer, '.lep-folder'))
  await rm(join(buffer, '.lep-folder'))
  await expect(house.deliver()).rejects.toMatchObject({ code: 'deliver_source_away' })
  await expect(stat(join(house.to, 'delivery.json'))).rejects.toThrow('ENOENT')
  await writeFile(join(buffer, '.lep-folder'), sentinel)
  await writeFile(join(buffer, 'IMG_2.JPG'), 'jpeg two')
  await writeFile(join(buffer, 'IMG_3.JPG'), 'jpeg three')
  expect(await house.deliver()).toMatchObject({ failed: [], written: 2 })
  expect((await readdir(house.to)).filter((name) => name.startsWith('.'))).toEqual([])
})

test('a photo that is moved meanwhile is found, a final goes out in place of ours, and two at once do not meet', async () => {
  const { pair, live } = await evening()
  await mkdir(house.event.folders.archive, { recursive: true })
  await writeFile(join(house.event.folders.archive, 'IMG_1.JPG'), 'jpeg one')
  await rm(join(house.event.folders.buffer, 'IMG_1.JPG'))
  expect((await house.deliver()).failed).toEqual([])
  const { finals } = house.catalog
  const { id } = finals.add(house.event.id, {
    filename: 'IMG_3-Edit.TIF', sha256: sha('final'), bytes: 5, kind: 'tiff', width: 6, height: 4, shotAt: null, serial: null,
  }) // prettier-ignore
  finals.place(id, live.id, NEUTRAL)
  const path = finalPath(house.event.folders.finals, finals.byId(id)!)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, 'final')
  const to = join(house.root, 'edited')
  await house.deliver({ what: 'published', as: 'edited' }, { folders: [to] })
  expect(await filesIn(to)).toEqual(['IMG_3.TIF'])
  // Changed here, it is no longer what the retoucher made.
  house.catalog.photos.keepEdit(live.id, { exposure: 1 })
  const changed = join(house.root, 'changed')
  await house.deliver({ what: 'published', as: 'edited' }, { folders: [changed] })
  expect(await filesIn(changed)).toEqual(['IMG_3.jpg'])
  expect(pair.raw).toBeNull()
  const both = await Promise.allSettled([house.deliver({ what: 'picks' }), house.deliver({ what: 'picks' })])
  const reasons = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(reasons).toMatchObject([{ code: 'deliver_busy' }])
})

test('sidecars lie beside Originals, by the name of the RAW, and say stars, pick and crop', async () => {
  const { pick, pair } = await evening()
  house.catalog.photos.keepEdit(pick.id, { crop: { x: 0.1, y: 0.1, width: 0.5, height: 0.5 } })
  await house.deliver({ what: 'all', sidecars: true })
  expect((await filesIn()).filter((path) => path.endsWith('.xmp'))).toEqual([
    'IMG_1.xmp',
    'IMG_2.xmp',
    'IMG_3.xmp',
  ])
  const text = await readFile(join(house.to, 'IMG_2.xmp'), 'utf8')
  expect(text).toMatch(/Rating[^0-9]*3/)
  house.catalog.photos.rate(pair.id, { rating: 5 })
  expect(await house.deliver({ what: 'all', sidecars: true })).toMatchObject({ written: 1 })
  expect(await readFile(join(house.to, 'IMG_1.xmp'), 'utf8')).toMatch(/Rating[^0-9]*5/)
  await expect(house.deliver({ as: 'edited', sidecars: true })).rejects.toMatchObject({
    code: 'deliver_sidecars_shot',
  })
})
