import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createBus } from '../../../daemon/bus.ts'
import { createDeletePhoto } from '../../../daemon/decisions/trash.ts'
import { createRehearsalParts } from '../../../daemon/events/rehearsal/parts.ts'
import { silentLog } from '../../../daemon/log.ts'
import { createOriginalFiles } from '../../../daemon/originals/original-files.ts'
import { useBucket } from '../../fixtures/cloud/bucket.ts'
import type { Mac } from '../../fixtures/cloud/cloud.ts'

const { server, start, stop, open } = useBucket()
type Reply = (url: URL) => Response | Promise<Response>
const PUBLIC = 'gallery.example'
const gone = () => new Response(null, { status: 404 })
let mac: Mac
/** What the network answers: here what is live, at the public address what is in the bucket, unless a test wants
 * something else. */
let answer: Reply
const theTree: Reply = async ({ hostname, pathname }) => {
  const key = decodeURIComponent(pathname.slice('/photo/'.length))
  const name = key.split('/').at(-1)!
  const { catalog, event, folders } = mac.house
  const isLive = catalog.publications.byName(event.id, name)?.state === 'live'
  const here = () => (isLive ? readFile(join(folders.path('web'), name)) : undefined)
  const bytes = hostname === PUBLIC ? server.objects.get(key) : await here()
  return bytes ? new Response(new Uint8Array(bytes)) : gone()
}
beforeEach(async () => {
  mac = await start()
  await mac.cloud.save({ public_url: `https://${PUBLIC}` })
  answer = theTree
})

function partsOf({ house, cloud, publisher }: Mac) {
  const { catalog, folders } = house
  const bus = createBus({ now: Date.now, onError: () => undefined })
  const announcer = { changed: () => undefined }
  const originalFiles = createOriginalFiles({ catalog, folders, announcer, log: silentLog })
  const parts = createRehearsalParts({
    catalog,
    folders,
    sources: {
      current: () => ({
        async rehearse({ filename, origin }) {
          await writeFile(join(folders.path('buffer'), filename), filename)
          const sha256 = createHash('sha256').update(filename).digest('hex')
          const photo = house.addPhoto(filename, {}, { origin, sha256, bytes: filename.length })
          return { photo, already: false }
        },
      }),
    },
    publisher,
    originalFiles,
    remove: createDeletePhoto({ catalog, folders, originalFiles, bus }),
    cloud,
    views: { photo: () => ({ tile: '/tile' }) as never },
    bus,
    isCamera: (id) => id === 'known',
    draw: (path) => writeFile(path, 'a picture'),
    roots: () => ['http://192.0.2.1:8000'],
    now: Date.now,
    fetch: async (url) => answer(new URL(url instanceof Request ? url.url : url)),
  })
  return { parts, bus, catalog, folders }
}

const soon = () => AbortSignal.timeout(250)
const later = () => AbortSignal.timeout(20_000)
const inBucket = () => [...server.objects.keys()].filter((key) => key.includes('rehearsal-'))
const onDisk = async () =>
  (await readdir(mac.house.data, { recursive: true })).filter((name) => name.includes('rehearsal-'))

/** A test shot that got as far as the bucket. */
async function sent() {
  const rigged = partsOf(mac)
  const { parts } = rigged
  const shot = await parts.take(later())
  await parts.publish(shot)
  expect(await parts.upload(shot, later())).toBeUndefined()
  return { ...rigged, shot }
}

test('every step does what it says, and its rows are gone with the files', async () => {
  const { parts, shot, catalog } = await sent()
  expect(inBucket()).toHaveLength(3)
  expect(await parts.here(shot, later())).toBeUndefined()
  expect(await parts.public(shot, later())).toBeUndefined()
  const { id } = mac.house.event
  expect([catalog.photos.count(id, 'buffer'), catalog.publications.count(id), mac.live()]).toEqual([0, 0, []])
  await parts.remove(shot)
  await parts.gone(shot, later())
  expect([inBucket(), await onDisk(), catalog.rehearsals.list()]).toEqual([[], [], []])
  expect(catalog.photos.byId(shot.photo)).toBeUndefined()
})

const status =
  (host: string, code: number): Reply =>
  (url) =>
    url.hostname === host ? new Response(null, { status: code }) : theTree(url)
const bytes =
  (host: string): Reply =>
  (url) =>
    url.hostname === host ? new Response('another file') : theTree(url)
const silent =
  (host: string): Reply =>
  (url) =>
    url.hostname === host ? Promise.reject(new TypeError('fetch failed')) : theTree(url)
const HERE = '192.0.2.1'

const BROKEN: ['here' | 'public' | 'gone', Reply, string][] = [
  ['here', status(HERE, 404), 'rehearsal_answers'],
  ['here', status(HERE, 503), 'rehearsal_answers'],
  ['here', bytes(HERE), 'rehearsal_other_bytes'],
  ['here', silent(HERE), 'fetch failed'],
  ['public', status(PUBLIC, 404), 'rehearsal_answers'],
  ['public', bytes(PUBLIC), 'rehearsal_other_bytes'],
  ['public', silent(PUBLIC), 'fetch failed'],
  ['gone', bytes(HERE), 'rehearsal_still_there'],
  ['gone', bytes(PUBLIC), 'rehearsal_still_there'],
  ['gone', silent(PUBLIC), 'fetch failed'],
]

test('each fault of the network is named where it is, and what is not verified gone is not forgotten', async () => {
  const { parts, shot, catalog } = await sent()
  const found: unknown[] = []
  for (const [n, [name, broken]] of BROKEN.entries()) {
    answer = theTree
    if (name === 'gone' && BROKEN[n - 1]![0] !== name) await parts.remove(shot)
    answer = broken
    const why = await parts[name](shot, soon()).then(
      () => null,
      (error: { code?: string; message: string }) => error.code ?? error.message,
    )
    found.push([name, broken, why])
    expect(catalog.rehearsals.list()).toHaveLength(1)
  }
  expect(found).toEqual(BROKEN)
  answer = theTree
  await parts.gone(shot, later())
  expect(catalog.rehearsals.list()).toEqual([])
})

test('what asks for a PIN is not read by strangers, which is no fault', async () => {
  const { parts, shot } = await sent()
  answer = () => new Response(null, { status: 401 })
  for (const name of ['here', 'public'] as const)
    expect(await parts[name](shot, later())).toMatchObject({ skipped: { code: 'rehearsal_pin' } })
  await parts.remove(shot)
  await parts.gone(shot, later())
})

test('a bucket that takes nothing, and one that removes nothing, are named; the removal goes on', async () => {
  const { parts } = partsOf(mac)
  server.fault = ({ method }) => (method === 'PUT' ? { status: 403, code: 'AccessDenied' } : undefined)
  const shot = await parts.take(later())
  await parts.publish(shot)
  await expect(parts.upload(shot, soon())).rejects.toMatchObject({ code: 'rights' })
  server.fault = () => undefined
  await mac.cloud.save({})
  await parts.upload(shot, later())
  server.fault = ({ method }) => (method === 'DELETE' ? { status: 403, code: 'AccessDenied' } : undefined)
  await parts.remove(shot)
  await mac.until('the status says so', () => mac.cloud.status().code === 'rights')
  await expect(parts.gone(shot, soon())).rejects.toMatchObject({ code: 'rights' })
  await parts.sweep()
  expect(inBucket()).toHaveLength(3)
  server.fault = () => undefined
  await mac.cloud.save({})
  await parts.gone(shot, later())
  expect(inBucket()).toEqual([])
})

test('what a crash left is removed at the next start, in the bucket too, and only that', async () => {
  const { shot } = await sent()
  await mac.publish('rehearsal-0123456789abcdef.JPG')
  await mac.drained()
  // The bucket is away at the time, and stays so over the clearing up.
  const house = await stop(mac)
  server.fault = () => 'reset'
  mac = await open({ house })
  const { parts, catalog } = partsOf(mac)
  await parts.sweep()
  expect(catalog.publications.liveOf(shot.photo)).toEqual([])
  expect((await onDisk()).filter((name) => name.includes(shot.filename))).toEqual([])
  expect(catalog.rehearsals.list()).toHaveLength(1)
  await mac.cloud.start()
  await mac.until('it is tried', () => server.asked.some(({ method }) => method !== 'GET'))
  server.fault = () => undefined
  await mac.cloud.save({ public_url: '' })
  await mac.drained()
  await parts.sweep()
  expect(catalog.rehearsals.list()).toEqual([])
  // A photo of somebody's that is called so is a photo.
  expect(inBucket()).toHaveLength(3)
  expect(mac.live()).toEqual(['rehearsal-0123456789abcdef.jpg'])
  const [photo] = catalog.photos.list(house.event.id, 'buffer').items
  expect([photo!.filename, catalog.rehearsals.forget(photo!.id)]).toEqual([
    'rehearsal-0123456789abcdef.JPG',
    false,
  ])
})

test('a closed event, a folder that is away and an unknown camera are refused', async () => {
  const { parts, catalog, folders } = partsOf(mac)
  await expect(parts.check(undefined)).resolves.toBeUndefined()
  await expect(parts.check('known')).resolves.toBeUndefined()
  await expect(parts.check('other')).rejects.toMatchObject({ status: 404, code: 'no_such_camera' })
  await rm(join(folders.path('trash'), '.lep-folder'))
  await expect(parts.check(undefined)).rejects.toMatchObject({ status: 503, code: 'folder_away' })
  catalog.events.change(mac.house.event.id, { state: 'closed' })
  await expect(parts.check(undefined)).rejects.toMatchObject({ status: 409, code: 'event_not_open' })
})

test('the next frame of a camera is that camera’s', async () => {
  const { parts, bus } = partsOf(mac)
  const waiting = parts.frame('known', later())
  for (const [id, camera_id] of [
    ['p1', 'other'],
    ['p2', 'known'],
    ['p3', 'known'],
  ])
    // prettier-ignore
    bus.emit({ type: 'photo.added', photo: { id, camera_id, filename: `${id}.JPG`, tile: '/t' } as never })
  expect(await waiting).toEqual({ photo: 'p2', filename: 'p2.JPG', tile: '/t' })
  const given = new AbortController()
  const never = parts.frame('known', given.signal)
  given.abort(new Error('too late'))
  await expect(never).rejects.toThrow('too late')
})
