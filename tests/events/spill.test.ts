import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { JOURNAL } from '../../daemon/catalog/store/journal.ts'
import { parseConfig } from '../../daemon/config.ts'
import type { CardReport } from '../../daemon/contract/card-check.ts'
import type { PhotoPage } from '../../daemon/contract/photo.ts'
import type { SecondCopyReply } from '../../daemon/contract/second-copy.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { makeBackup } from '../../daemon/events/backup/backup.ts'
import { silentLog } from '../../daemon/log.ts'
import { AWAY_JOURNAL } from '../../daemon/originals/second-copy/side-files.ts'
import { runRebuild } from '../../daemon/wiring/rebuilding.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { pulledFolder } from '../fixtures/disk/pulled-folder.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { createSharedWorkers } from '../fixtures/photos/shared-workers.ts'

/** A disk of its own on every Linux; on other systems the photos would lie on the disk of the data folder. */
const DISK = '/dev/shm'
const folders: string[] = []
let daemon: RunningDaemon | null = null
afterEach(async () => {
  await daemon?.stop()
  daemon = null
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const jpeg = (seed: number) => makeJpeg({ seed, width: 300, height: 200, takenAt: new Date() })

/** A daemon whose buffer folder alone lies on a disk that can be pulled. */
async function evening() {
  const data = await tempFolder()
  const other = await mkdtemp(join(DISK, 'lep-'))
  folders.push(data, other)
  const buffer = join(other, 'buffer')
  await mkdir(join(data, 'config'))
  const of = (role: string) => join(data, `photos_${role}`)
  const paths = { buffer, web: of('web'), trash: of('trash'), archive: of('archive'), finals: of('finals') }
  await writeFile(join(data, 'config', 'daemon.json'), JSON.stringify({ folders: paths }))
  const start = async () => (daemon = await startDaemon([], data))
  await start()
  return { data, buffer, start, disk: pulledFolder(buffer) }
}

const now = () => daemon!
async function upload(name: string, bytes: Uint8Array): Promise<boolean> {
  const form = new FormData()
  form.append('photo', new Blob([new Uint8Array(bytes)]), name)
  const reply = await fetch(`${now().url}/api/upload`, {
    method: 'POST',
    headers: { origin: now().url },
    body: form,
  })
  return ((await reply.json()) as { success: unknown[] }).success.length === 1
}
const waiting = async () => ((await now().get('/api/status')).body as Status).spill?.photos ?? 0
const names = async () =>
  ((await now().get('/api/buffer')).body.images as { filename: string }[])
    .map(({ filename }) => filename)
    .sort()
const factsIn = async (folder: string) =>
  (await readFile(join(folder, JOURNAL), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { n: number; fact: string; filename?: string; name?: string })

if (existsSync(DISK)) {
  test('what is kept meanwhile can be published, and goes to its own event however many were opened since', async () => {
    const { buffer, disk } = await evening()
    const [first] = [(await now().get('/api/events')).body.current.slug as string]
    const bytes = await jpeg(2)
    await upload('A.JPG', await jpeg(1))
    await disk.pull()
    expect(await upload('B.JPG', bytes)).toBe(true)
    expect((await now().post('/api/rate', { filename: 'B.JPG', rating: 4 })).status).toBe(200)
    expect((await now().post('/api/publish', { filename: 'B.JPG' })).body).toMatchObject({
      published_as: 'B.jpg',
    })
    expect((await now().post('/api/events', { action: 'open', title: 'Gala', slug: 'gala' })).status).toBe(
      200,
    )
    expect(await upload('B.JPG', await jpeg(3))).toBe(true)
    expect(await names()).toEqual(['B.JPG'])

    expect(await waiting()).toBe(1)
    await disk.put()
    await expect.poll(waiting).toBe(0)
    expect(await readFile(join(buffer, 'B.JPG'))).toEqual(bytes)
    await expect
      .poll(async () => (await factsIn(buffer)).map(({ fact }) => fact))
      .toEqual(expect.arrayContaining(['original.added', 'photo.rated', 'publication.live']))
    const numbers = (await factsIn(buffer)).map(({ n }) => n)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect((await now().post('/api/events', { action: 'switch', slug: first })).status).toBe(200)
    expect(await names()).toEqual(['A.JPG', 'B.JPG'])
  })

  test('a catalog that is lost meanwhile is not begun anew, and made again, with the disk, it loses no photo and no decision', async () => {
    const { data, buffer, start, disk } = await evening()
    const { slug } = (await now().get('/api/events')).body.current as { slug: string }
    const spilledJournal = join(data, 'spill', slug, JOURNAL)
    const bytes = await jpeg(2)
    await upload('A.JPG', await jpeg(1))
    await disk.pull()
    await upload('B.JPG', bytes)
    for (const [path, body] of [
      ['/api/rate', { filename: 'A.JPG', rating: 4 }],
      ['/api/rate', { filename: 'B.JPG', rating: 2, pick: true }],
      ['/api/edit', { filename: 'A.JPG', edit: { exposure: 0.5 } }],
      ['/api/publish', { filename: 'B.JPG' }],
    ] as const)
      expect([path, (await now().post(path, body)).status]).toEqual([path, 200])
    await now().stop()
    const noted = (await readFile(spilledJournal, 'utf8')).trim().split('\n').length
    expect(noted).toBeGreaterThanOrEqual(5)
    for (const end of ['', '-wal', '-shm']) await rm(join(data, `catalog.db${end}`), { force: true })
    await start()
    expect((await now().get('/api/status')).body).toMatchObject({ error: { code: 'catalog_unusable' } })
    await now().stop()
    const parsed = parseConfig(['--data', data], {})
    if ('help' in parsed) throw new Error('asked for help')
    const { config } = parsed
    const rebuild = () =>
      runRebuild({ config, isTrial: false, log: silentLog, createWorkers: createSharedWorkers })
    await expect(rebuild()).rejects.toMatchObject({ code: 'folder_away' })
    await disk.put()
    const { events, journals } = await rebuild()
    expect(events).toMatchObject([{ buffer: 2, edited: 1, published: 1, missing: [], adopted: 0 }])
    expect(journals).toMatchObject([{}, { path: spilledJournal, lines: noted }])
    await start()
    await expect.poll(names).toEqual(['A.JPG', 'B.JPG'])
    await expect.poll(() => existsSync(join(buffer, 'B.JPG'))).toBe(true)
    expect(await readFile(join(buffer, 'B.JPG'))).toEqual(bytes)
    const { images } = (await now().get('/api/buffer')).body as PhotoPage
    const about = new Map(images.map((one) => [one.filename, one]))
    expect(about.get('A.JPG')).toMatchObject({ rating: 4, edit: { exposure: 0.5 } })
    expect(about.get('B.JPG')).toMatchObject({ rating: 2, pick: true })
    expect(about.get('B.JPG')!.live).toHaveLength(1)
    // What was noted meanwhile stands in the journal now, once and in its place.
    await expect.poll(() => existsSync(spilledJournal)).toBe(false)
    const numbers = (await factsIn(buffer)).map(({ n }) => n)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
  })

  test('until the disk is back, what was kept meanwhile is copied a second time, checked against its card, and backed up', async () => {
    const { data, buffer, start, disk } = await evening()
    const home = await tempFolder()
    folders.push(home)
    const [second, to, card] = [join(home, 'second'), join(home, 'backup'), join(home, 'card')]
    for (const folder of [second, join(card, 'DCIM')]) await mkdir(folder, { recursive: true })
    const bytes = await jpeg(2)
    await upload('A.JPG', await jpeg(1))
    await writeFile(join(card, 'DCIM', 'B.JPG'), bytes)
    await disk.pull()
    await upload('B.JPG', bytes)
    async function check(): Promise<CardReport> {
      await now().post('/api/card-check', { folder: card })
      const report = async () =>
        (await now().get(`/api/card-check?folder=${encodeURIComponent(card)}`)).body as CardReport
      await expect.poll(report).toMatchObject({ state: 'done' })
      return report()
    }
    expect(await check()).toMatchObject({
      safe: false,
      counts: { here: 1, missing: 0, spilled: 1 },
      message: { code: 'check_spilled', params: { n: 1 } },
    })
    await now().post('/api/second-copy', { folder: second })
    const copied = async () =>
      ((await now().get('/api/second-copy')).body as SecondCopyReply).second_copy?.waiting
    // A waits for its own disk.
    await expect.poll(copied).toBe(1)
    const { slug } = (await now().get('/api/events')).body.current as { slug: string }
    expect(await readFile(join(second, slug, 'photos_buffer', 'B.JPG'))).toEqual(bytes)
    const noted = () => readFile(join(second, slug, 'photos_buffer', AWAY_JOURNAL), 'utf8').catch(() => '')
    await now().post('/api/second-copy', { folder: second })
    await expect.poll(noted).toContain('"filename":"B.JPG"')
    expect(await check()).toMatchObject({ safe: true, counts: { here: 1, spilled: 0 }, message: null })

    const back = (photos: 'originals' | 'none' = 'originals') =>
      makeBackup({
        ...{ data, to, slug: null, photos, keys: false },
        ...{ program: 'test', now: Date.now, progress: () => undefined },
      })
    await expect(back()).rejects.toMatchObject({ code: 'folder_away' })
    expect((await back('none')).manifest.missing).toEqual([])
    await now().stop()
    await disk.put()
    const { manifest } = await back()
    expect(manifest.missing).toEqual([])
    const inBackup = manifest.files.map(({ path }) => path).find((path) => path.endsWith('B.JPG'))!
    expect(inBackup).toMatch(/photos_buffer|buffer/)
    expect(await readFile(join(to, inBackup))).toEqual(bytes)
    await start()
    await expect.poll(() => existsSync(join(buffer, 'B.JPG'))).toBe(true)
    expect(await readFile(join(buffer, 'B.JPG'))).toEqual(bytes)
  })
}
