import { cp, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { verifyBackup, writeManifest } from '../../../daemon/events/backup/manifest.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon } from '../../fixtures/daemon.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'
import { quiet, useGala } from './gala.ts'

const gala = useGala()

test('a damaged backup is refused, and nothing is restored', async () => {
  await gala.back()
  const pristine = gala.to
  const flip = async (path: string) => {
    const bytes = await readFile(path)
    bytes[99]! ^= 1
    await writeFile(path, bytes)
  }
  const harms: [() => Promise<unknown>, RegExp][] = [
    [() => flip(join(gala.to, 'events', 'gala', 'archive', 'IMG_3.JPG')), /IMG_3.JPG holds other bytes/],
    [() => truncate(join(gala.to, 'catalog.db'), 4096), /catalog.db has 4096 bytes/],
    [() => rm(join(gala.to, 'events', 'gala', 'web', 'IMG_1.jpg')), /IMG_1.jpg is missing/],
    [() => flip(join(gala.to, 'manifest.json')), /manifest.json is not as it was written/],
  ]
  for (const [n, [harm, said]] of harms.entries()) {
    gala.to = `${pristine}-${n}`
    await cp(pristine, gala.to, { recursive: true })
    await harm()
    const refusal = { code: 'backup_damaged', message: expect.stringMatching(said) }
    await expect(gala.restore()).rejects.toMatchObject(refusal)
    await expect(stat(gala.restored)).rejects.toThrow('ENOENT')
  }
  // A control: the backup that nobody touched is restored.
  gala.to = pristine
  await gala.restore()
})

test('a manifest leads nowhere but into its own folder', async () => {
  await gala.back({ photos: 'none' })
  const { manifest } = await verifyBackup(gala.to, quiet)
  for (const path of ['../outside', 'events/../../outside', '/etc/passwd', 'events//x', 'elsewhere/x']) {
    const file = { ...manifest.files[0]!, path }
    await writeManifest(gala.to, { ...manifest, files: [...manifest.files, file] })
    await expect(gala.restore()).rejects.toMatchObject({ code: 'backup_damaged' })
  }
})

test('a restore goes nowhere but into a new or empty folder, and one that was cut short keeps the daemon away', async () => {
  await gala.back()
  await mkdir(gala.restored)
  await writeFile(join(gala.restored, 'notes.txt'), 'mine')
  await expect(gala.restore()).rejects.toMatchObject({ code: 'restore_not_empty' })
  await rm(join(gala.restored, 'notes.txt'))
  // A folder stands where a photo belongs.
  await writeFile(join(gala.restored, '.lep-restoring'), await marked())
  await mkdir(join(gala.restored, 'events', 'gala', 'photos_trash', 'IMG_4.JPG'), { recursive: true })
  await expect(gala.restore()).rejects.toMatchObject({ code: 'backup_target_unwritable' })
  await expect(startDaemon([], gala.restored)).rejects.toMatchObject({ code: 'restore_unfinished' })
  await rm(join(gala.restored, 'events', 'gala', 'photos_trash', 'IMG_4.JPG'), { recursive: true })
  await gala.restore()
  await (await startDaemon([], gala.restored)).stop()
})
async function marked() {
  const { made_at, count, bytes } = (await verifyBackup(gala.to, quiet)).manifest
  return JSON.stringify({ made_at, count, bytes })
}

test('what was on its way when it was made does not go out by itself, and a bucket waits for a person', async () => {
  await gala.back({ keys: true })
  // Such a data folder as one leaves it in the middle of something; its photos lie on the other disks.
  const changed = join(gala.to, '..', 'changed')
  const keys = { endpoint: 'http://127.0.0.1:9', bucket: 'b', access_key_id: 'k', secret_access_key: 's' }
  await mkdir(join(changed, 'config'), { recursive: true })
  await cp(join(gala.to, 'catalog.db'), join(changed, 'catalog.db'))
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
    db.prepare(
      `INSERT INTO desk_sends (desk, event_id, photo_id, subject, state) VALUES ('d', ?, ?, 'p', 'waiting')`,
    ).run(event!, photo!)
    db.prepare(
      `INSERT INTO prints (event_id, photo_id, copies, state, at) VALUES (?, ?, 2, 'waiting', 1)`,
    ).run(event!, photo!)
  })
  await rm(gala.to, { recursive: true })
  await gala.back({ from: changed, keys: true })
  await gala.restore()
  await write(join(gala.restored, 'catalog.db'), (db) => {
    expect(db.prepare('SELECT state FROM desk_sends').all()).toEqual([{ state: 'before' }])
    expect(db.prepare('SELECT state FROM prints').all()).toEqual([{ state: 'unsure' }])
  })
  let again = await startDaemon([], gala.restored)
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
    await write(join(gala.restored, 'catalog.db'), (db) => db.exec('UPDATE holds SET code = NULL'))
    again = await startDaemon([], gala.restored)
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

test('a disk that is full: one sentence, no whole backup, and with room it goes on', async (context) => {
  const disk = await tempFolder()
  onTestFinished(() => rm(disk, { recursive: true, force: true }))
  const mounted = await mountSmallDisk(context, disk, '700k')
  const kept = join(gala.to, '..')
  gala.to = join(disk, 'backup')
  gala.restored = join(disk, 'restored')
  try {
    await expect(gala.back()).rejects.toMatchObject({ code: 'backup_disk_full' })
    await expect(gala.faults()).rejects.toMatchObject({ code: 'backup_unfinished' })
    const began = Object.keys(await hashes(gala.to))
    expect(began.filter((path) => path.endsWith('.part') && !path.startsWith('catalog.db'))).toEqual([])
    await mounted.resize('3m')
    expect((await gala.back()).manifest.missing).toEqual([])
    expect(await gala.faults()).toEqual([])
    await mounted.resize(`${Math.ceil((await bytesOf(gala.to)) / 1024) + 300}k`)
    await expect(gala.restore()).rejects.toMatchObject({ code: 'restore_no_room' })
    expect(Object.keys(await hashes(disk)).filter((path) => path.startsWith('restored/'))).toEqual([])
  } finally {
    gala.to = join(kept, 'backup')
  }
})
async function bytesOf(folder: string): Promise<number> {
  const sizes = await Promise.all(Object.keys(await hashes(folder)).map((path) => stat(join(folder, path))))
  return sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0)
}
