import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { makeBackup, type BackupReport } from '../../../daemon/events/backup/backup.ts'
import { verifyBackup } from '../../../daemon/events/backup/manifest.ts'
import { restoreBackup } from '../../../daemon/events/backup/restore.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'

export const quiet = () => undefined

type Wanted = Partial<Parameters<typeof makeBackup>[0]> & { readonly from?: string }

/** A data folder with two events, one of which lies on other disks, under a daemon, and for each test a place for a
 * backup of it and one to restore that into. */
export function useGala() {
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
    await writeFile(join(data, 'config', 'desks.json'), '{"desks":[]}', { mode: 0o600 })
    // What was unpublished leaves the bucket seconds later, and the journal says so.
    const queued = async () => (await daemon.get('/api/status')).body.sync.waiting as number
    await vi.waitFor(async () => expect(await queued()).toBe(0), { timeout: 20_000, interval: 100 })
    // Journal, lists and documents are written a moment after what they are about.
    let before = ''
    const isStill = async () => {
      const now = JSON.stringify(
        await Promise.all(['ssd', 'other', 'data/events'].map((path) => hashes(join(root, path)))),
      )
      const still = now === before
      before = now
      return still
    }
    await vi.waitFor(async () => expect(await isStill()).toBe(true), { timeout: 20_000, interval: 400 })
  }, 60_000)
  afterAll(async () => {
    await daemon.end()
    await rm(root, { recursive: true, force: true })
  })

  const gala = {
    to: '',
    restored: '',
    get root() {
      return root
    },
    get data() {
      return data
    },
    get daemon() {
      return daemon
    },
    back: ({ from = data, ...more }: Wanted = {}): Promise<BackupReport> =>
      makeBackup({
        data: from,
        to: gala.to,
        slug: null,
        photos: 'all',
        keys: false,
        program: '0.0.0',
        now: Date.now,
        progress: quiet,
        ...more,
      }),
    restore: () => restoreBackup({ from: gala.to, data: gala.restored, progress: quiet }),
    faults: async () => (await verifyBackup(gala.to, quiet)).faults,
  }
  beforeEach(async () => {
    const each = await tempFolder()
    gala.to = join(each, 'backup')
    gala.restored = join(each, 'restored')
  })
  afterEach(() => rm(join(gala.to, '..'), { recursive: true, force: true }))
  return gala
}

/** What lies in an event's folder, by its name there: photos and what was published, without lists. */
export async function filesIn(folder: string) {
  const all = Object.entries(await hashes(folder))
  return Object.fromEntries(all.filter(([path]) => /\.(jpe?g|webp)$/i.test(path)))
}
