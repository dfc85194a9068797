import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { failAt, mend, withCatalogFaults, type Change } from '../fixtures/disk/nth-fault.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../fixtures/disk/nth-fault.ts')).withFaults(await original()),
)

/** What a refused change of the Event must leave as it was: what people and guests see, and what lies on the disk. */
async function stateOf(daemon: RunningDaemon) {
  const { current, events } = (await daemon.get('/api/events')).body
  const index = (await daemon.get('/photo/events.json')).body
  const { head, names } = {
    head: (await daemon.get(`/photo/${index.events[index.current].prefix}/manifest.json`)).body,
    names: (await daemon.get('/api/buffer')).body.images.map(
      ({ filename }: { filename: string }) => filename,
    ) as string[],
  }
  const onDisk = JSON.parse(
    await readFile(join((await folders(daemon)).web_folder!, 'manifest.json'), 'utf8'),
  )
  return {
    current,
    events,
    index,
    names,
    slug: head.event.slug,
    recent: head.recent.map(({ filename }: { filename: string }) => filename) as string[],
    onDisk: onDisk.event.slug,
    // What other tests do to this computer's network is told as well.
    warnings: (await daemon.get('/api/status')).body.warnings.filter(
      ({ code }: { code: string }) => code !== 'address_changed',
    ),
    folders: await folders(daemon),
    made: (await readdir(join(daemon.data, 'events')).catch(() => [])).sort(),
  }
}
const folders = async (daemon: RunningDaemon) =>
  (await daemon.get('/api/folder-settings')).body as Record<string, string>

let daemon: RunningDaemon
let endFaults: () => void
beforeAll(async () => {
  endFaults = withCatalogFaults()
  daemon = await startDaemon()
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
})
afterEach(() => void mend())
afterAll(async () => {
  await daemon.end()
  endFaults()
})

/** The folders of a new event, and the catalog while it is opened. */
const ofFolders = ({ what, about }: Change) =>
  about.includes(join(daemon.data, 'events')) && what !== 'sql' && !about.includes('.incoming')
const ofCatalog = ({ what, about }: Change) =>
  what === 'sql' && /^\s*(INSERT INTO|UPDATE) (events|settings|uploads)\b/.test(about)

describe.each([
  ['a folder', 'ENOSPC', ofFolders, 507],
  ['a folder that may not be made', 'EACCES', ofFolders, 422],
  ['the catalog', 'ENOSPC', ofCatalog, 507],
] as const)('opening an event where %s fails with %s', (_, code, fits, status) => {
  test('changes nothing, whichever call it is, and works afterwards', async () => {
    let refused = 0
    for (let n = 1; ; n += 1) {
      const before = await stateOf(daemon)
      const slug = `${status}-${code.toLowerCase()}-${n}`
      failAt(n, code, fits)
      const reply = await daemon.post('/api/events', { action: 'open', title: 'Gala', slug })
      const failed = mend()
      if (!failed) {
        expect(reply.status).toBe(200)
        break
      }
      if (reply.status === 200) {
        // The event is another one, and what it could not write yet comes with the next change.
        await daemon.post('/api/event-settings', { event_subtitle: slug })
        continue
      }
      refused += 1
      expect([n, reply.status, reply.body.error.message]).toEqual([n, status, expect.any(String)])
      expect(await stateOf(daemon)).toEqual(before)
    }
    expect(refused).toBeGreaterThan(1)
    const after = await stateOf(daemon)
    expect([after.slug, after.onDisk, after.names, after.recent]).toEqual([
      after.current.slug,
      after.current.slug,
      [],
      [],
    ])
    const photo = await makeJpeg({ seed: refused })
    await writeFile(join(after.folders.buffer_folder!, 'NEW.JPG'), photo)
    await expect.poll(async () => (await stateOf(daemon)).names).toEqual(['NEW.JPG'])
  })
})

test('the same holds for going back to an event, and its photos have their files after a restart', async () => {
  const first = (await daemon.get('/api/events')).body.events.at(-1).slug as string
  for (let n = 1; ; n += 1) {
    const before = await stateOf(daemon)
    failAt(n, 'ENOSPC', ofCatalog)
    const reply = await daemon.post('/api/events', { action: 'switch', slug: first })
    if (!mend()) break
    if (reply.status === 200)
      await daemon.post('/api/events', { action: 'switch', slug: before.current.slug })
    else expect(await stateOf(daemon)).toEqual(before)
  }
  daemon = await daemon.restart()
  const { slug, names, recent } = await stateOf(daemon)
  expect([slug, names, recent]).toEqual([first, ['IMG_1.JPG'], ['IMG_1.jpg']])
  expect((await daemon.bytes('/raw/IMG_1.JPG')).length).toBeGreaterThan(0)
})

test('and for moving folders', async () => {
  const to = join(daemon.data, 'elsewhere')
  for (let n = 1; ; n += 1) {
    const before = await stateOf(daemon)
    failAt(n, 'ENOSPC', (change) => change.about.startsWith(to) || ofCatalog(change))
    const reply = await daemon.post('/api/folder-settings', { archive_folder: join(to, 'deep', 'archive') })
    const failed = mend()
    // What fails after the change was made is tried again by itself.
    if (reply.status === 200) break
    expect([failed, reply.status]).toEqual([true, 507])
    expect(await stateOf(daemon)).toEqual(before)
    expect(await readdir(to).catch(() => 'not there')).toBe('not there')
  }
  expect((await folders(daemon)).archive_folder).toBe(join(to, 'deep', 'archive'))
})

test('a change of half the state would be seen', async () => {
  const before = await stateOf(daemon)
  const { body } = await daemon.post('/api/events', { action: 'open', title: 'Other', slug: 'half-done' })
  expect(body.current.slug).toBe('half-done')
  expect(await stateOf(daemon)).not.toEqual(before)
})
