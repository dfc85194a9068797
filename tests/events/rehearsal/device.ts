import { expect } from 'vitest'
import type { ObjectStore } from '../../../daemon/cloud/store/store.ts'
import type { Rehearsal, RehearsalReply, RehearsalStep } from '../../../daemon/contract/rehearsal.ts'
import type { ManifestHead } from '../../../daemon/contract/manifest.ts'
import type { Pages } from '../../fixtures/cloud/pages.ts'
import type { RunningDaemon, TestSocket } from '../../fixtures/daemon.ts'

/** The app on one device: shows what it is asked to show, and says so.
 * @param more.looksAway it shows nothing
 * @param more.meanwhile called at each news of the rehearsal */
export async function rehearse(
  daemon: RunningDaemon,
  more: { camera?: string; looksAway?: boolean; meanwhile?: (now: Rehearsal) => Promise<void> } = {},
): Promise<Rehearsal> {
  const { status, body } = await daemon.post('/api/rehearsal', more.camera ? { camera: more.camera } : {})
  expect([status, body]).toEqual([200, expect.anything()])
  let { rehearsal } = body as { rehearsal: Rehearsal }
  let confirmed = false
  let before = ''
  while (rehearsal.state === 'running') {
    const { show, id } = rehearsal
    if (JSON.stringify(rehearsal) !== before) await more.meanwhile?.(rehearsal)
    before = JSON.stringify(rehearsal)
    if (show && !confirmed && !more.looksAway) {
      expect((await daemon.bytes(show.tile)).length).toBeGreaterThan(500)
      confirmed = true
      await daemon.post('/api/rehearsal/shown', { id, photo: show.photo })
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
    rehearsal = ((await daemon.get('/api/rehearsal')).body as RehearsalReply).rehearsal!
  }
  return rehearsal
}

export const step = ({ steps }: Rehearsal, name: RehearsalStep['name']) =>
  steps.find((one) => one.name === name)
export const states = ({ steps }: Rehearsal) =>
  Object.fromEntries(steps.map(({ name, state }) => [name, state === 'slow' ? 'ok' : state]))

/** Wherever guests, assistants or the owner find photos: where a test shot must not be.
 * @returns the places that name something with `needle` in it */
export async function namedIn(daemon: RunningDaemon, socket: TestSocket, needle: string): Promise<string[]> {
  const { event } = (await daemon.get('/api/status')).body
  const { current } = (await daemon.get('/api/events')).body
  const paths = [
    '/api/buffer',
    '/api/buffer?limit=50',
    '/api/buffer?state=trashed',
    '/api/buffer?state=archived',
    '/api/live',
    '/api/live?limit=50',
    '/api/status',
    '/api/events',
    '/api/event-statistics',
    '/api/undo',
    '/api/audit',
    '/photo/events.json',
    `/photo/events/${event.slug}.json`,
    `/photo/${current.prefix}/manifest.json`,
  ]
  const found: string[] = []
  for (const path of paths) {
    const { status, body } = await daemon.get(path)
    expect([path, status]).toEqual([path, 200])
    if (JSON.stringify(body).includes(needle)) found.push(path)
    const { total, pages = [] } = body as Partial<ManifestHead>
    if (path.endsWith('manifest.json') && total === undefined) throw new Error('no manifest')
    for (const page of Array.isArray(pages) ? pages : [])
      if ((await daemon.bytes(`/photo/${current.prefix}/${page.file}`)).includes(needle))
        found.push(page.file)
  }
  for (const message of socket.messages)
    if (message.type !== 'rehearsal.changed' && JSON.stringify(message).includes(needle))
      found.push(message.type)
  return [...new Set(found)]
}

/** The runtime of Pages has a bucket of its own: what comes into the other one comes into it, and what goes, goes. */
export function mirror(store: ObjectStore, pages: Pages) {
  const there = new Set<string>()
  let on = true
  /** What the pages' side keeps, though the bucket has it no more. */
  const own = { keeps: false, misses: false }
  async function once(): Promise<void> {
    const now = new Set<string>()
    for await (const { key } of store.list('')) now.add(key)
    for (const key of now) {
      if (there.has(key) || own.misses) continue
      const bytes = await store.get(key)
      if (bytes) await pages.put({ [key]: bytes })
      there.add(key)
    }
    for (const key of there)
      if (!now.has(key) && !own.keeps) {
        await pages.put({ [key]: null })
        there.delete(key)
      }
  }
  const running = (async () => {
    while (on) {
      // A bucket that is away is looked at again.
      await once().catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  return {
    own,
    async end() {
      on = false
      await running
    },
  }
}
