import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { failAt, mend, withCatalogFaults, type Change } from '../fixtures/disk/nth-fault.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../fixtures/disk/nth-fault.ts')).withFaults(await original()),
)

/** Every third write, or with LONG_TESTS=1 each. */
const STEP = process.env.LONG_TESTS === '1' ? 1 : 3

/** A disk that fails at the nth write of one request, over n: the request is sent again as a page does, and whatever
 * was answered, its effect is there once. */
let daemon: RunningDaemon
let endFaults: () => void
beforeAll(async () => {
  endFaults = withCatalogFaults()
  daemon = await startDaemon()
  await daemon.drop('IMG_1.JPG', await makeJpeg({ width: 90, height: 60 }))
  // Taking many out is what this is about, not what the owner is asked for.
  await daemon.post('/api/cloud-settings', { mass_removal: 10_000 })
})
afterEach(() => void mend())
afterAll(async () => {
  await daemon.end()
  endFaults()
})

const versions = async () => (await daemon.get('/api/live')).body.total as number
const current = async () => (await daemon.get('/api/events')).body.current
const guests = async () =>
  (await daemon.get(`/photo/${(await current()).prefix}/manifest.json`)).body.total as number
const any = () => true
const ofCatalog = ({ what }: Change) => what === 'sql'

/** Sends until it is answered with a success, as the app does. */
async function insist(path: string, body: object) {
  const first = await daemon.post(path, body)
  const failed = mend()
  // A disk fault is reported in our own shape, as what it is.
  if (first.status >= 400) expect([500, 507]).toContain(first.status)
  if (first.status >= 400) expect(first.body.error.message).not.toMatch(/database|SQLITE|ENOSPC/)
  const again = await daemon.post(path, body)
  return { first, again, failed }
}

describe.each([
  ['any write', any],
  ['a write of the catalog', ofCatalog],
] as const)('where the nth of %s fails', (what, fits) => {
  const tag = what.replaceAll(' ', '-')

  test('a publish that is sent again makes one version', async () => {
    for (let n = 1; ; n += STEP) {
      const before = await versions()
      failAt(n, 'ENOSPC', fits)
      const body = { filename: 'IMG_1.JPG', again: true, request_id: `${tag}-publish-${n}` }
      const { first, again, failed } = await insist('/api/publish', body)
      expect([n, again.status]).toEqual([n, 200])
      expect([n, await versions()]).toEqual([n, before + 1])
      if (first.status === 200) expect(again.body).toEqual(first.body)
      if (!failed) break
    }
    expect(await guests()).toBe(await versions())
  })

  test('an unpublish, too, and what guests read is what the answer says', async () => {
    for (let n = 1; ; n += STEP) {
      const { body: made } = await daemon.post('/api/publish', { filename: 'IMG_1.JPG', again: true })
      const before = await guests()
      failAt(n, 'ENOSPC', fits)
      const body = { filename: made.published_as, request_id: `${tag}-unpublish-${n}` }
      const first = await daemon.post('/api/unpublish', body)
      const failed = mend()
      // Where the catalog took nothing it is off this network's gallery all the same, and that is said.
      const isOff = first.status === 200 || first.body.error.code === 'hidden_for_now'
      expect([n, await guests()]).toEqual([n, isOff ? before - 1 : before])
      expect((await daemon.post('/api/unpublish', body)).status).toBe(200)
      expect([n, await guests()]).toEqual([n, before - 1])
      if (!failed) break
    }
  })

  test('a job is made once', async () => {
    for (let n = 1; ; n += STEP) {
      const before = (await daemon.get('/api/jobs')).body.jobs.length as number
      failAt(n, 'ENOSPC', fits)
      const items = [{ filename: 'IMG_1.JPG', rating: n % 6 }]
      const body = { kind: 'rate', items, request_id: `${tag}-job-${n}` }
      const { first, again, failed } = await insist('/api/jobs', body)
      expect([n, again.status]).toEqual([n, 202])
      if (first.status === 202) expect(again.body).toEqual(first.body)
      // Jobs that are over are listed up to ten.
      const { jobs } = (await daemon.get('/api/jobs')).body
      expect(jobs.length).toBeLessThanOrEqual(Math.max(10, before + 1))
      expect(new Set(jobs.map(({ id }: { id: string }) => id)).size).toBe(jobs.length)
      if (!failed || n > 12) break
    }
  })
})

test('an event with a name of its own is opened once, also when its reply got lost', async () => {
  const body = { action: 'open', title: 'Gala', slug: 'gala', request_id: 'open-gala-1' }
  const first = await daemon.post('/api/events', body)
  expect(await daemon.post('/api/events', body)).toMatchObject({ status: 200, body: first.body })
  expect(await daemon.post('/api/events', { ...body, request_id: 'open-gala-2' })).toMatchObject({
    status: 409,
  })
})
