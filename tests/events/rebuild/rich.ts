import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { isCopyName } from '../../../daemon/catalog/store/copies.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'

const FRAME = {
  make: 'Fixture',
  camera: 'Two',
  serial: '77',
  takenAt: new Date('2026-05-01T18:00:00Z'),
} as const

/** A data folder whose events have something of everything that a person can decide, after a stop. */
export async function makeRich(): Promise<string> {
  const daemon = await startDaemon()
  let seed = 0
  const shoot = async (...names: string[]) => {
    for (const name of names) {
      seed += 1
      await daemon.drop(name, await makeJpeg({ seed, width: 60, height: 40 }))
    }
  }
  const send = async (path: string, body: object) => {
    const reply = await daemon.post(`/api/${path}`, body)
    expect([path, reply.status < 300, reply.body]).toEqual([path, true, reply.body])
    return reply.body
  }
  await shoot('OLD_1.JPG', 'OLD_2.JPG')
  await send('event-settings', { event_title: 'Rehearsal dinner', credit: 'Ada' })
  await send('publish', { filename: 'OLD_1.JPG' })
  await send('archive', { filename: 'OLD_2.JPG' })

  await send('events', {
    action: 'open',
    title: 'Gala',
    slug: 'gala',
    prefix: 'gala-2026',
    visibility: 'pin',
    pin: '2468',
  })
  const folder = join(daemon.data, 'events', 'gala', 'photos_buffer')
  const live = await daemon.socket()
  const names = ['IMG_1.JPG', 'IMG_2.JPG', 'IMG_3.JPG', 'IMG_4.JPG', 'IMG_5.JPG', 'IMG_6.JPG', 'IMG_7.JPG']
  for (const name of names) {
    seed += 1
    await writeFile(join(folder, name), await makeJpeg({ seed, width: 60, height: 40 }))
    await live.notice('photo.added', ({ photo }) => photo.filename === name)
  }
  await writeFile(
    join(folder, 'IMG_8.CR2'),
    makeRaw(await makeJpeg({ seed: 80, width: 60, height: 40 }), FRAME),
  )
  await writeFile(join(folder, 'IMG_8.JPG'), await makeJpeg({ seed: 80, width: 60, height: 40, ...FRAME }))
  await vi.waitFor(
    async () =>
      expect(await photos(daemon, 'buffer')).toContainEqual(
        expect.objectContaining({ filename: 'IMG_8.JPG', raw: 'IMG_8.CR2' }),
      ),
    { timeout: 20_000 },
  )
  await send('edit', {
    filename: 'IMG_1.JPG',
    edit: { exposure: 0.5, crop: { x: 0.1, y: 0.1, width: 0.5, height: 0.5 } },
  })
  await send('rate', { filename: 'IMG_2.JPG', rating: 4, pick: true })
  await send('rate', { filename: 'IMG_3.JPG', seen: true })
  await send('looks', { action: 'save', name: 'Candlelight', exposure: 0.3, contrast: 0.1, warmth: 0 })
  await send('publish', { filename: 'IMG_1.JPG' })
  await send('publish', { filename: 'IMG_2.JPG' })
  await send('publish', { filename: 'IMG_2.JPG', exposure: 0.2, replaces: 'IMG_2.jpg' })
  await send('publish', { filename: 'IMG_3.JPG' })
  await send('publish', { filename: 'IMG_3.JPG', exposure: 0.4, again: true })
  await send('unpublish', { filename: 'IMG_3.jpg' })
  await send('publish', { filename: 'IMG_7.JPG' })
  await send('unpublish', { filename: 'IMG_7.jpg' })
  await send('archive', { filename: 'IMG_4.JPG' })
  await send('reject', { filename: 'IMG_6.JPG' })
  await send('empty-trash', { count: 1 })
  await send('reject', { filename: 'IMG_5.JPG' })
  await send('caption', { filename: 'IMG_2.JPG', words: { caption: 'The cake', keywords: ['cake', '蛋糕'] } })
  await placeFinals(daemon, send)
  live.close()
  await vi.waitFor(async () => expect((await daemon.get('/api/status')).body.sync.waiting).toBe(0), {
    timeout: 20_000,
  })
  await daemon.stop()
  return daemon.data
}

/** One that is shown and published, one that somebody took away again, one that waits and one that is none of ours. */
async function placeFinals(
  daemon: RunningDaemon,
  send: (path: string, body: object) => Promise<unknown>,
): Promise<void> {
  const finish = async (name: string, seed: number, more: object = {}) => {
    const form = new FormData()
    const bytes = await makeJpeg({ seed, width: 60, height: 40, ...more })
    form.append('file', new Blob([new Uint8Array(bytes)]), name)
    const headers = { origin: daemon.url }
    await fetch(`${daemon.url}/api/finals/upload`, { method: 'POST', body: form, headers })
  }
  const waiting = async () =>
    (await daemon.get('/api/finals')).body.finals as { id: string; filename: string }[]
  await send('publish', { filename: 'IMG_8.JPG' })
  await finish('IMG_8-Edit.jpg', 81, FRAME)
  await finish('of nobody.jpg', 82)
  await finish('another.jpg', 83)
  await finish('for the second.jpg', 84)
  await vi.waitFor(async () => expect(await waiting()).toHaveLength(3), { timeout: 20_000 })
  const idOf = async (name: string) => (await waiting()).find(({ filename }) => filename === name)!.id
  await send('finals/decide', { id: await idOf('another.jpg'), as: 'left' })
  await send('finals/decide', { id: await idOf('for the second.jpg'), as: 'final', filename: 'IMG_2.JPG' })
  await send('finals/back', { filename: 'IMG_2.JPG' })
  await vi.waitFor(
    async () =>
      expect(await photos(daemon, 'buffer')).toContainEqual(
        expect.objectContaining({ final: expect.anything(), live: ['IMG_8_002.jpg'] }),
      ),
    { timeout: 20_000 },
  )
}

async function photos(daemon: RunningDaemon, state: string): Promise<unknown[]> {
  return (await daemon.get(`/api/buffer?state=${state}`)).body.images
}

/** A copy of a data folder, for one way of losing its catalog. */
export async function copyOf(data: string): Promise<string> {
  const folder = await tempFolder()
  await cp(data, folder, { recursive: true, preserveTimestamps: true })
  return folder
}

/** Everything that a person sees of all events, through the API. */
export async function listAll(daemon: RunningDaemon): Promise<Record<string, unknown>> {
  const events = (await daemon.get('/api/events')).body
  const seen: Record<string, unknown> = { events, looks: (await daemon.get('/api/looks')).body }
  for (const { slug } of events.events.toReversed()) {
    await daemon.post('/api/events', { action: 'switch', slug })
    const status = (await daemon.get('/api/status')).body
    seen[slug] = {
      counts: status.counts,
      event: status.event,
      settings: (await daemon.get('/api/event-settings')).body,
      buffer: await photos(daemon, 'buffer'),
      archived: await photos(daemon, 'archived'),
      trashed: await photos(daemon, 'trashed'),
      live: (await daemon.get('/api/live')).body.images,
      finals: (await daemon.get('/api/finals')).body.finals,
    }
  }
  return seen
}

/** Removes the copies beside the photos: the journals alone are left. */
export async function withoutCopies(data: string): Promise<void> {
  for (const path of await readdir(data, { recursive: true }))
    if (isCopyName(path.split('/').at(-1)!)) await rm(join(data, path))
}

export const catalogOf = (data: string) => join(data, 'catalog.db')
export const read = (data: string, path: string) => readFile(join(data, path), 'utf8')
