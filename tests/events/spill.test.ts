import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { JOURNAL } from '../../daemon/catalog/store/journal.ts'
import { parseConfig } from '../../daemon/config.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { silentLog } from '../../daemon/log.ts'
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

  test('a catalog that is lost meanwhile is not begun anew, and made again, with the disk, it loses no photo', async () => {
    const { data, buffer, start, disk } = await evening()
    const bytes = await jpeg(2)
    await upload('A.JPG', await jpeg(1))
    await disk.pull()
    await upload('B.JPG', bytes)
    await now().stop()
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
    await rebuild()
    await start()
    await expect.poll(names).toEqual(['A.JPG', 'B.JPG'])
    await expect.poll(waiting).toBe(0)
    expect(await readFile(join(buffer, 'B.JPG'))).toEqual(bytes)
  })
}
