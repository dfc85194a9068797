import { cp, mkdir, readFile, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { makeBackup, type BackupReport } from '../../../daemon/events/backup/backup.ts'
import { verifyBackup, writeManifest } from '../../../daemon/events/backup/manifest.ts'
import type { PhotoChoice } from '../../../daemon/events/backup/plan.ts'
import { restoreBackup } from '../../../daemon/events/backup/restore.ts'
import { openHouse, tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'

/** A data folder with two events, one of which lies on other disks, and its backups. */

const quiet = () => undefined
let root: string
let data: string
let daemon: RunningDaemon
beforeAll(async () => {
  root = await tempFolder()
  data = join(root, 'data')
  daemon = await startDaemon([], data)
  const send = async (path: string, body: object) => {
    const reply = await daemon.post(path, body)
    expect([path, reply.status, reply.body]).toEqual([path, 200, reply.body])
    return reply.body
  }
  await daemon.drop('OLD_1.JPG', await makeJpeg({ seed: 1 }))
  await send('/api/publish', { filename: 'OLD_1.JPG' })
  await send('/api/events', { action: 'open', title: 'Gala', slug: 'gala', prefix: 'gala-2026' })
  await send('/api/folder-settings', {
    buffer_folder: join(root, 'ssd', 'in'),
    web_folder: join(root, 'ssd', 'out'),
    trash_folder: join(root, 'other', 'trash'),
    archive_folder: join(data, 'events', 'gala', 'photos_archive'),
  })
  const live = await daemon.socket()
  for (const n of [1, 2, 3, 4]) {
    await writeFile(join(root, 'ssd', 'in', `IMG_${n}.JPG`), await makeJpeg({ seed: 10 + n }))
    await live.notice('photo.added', ({ photo }) => photo.filename === `IMG_${n}.JPG`)
  }
  await send('/api/edit', { filename: 'IMG_1.JPG', edit: { exposure: 0.5 } })
  await send('/api/rate', { filename: 'IMG_2.JPG', rating: 4 })
  await send('/api/publish', { filename: 'IMG_1.JPG' })
  await send('/api/publish', { filename: 'IMG_2.JPG' })
  await send('/api/unpublish', { filename: 'IMG_2.jpg' })
  await send('/api/archive', { filename: 'IMG_3.JPG' })
  await send('/api/reject', { filename: 'IMG_4.JPG' })
  await mkdir(join(data, 'config'), { recursive: true })
  await writeFile(join(data, 'config', 'daemon.json'), JSON.stringify({ logLevel: 'warn', folders: {} }))
  await writeFile(join(data, 'config', 'cloud.json'), '{"secret_access_key":"s3cr3t"}', { mode: 0o600 })
}, 60_000)
afterAll(async () => {
  await daemon.end()
  await rm(root, { recursive: true, force: true })
})

let to: string
let restored: string
beforeEach(async () => {
  const each = await tempFolder()
  to = join(each, 'backup')
  restored = join(each, 'restored')
})
afterEach(() => rm(join(to, '..'), { recursive: true, force: true }))

type Progress = Parameters<typeof makeBackup>[0]['progress']
const back = (
  more: { slug?: string; photos?: PhotoChoice; keys?: boolean; from?: string; progress?: Progress } = {},
): Promise<BackupReport> =>
  makeBackup({
    data: more.from ?? data,
    to,
    slug: more.slug ?? null,
    photos: more.photos ?? 'all',
    keys: more.keys ?? false,
    program: '0.0.0',
    now: Date.now,
    progress: more.progress ?? quiet,
  })
const restore = () => restoreBackup({ from: to, data: restored, progress: quiet })
const faults = async () => (await verifyBackup(to, quiet)).faults

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
/** What lies in an event's folder, by its name there: photos and what was published, without lists. */
async function filesIn(folder: string) {
  const all = Object.entries(await hashes(folder))
  return Object.fromEntries(all.filter(([path]) => /\.(jpe?g|webp)$/i.test(path)))
}

test('restored on an empty folder everything is there again, file by file and list by list', async () => {
  const own = (role: string) => join(restored, 'events', 'gala', `photos_${role}`)
  const before = await lists(daemon, {
    [join(root, 'ssd', 'in')]: 'BUFFER',
    [join(root, 'ssd', 'out')]: 'WEB',
    [join(root, 'other', 'trash')]: 'TRASH',
    [join(data, 'events', 'gala', 'photos_archive')]: 'ARCHIVE',
  })
  const sources = await hashes(join(root, 'ssd'))
  const { manifest } = await back()
  expect(manifest).toMatchObject({ event: null, keys: false, missing: [], photos: 'all' })
  expect(manifest.events).toMatchObject([
    { photos: { buffer: 1 }, published: 1 },
    { slug: 'gala', photos: { buffer: 2, archived: 1, trashed: 1 }, published: 1 },
  ])
  expect(await faults()).toEqual([])
  expect(await hashes(join(root, 'ssd'))).toEqual(sources)
  await restore()
  for (const [from, role] of [
    [join(root, 'ssd', 'in'), 'buffer'],
    [join(root, 'ssd', 'out'), 'web'],
    [join(root, 'other', 'trash'), 'trash'],
  ] as const)
    expect(await filesIn(own(role))).toEqual(await filesIn(from))
  expect(Object.keys(await filesIn(own('trash')))).toContain('published/IMG_2.jpg')
  // The devices and the keys are nobody's who only has the backup.
  expect(JSON.stringify(await readFile(join(restored, 'config', 'daemon.json'), 'utf8'))).not.toContain(
    'folders',
  )
  await expect(stat(join(restored, 'config', 'cloud.json'))).rejects.toThrow('ENOENT')

  const again = await startDaemon([], restored)
  try {
    const after = await lists(again, {
      [own('buffer')]: 'BUFFER', [own('web')]: 'WEB', [own('trash')]: 'TRASH', [own('archive')]: 'ARCHIVE',
    }) // prettier-ignore
    expect(after).toEqual(before)
    const { folders, set_aside_total } = (await again.get('/api/status')).body
    expect(folders.map(({ state }: { state: string }) => state)).toEqual(['ready', 'ready', 'ready', 'ready'])
    expect(set_aside_total).toBe(0)
    // Its mark in a bucket is another, so that it speaks for nobody's photos but those it knows.
    const mark = (folder: string) => readFile(join(folder, 'config', 'mac'), 'utf8')
    expect(await mark(restored)).not.toBe(await mark(data))
    const published = await again.post('/api/publish', { filename: 'IMG_2.JPG' })
    expect(published.body).toMatchObject({ published_as: 'IMG_2_002.jpg' })
  } finally {
    await again.stop()
  }
}, 60_000)

test('one event alone, what was shot or what is published, and keys only where they are asked for', async () => {
  const { manifest } = await back({ slug: 'gala', photos: 'originals', keys: true })
  const paths = manifest.files.map(({ path }) => path)
  expect(manifest.events.map(({ slug }) => slug)).toEqual(['gala'])
  expect(paths).toContain('events/gala/buffer/.lep-journal.jsonl')
  expect(paths).toContain('events/gala/trash/IMG_4.JPG')
  expect(paths.filter((path) => /events\/gala\/web|published|OLD_1/.test(path))).toEqual([])
  expect(paths.filter((path) => path.startsWith('keys/'))).toEqual(['keys/cloud.json', 'keys/devices.json'])
  expect((await stat(join(to, 'keys', 'cloud.json'))).mode & 0o077).toBe(0)
  const db = new DatabaseSync(join(to, 'catalog.db'), { readOnly: true })
  expect(db.prepare('SELECT filename FROM photos').all()).toHaveLength(4)
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  db.close()
  expect((await readFile(join(to, 'catalog.db'))).includes('OLD_1')).toBe(false)
  await restore()
  expect((await stat(join(restored, 'config', 'cloud.json'))).mode & 0o077).toBe(0)
  expect(await filesIn(join(restored, 'photos_buffer'))).toEqual(await filesIn(join(root, 'ssd', 'in')))

  const published = await back({ slug: 'gala', photos: 'published' })
  const now = published.manifest.files.map(({ path }) => path)
  expect(now).toContain('events/gala/web/IMG_1.jpg')
  expect(now.filter((path) => /buffer\/IMG|trash\/IMG|^keys/.test(path))).toEqual([])
  const none = (await back({ photos: 'none' })).manifest.files.map(({ path }) => path)
  expect(none.filter((path) => path.startsWith('events/'))).toHaveLength(2)
  expect(await faults()).toEqual([])
  expect(Object.keys(await hashes(to)).sort()).toEqual([...none, 'manifest.json'].sort())
  await expect(back({ slug: 'nobody' })).rejects.toMatchObject({ code: 'backup_no_event' })
})

test('again it copies what differs and nothing else, also after a run that was cut short', async () => {
  const first = await back()
  const photo = join(to, 'events', 'gala', 'buffer', 'IMG_1.JPG')
  const { ino } = await stat(photo)
  expect(await back()).toMatchObject({ copied: 0, manifest: { count: first.manifest.count } })
  expect((await stat(photo)).ino).toBe(ino)
  // What another program wrote into the backup, without changing size or time, is found by reading.
  const bytes = await readFile(photo)
  const { mtime } = await stat(photo)
  bytes[bytes.length >> 1]! ^= 1
  await writeFile(photo, bytes)
  await utimes(photo, mtime, mtime)
  expect(await faults()).toEqual([expect.stringContaining('IMG_1.JPG holds other bytes')])
  expect(await back()).toMatchObject({ copied: 1 })
  expect(await faults()).toEqual([])
  // Cut short: the manifest is gone, and files that were copied have no line in any.
  await rm(join(to, 'manifest.json'))
  await writeFile(join(to, 'unfinished.json'), '{}')
  await rm(photo)
  await expect(faults()).rejects.toMatchObject({ code: 'backup_unfinished' })
  await expect(restore()).rejects.toMatchObject({ code: 'backup_unfinished' })
  expect(await back()).toMatchObject({ copied: 1 })
})

test('with no daemon the data folder stays as it is, and no backup goes into it, by whichever name', async () => {
  const house = await openHouse()
  onTestFinished(() => house.close())
  house.catalog.close()
  const before = await hashes(house.data)
  await back({ from: house.data })
  expect(await hashes(house.data)).toEqual(before)
  await symlink(house.data, `${to}-link`)
  for (const folder of [
    join(house.data, 'backup'),
    join(`${to}-link`, 'new', 'backup'),
    dirname(house.data),
  ]) {
    to = folder
    await expect(back({ from: house.data })).rejects.toMatchObject({ code: 'backup_inside' })
  }
  expect(await hashes(house.data)).toEqual(before)
  to = join(restored, '..', 'backup')
})

test('a photo that the source lost stays in the backup', async () => {
  await back()
  const [there, aside] = [join(root, 'ssd', 'in', 'IMG_2.JPG'), join(root, 'IMG_2.JPG')]
  await rename(there, aside)
  try {
    expect((await back()).manifest.missing).toEqual([])
    expect(await faults()).toEqual([])
    // One that never came is said to be missing, and the rest is a backup.
    await rm(to, { recursive: true })
    const { missing } = (await back()).manifest
    expect(missing.map(({ path }) => path)).toEqual(['events/gala/buffer/IMG_2.JPG'])
  } finally {
    await rename(aside, there)
  }
})

test('an empty folder in the place of a pulled disk is refused, and the backup of before is not emptied', async () => {
  await back()
  const kept = await filesIn(to)
  await rename(join(root, 'ssd'), join(root, 'pulled'))
  await mkdir(join(root, 'ssd', 'in'), { recursive: true })
  try {
    await expect(back()).rejects.toMatchObject({
      code: 'folder_away',
      message: expect.stringContaining('ssd/in'),
    })
    expect(await filesIn(to)).toEqual(kept)
  } finally {
    await rm(join(root, 'ssd'), { recursive: true })
    await rename(join(root, 'pulled'), join(root, 'ssd'))
  }
})

test('a damaged backup is refused, and nothing is restored', async () => {
  await back()
  const pristine = to
  const flip = async (path: string) => {
    const bytes = await readFile(path)
    bytes[99]! ^= 1
    await writeFile(path, bytes)
  }
  const harms: [() => Promise<unknown>, RegExp][] = [
    [() => flip(join(to, 'events', 'gala', 'archive', 'IMG_3.JPG')), /IMG_3.JPG holds other bytes/],
    [() => truncate(join(to, 'catalog.db'), 4096), /catalog.db has 4096 bytes/],
    [() => rm(join(to, 'events', 'gala', 'web', 'IMG_1.jpg')), /IMG_1.jpg is missing/],
    [() => flip(join(to, 'manifest.json')), /manifest.json is not as it was written/],
  ]
  for (const [n, [harm, said]] of harms.entries()) {
    to = `${pristine}-${n}`
    await cp(pristine, to, { recursive: true })
    await harm()
    const refusal = { code: 'backup_damaged', message: expect.stringMatching(said) }
    await expect(restore()).rejects.toMatchObject(refusal)
    await expect(stat(restored)).rejects.toThrow('ENOENT')
  }
  // A control: the backup that nobody touched is restored.
  to = pristine
  await restore()
})

test('a manifest leads nowhere but into its own folder', async () => {
  await back({ photos: 'none' })
  const { manifest } = await verifyBackup(to, quiet)
  for (const path of ['../outside', 'events/../../outside', '/etc/passwd', 'events//x', 'elsewhere/x']) {
    const file = { ...manifest.files[0]!, path }
    await writeManifest(to, { ...manifest, files: [...manifest.files, file] })
    await expect(restore()).rejects.toMatchObject({ code: 'backup_damaged' })
  }
})

test('a restore goes nowhere but into a new or empty folder, and one that was cut short keeps the daemon away', async () => {
  await back()
  await mkdir(restored)
  await writeFile(join(restored, 'notes.txt'), 'mine')
  await expect(restore()).rejects.toMatchObject({ code: 'restore_not_empty' })
  await rm(join(restored, 'notes.txt'))
  // A folder stands where a photo belongs.
  await writeFile(join(restored, '.lep-restoring'), await marked())
  await mkdir(join(restored, 'events', 'gala', 'photos_trash', 'IMG_4.JPG'), { recursive: true })
  await expect(restore()).rejects.toMatchObject({ code: 'backup_target_unwritable' })
  await expect(startDaemon([], restored)).rejects.toMatchObject({ code: 'restore_unfinished' })
  await rm(join(restored, 'events', 'gala', 'photos_trash', 'IMG_4.JPG'), { recursive: true })
  await restore()
  await (await startDaemon([], restored)).stop()
})
async function marked() {
  const { made_at, count, bytes } = (await verifyBackup(to, quiet)).manifest
  return JSON.stringify({ made_at, count, bytes })
}

test('what was on its way when it was made does not go out by itself, and a bucket waits for a person', async () => {
  await back({ keys: true })
  // Such a data folder as one leaves it in the middle of something; its photos lie on the other disks.
  const changed = join(to, '..', 'changed')
  const keys = { endpoint: 'http://127.0.0.1:9', bucket: 'b', access_key_id: 'k', secret_access_key: 's' }
  await mkdir(join(changed, 'config'), { recursive: true })
  await cp(join(to, 'catalog.db'), join(changed, 'catalog.db'))
  await writeFile(join(changed, 'config', 'cloud.json'), JSON.stringify(keys), { mode: 0o600 })
  await write(join(changed, 'catalog.db'), (db) => {
    const { id: event } = db.prepare(`SELECT id FROM events WHERE slug = 'gala'`).get()!
    const { id: photo } = db.prepare(`SELECT id FROM photos WHERE filename = 'IMG_2.JPG'`).get()!
    db.prepare(
      `INSERT INTO holds (id, event_id, photo_id, edit, again, actor, due_at) VALUES ('h', ?, ?, '{}', 0, 'a', 1)`,
    ).run(event!, photo!)
    db.prepare(`INSERT INTO unattended (photo_id, event_id, camera_id, due_at) VALUES (?, ?, 'c', 1)`).run(
      photo!,
      event!,
    )
  })
  await rm(to, { recursive: true })
  await back({ from: changed, keys: true })
  await restore()
  let again = await startDaemon([], restored)
  const status = async () => (await again.get('/api/status')).body
  const live = async () => (await again.get('/api/live')).body.total
  try {
    await expect.poll(async () => (await status()).sync.code).toBe('restored')
    expect((await status()).sync.trouble).toMatch(/restored from a backup.*press Save/)
    expect(await live()).toBe(1)
    expect((await again.post('/api/cloud-settings', {})).status).toBe(200)
    await expect.poll(async () => (await status()).sync.code).not.toBe('restored')
    expect(await live()).toBe(1)
    // A control: left as it was, it would be public by now.
    await again.stop()
    await write(join(restored, 'catalog.db'), (db) => db.exec('UPDATE holds SET code = NULL'))
    again = await startDaemon([], restored)
    await expect.poll(live).toBe(2)
  } finally {
    await again.stop()
  }
}, 30_000)

async function write(path: string, work: (db: DatabaseSync) => unknown): Promise<void> {
  const db = new DatabaseSync(path)
  work(db)
  db.close()
}

test('while photos come and go the catalog and the files of a backup agree', async () => {
  const send = async (path: string, filename: string) =>
    expect([path, (await daemon.post(path, { filename })).status]).toEqual([path, 200])
  let passes = 0
  try {
    const { manifest } = await back({
      async progress(done) {
        if (done !== 1) return
        passes += 1
        if (passes > 1) return
        // After the catalog was copied, and before this photo is.
        await send('/api/archive', 'IMG_2.JPG')
        const live = await daemon.socket()
        await writeFile(join(root, 'ssd', 'in', 'LATE.JPG'), await makeJpeg({ seed: 50 }))
        await live.notice('photo.added', ({ photo }) => photo.filename === 'LATE.JPG')
        live.close()
      },
    })
    expect(passes).toBe(2)
    expect(manifest.missing).toEqual([])
    expect(manifest.events[1]).toMatchObject({ photos: { buffer: 2, archived: 2, trashed: 1 } })
    const paths = manifest.files.map(({ path }) => path).filter((path) => /IMG_2.JPG|LATE.JPG/.test(path))
    expect(paths).toEqual(['events/gala/archive/IMG_2.JPG', 'events/gala/buffer/LATE.JPG'])
    expect(await faults()).toEqual([])
  } finally {
    await send('/api/restore', 'IMG_2.JPG')
    await send('/api/reject', 'LATE.JPG')
  }
})

test('a disk that is full: one sentence, no whole backup, and with room it goes on', async (context) => {
  const disk = await tempFolder()
  onTestFinished(() => rm(disk, { recursive: true, force: true }))
  const mounted = await mountSmallDisk(context, disk, '700k')
  const kept = join(to, '..')
  to = join(disk, 'backup')
  restored = join(disk, 'restored')
  try {
    await expect(back()).rejects.toMatchObject({ code: 'backup_disk_full' })
    await expect(faults()).rejects.toMatchObject({ code: 'backup_unfinished' })
    const began = Object.keys(await hashes(to))
    expect(began.filter((path) => path.endsWith('.part') && !path.startsWith('catalog.db'))).toEqual([])
    await mounted.resize('3m')
    expect((await back()).manifest.missing).toEqual([])
    expect(await faults()).toEqual([])
    await mounted.resize(`${Math.ceil((await bytesOf(to)) / 1024) + 300}k`)
    await expect(restore()).rejects.toMatchObject({ code: 'restore_no_room' })
    expect(Object.keys(await hashes(disk)).filter((path) => path.startsWith('restored/'))).toEqual([])
  } finally {
    to = join(kept, 'backup')
  }
})
async function bytesOf(folder: string): Promise<number> {
  const sizes = await Promise.all(Object.keys(await hashes(folder)).map((path) => stat(join(folder, path))))
  return sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0)
}
