import { mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { openHouse } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'
import { filesIn, useGala } from './gala.ts'

const gala = useGala()

const LISTS = [
  '/api/buffer', '/api/buffer?state=archived', '/api/buffer?state=trashed', '/api/live', '/api/events',
  '/api/event-settings', '/api/watermark-settings', '/api/folder-settings', '/api/event-statistics', '/photo/gala-2026/manifest.json',
] // prettier-ignore
/** Every list, without what differs from run to run. */
async function lists(of: RunningDaemon, folders: Readonly<Record<string, string>>): Promise<unknown> {
  const answers = await Promise.all(LISTS.map(async (path) => [path, (await of.get(path)).body] as const))
  let text = JSON.stringify(Object.fromEntries(answers), (key, value: unknown) =>
    ['progress', 'time_str', 'updatedAt', 'revision', 'pages', 'lanUrl', 'by'].includes(key)
      ? undefined
      : value,
  )
  for (const [from, name] of Object.entries(folders)) text = text.replaceAll(from, name)
  return JSON.parse(text)
}
test('restored on an empty folder everything is there again, file by file and list by list', async () => {
  const own = (role: string) => join(gala.restored, 'events', 'gala', `photos_${role}`)
  const before = await lists(gala.daemon, {
    [join(gala.root, 'ssd', 'in')]: 'BUFFER',
    [join(gala.root, 'ssd', 'out')]: 'WEB',
    [join(gala.root, 'other', 'trash')]: 'TRASH',
    [join(gala.data, 'events', 'gala', 'photos_archive')]: 'ARCHIVE',
    [join(gala.data, 'events', 'gala', 'photos_finals')]: 'FINALS',
  })
  // The journal's last lines, and copies of the catalog, are written when they are.
  const sources = async () => {
    const all = await hashes(join(gala.root, 'ssd'))
    return Object.entries(all).filter(([path]) => !/\.lep-(journal|catalog)/.test(path))
  }
  const found = await sources()
  const { manifest } = await gala.back()
  expect(manifest).toMatchObject({ event: null, keys: false, missing: [], photos: 'all' })
  expect(manifest.events).toMatchObject([
    { photos: { buffer: 1 }, published: 1 },
    { slug: 'gala', photos: { buffer: 2, archived: 1, trashed: 1 }, published: 1 },
  ])
  expect(await gala.faults()).toEqual([])
  expect(await sources()).toEqual(found)
  await gala.restore()
  for (const [from, role] of [
    [join(gala.root, 'ssd', 'in'), 'buffer'],
    [join(gala.root, 'ssd', 'out'), 'web'],
    [join(gala.root, 'other', 'trash'), 'trash'],
  ] as const)
    expect(await filesIn(own(role))).toEqual(await filesIn(from))
  expect(Object.keys(await filesIn(own('trash')))).toContain('published/IMG_2.jpg')
  // The devices and the keys are nobody's who only has the backup.
  expect(JSON.stringify(await readFile(join(gala.restored, 'config', 'daemon.json'), 'utf8'))).not.toContain(
    'folders',
  )
  await expect(stat(join(gala.restored, 'config', 'cloud.json'))).rejects.toThrow('ENOENT')

  const again = await startDaemon([], gala.restored)
  try {
    const after = await lists(again, {
      [own('buffer')]: 'BUFFER', [own('web')]: 'WEB', [own('trash')]: 'TRASH', [own('archive')]: 'ARCHIVE', [own('finals')]: 'FINALS',
    }) // prettier-ignore
    expect(after).toEqual(before)
    const { folders, set_aside_total } = (await again.get('/api/status')).body
    expect(folders.map(({ state }: { state: string }) => state)).toEqual(Array(5).fill('ready'))
    expect(set_aside_total).toBe(0)
    // Its mark in a bucket is another, so that it speaks for nobody's photos but those it knows.
    const mark = (folder: string) => readFile(join(folder, 'config', 'mac'), 'utf8')
    expect(await mark(gala.restored)).not.toBe(await mark(gala.data))
    const published = await again.post('/api/publish', { filename: 'IMG_2.JPG' })
    expect(published.body).toMatchObject({ published_as: 'IMG_2_002.jpg' })
  } finally {
    await again.stop()
  }
}, 60_000)

test('one event alone, what was shot or what is published, and keys only where they are asked for', async () => {
  const { manifest } = await gala.back({ slug: 'gala', photos: 'originals', keys: true })
  const paths = manifest.files.map(({ path }) => path)
  expect(manifest.events.map(({ slug }) => slug)).toEqual(['gala'])
  expect(paths).toContain('events/gala/buffer/.lep-journal.jsonl')
  expect(paths).toContain('events/gala/trash/IMG_4.JPG')
  expect(paths.filter((path) => /events\/gala\/web|published|OLD_1/.test(path))).toEqual([])
  expect(paths.filter((path) => path.startsWith('keys/'))).toEqual([
    'keys/cloud.json',
    'keys/desks.json',
    'keys/devices.json',
  ])
  expect((await stat(join(gala.to, 'keys', 'cloud.json'))).mode & 0o077).toBe(0)
  const db = new DatabaseSync(join(gala.to, 'catalog.db'), { readOnly: true })
  expect(db.prepare('SELECT filename FROM photos').all()).toHaveLength(4)
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  db.close()
  expect((await readFile(join(gala.to, 'catalog.db'))).includes('OLD_1')).toBe(false)
  await gala.restore()
  expect((await stat(join(gala.restored, 'config', 'cloud.json'))).mode & 0o077).toBe(0)
  expect(await filesIn(join(gala.restored, 'photos_buffer'))).toEqual(
    await filesIn(join(gala.root, 'ssd', 'in')),
  )

  const published = await gala.back({ slug: 'gala', photos: 'published' })
  const now = published.manifest.files.map(({ path }) => path)
  expect(now).toContain('events/gala/web/IMG_1.jpg')
  expect(now.filter((path) => /buffer\/IMG|trash\/IMG|^keys/.test(path))).toEqual([])
  const none = (await gala.back({ photos: 'none' })).manifest.files.map(({ path }) => path)
  expect(none.filter((path) => path.startsWith('events/'))).toHaveLength(2)
  expect(await gala.faults()).toEqual([])
  expect(Object.keys(await hashes(gala.to)).sort()).toEqual([...none, 'manifest.json'].sort())
  await expect(gala.back({ slug: 'nobody' })).rejects.toMatchObject({ code: 'backup_no_event' })
})

test('again it copies what differs and nothing else, also after a run that was cut short', async () => {
  const first = await gala.back()
  const photo = join(gala.to, 'events', 'gala', 'buffer', 'IMG_1.JPG')
  const { ino } = await stat(photo)
  expect(await gala.back()).toMatchObject({ copied: 0, manifest: { count: first.manifest.count } })
  expect((await stat(photo)).ino).toBe(ino)
  // What another program wrote into the backup, without changing size or time, is found by reading.
  const bytes = await readFile(photo)
  const { mtime } = await stat(photo)
  bytes[bytes.length >> 1]! ^= 1
  await writeFile(photo, bytes)
  await utimes(photo, mtime, mtime)
  expect(await gala.faults()).toEqual([expect.stringContaining('IMG_1.JPG holds other bytes')])
  expect(await gala.back()).toMatchObject({ copied: 1 })
  expect(await gala.faults()).toEqual([])
  // Cut short: the manifest is gone, and files that were copied have no line in any.
  await rm(join(gala.to, 'manifest.json'))
  await writeFile(join(gala.to, 'unfinished.json'), '{}')
  await rm(photo)
  await expect(gala.faults()).rejects.toMatchObject({ code: 'backup_unfinished' })
  await expect(gala.restore()).rejects.toMatchObject({ code: 'backup_unfinished' })
  expect(await gala.back()).toMatchObject({ copied: 1 })
})

test('with no daemon the data folder stays as it is, and no backup goes into it, by whichever name', async () => {
  const house = await openHouse()
  onTestFinished(() => house.close())
  house.catalog.close()
  const before = await hashes(house.data)
  await gala.back({ from: house.data })
  expect(await hashes(house.data)).toEqual(before)
  await symlink(house.data, `${gala.to}-link`)
  for (const folder of [
    join(house.data, 'backup'),
    join(`${gala.to}-link`, 'new', 'backup'),
    dirname(house.data),
  ]) {
    gala.to = folder
    await expect(gala.back({ from: house.data })).rejects.toMatchObject({ code: 'backup_inside' })
  }
  expect(await hashes(house.data)).toEqual(before)
  gala.to = join(gala.restored, '..', 'backup')
})

test('a photo that the source lost stays in the backup', async () => {
  await gala.back()
  const [there, aside] = [join(gala.root, 'ssd', 'in', 'IMG_2.JPG'), join(gala.root, 'IMG_2.JPG')]
  await rename(there, aside)
  try {
    expect((await gala.back()).manifest.missing).toEqual([])
    expect(await gala.faults()).toEqual([])
    // One that never came is said to be missing, and the rest is a backup.
    await rm(gala.to, { recursive: true })
    const { missing } = (await gala.back()).manifest
    expect(missing.map(({ path }) => path)).toEqual(['events/gala/buffer/IMG_2.JPG'])
  } finally {
    await rename(aside, there)
  }
})

test('an empty folder in the place of a pulled disk is refused, and the backup of before is not emptied', async () => {
  await gala.back()
  const kept = await filesIn(gala.to)
  await rename(join(gala.root, 'ssd'), join(gala.root, 'pulled'))
  await mkdir(join(gala.root, 'ssd', 'in'), { recursive: true })
  try {
    await expect(gala.back()).rejects.toMatchObject({
      code: 'folder_away',
      message: expect.stringContaining('ssd/in'),
    })
    expect(await filesIn(gala.to)).toEqual(kept)
  } finally {
    await rm(join(gala.root, 'ssd'), { recursive: true })
    await rename(join(gala.root, 'pulled'), join(gala.root, 'ssd'))
  }
})

test('while photos come and go the catalog and the files of a backup agree', async () => {
  const send = async (path: string, filename: string) =>
    expect([path, (await gala.daemon.post(path, { filename })).status]).toEqual([path, 200])
  let passes = 0
  try {
    const { manifest } = await gala.back({
      async progress(done) {
        if (done !== 1) return
        passes += 1
        if (passes > 1) return
        // After the catalog was copied, and before this photo is.
        await send('/api/archive', 'IMG_2.JPG')
        const live = await gala.daemon.socket()
        await writeFile(join(gala.root, 'ssd', 'in', 'LATE.JPG'), await makeJpeg({ seed: 50 }))
        await live.notice('photo.added', ({ photo }) => photo.filename === 'LATE.JPG')
        live.close()
      },
    })
    expect(passes).toBe(2)
    expect(manifest.missing).toEqual([])
    expect(manifest.events[1]).toMatchObject({ photos: { buffer: 2, archived: 2, trashed: 1 } })
    const paths = manifest.files.map(({ path }) => path).filter((path) => /IMG_2.JPG|LATE.JPG/.test(path))
    expect(paths).toEqual(['events/gala/archive/IMG_2.JPG', 'events/gala/buffer/LATE.JPG'])
    expect(await gala.faults()).toEqual([])
  } finally {
    await send('/api/restore', 'IMG_2.JPG')
    await send('/api/reject', 'LATE.JPG')
  }
})
