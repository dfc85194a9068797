import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../bus.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { REHEARSAL } from '../../catalog/photos/rehearsals.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { Cloud } from '../../cloud/cloud.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { FOLDER_ROLES, type Folders } from '../../folders.ts'
import type { Sources } from '../../ingest/sources.ts'
import type { OriginalFiles } from '../../originals/original-files.ts'
import type { DeletePhoto } from '../../decisions/trash.ts'
import type { Publisher } from '../../publish/publisher.ts'
import { thumbName, viewName } from '../../publish/public-names.ts'
import { newMessage } from '../../util/message.ts'
import type { Running } from '../../util/restartable.ts'
import type { Views } from '../../views/views.ts'
import type { RehearsalParts, Skipped, TestShot } from './rehearsal.ts'

/** Milliseconds between two looks at what comes by itself. */
const LOOK_EVERY = 150

/** What is asked for a PIN is not read by strangers, which is as it should be. */
const PIN: Skipped = {
  skipped: newMessage('rehearsal_pin', 'The event asks guests for its PIN, so nothing was read back.'),
}
const NO_BUCKET: Skipped = {
  skipped: newMessage('rehearsal_no_bucket', 'No bucket is set up: guests read the gallery on this network.'),
}
const NO_PUBLIC: Skipped = { skipped: newMessage('rehearsal_no_public', 'No public address is set.') }

const asError = (error: unknown) => (error instanceof Error ? error : new Error(messageOf(error)))

function answers(url: string, status: number): Refusal {
  const { host } = new URL(url)
  return new Refusal(503, 'rehearsal_answers', `${host} answers ${status}.`, { params: { host, n: status } })
}

/** The steps of a rehearsal, by the parts that do the same for every photo.
 * @param needs.draw draws a test shot at a path
 * @param needs.roots where guests on this network find the daemon, the best first; never empty */
export function createRehearsalParts(needs: {
  catalog: Catalog
  folders: Pick<Folders, 'check' | 'path'>
  sources: Pick<Running<Pick<Sources, 'rehearse'>>, 'current'>
  publisher: Pick<Publisher, 'publish' | 'unpublish'>
  originalFiles: Pick<OriginalFiles, 'move'>
  remove: DeletePhoto
  cloud: Pick<Cloud, 'settings' | 'status' | 'store' | 'publicUrls'>
  views: Pick<Views, 'photo'>
  bus: Pick<Bus, 'on'>
  isCamera: (id: string) => boolean
  draw: (path: string, takenAt: Date) => Promise<void>
  roots: () => readonly string[]
  now: () => number
  fetch?: typeof fetch
}): RehearsalParts {
  const { catalog, folders, cloud, publisher, fetch: ask = fetch } = needs
  const event = () => catalog.events.current()
  const shown = (photo: PhotoRecord): TestShot => ({
    photo: photo.id,
    filename: photo.filename,
    tile: needs.views.photo(photo).tile,
  })

  /** @throws Refusal where it is not in the catalog as published */
  function nameOf({ photo }: TestShot): string {
    const name = catalog.rehearsals.publicationsOf(photo).at(-1)?.name
    if (name === undefined) throw new Refusal(409, 'rehearsal_unpublished', 'It was not published.')
    return name
  }
  const sizesOf = (name: string) => [name, thumbName(name), viewName(name)]
  function hereUrl(name: string): string {
    const path = [event().prefix, name].map(encodeURIComponent).join('/')
    return `${needs.roots()[0]}/photo/${path}`
  }
  const publicUrls = (names: readonly string[]) => cloud.publicUrls(event().id, names)

  const get = (url: string, signal: AbortSignal) =>
    ask(url, { redirect: 'manual', cache: 'no-store', signal })

  /** Tries until it is so; what was in the way last is said when the time is over. */
  async function until(signal: AbortSignal, attempt: () => Promise<Refusal | null>): Promise<void> {
    let trouble: Error | null = null
    for (;;) {
      try {
        trouble = await attempt()
      } catch (error) {
        // That the time is over says less than what there was before.
        if (!signal.aborted || trouble === null) trouble = asError(error)
      }
      if (trouble === null) return
      await sleep(LOOK_EVERY, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) throw trouble
    }
  }

  async function readBack(url: string, name: string, signal: AbortSignal): Promise<Skipped | void> {
    const file = await readFile(join(folders.path('web'), name))
    let isClosed = false
    await until(signal, async () => {
      const answer = await get(url, signal)
      const bytes = Buffer.from(await answer.arrayBuffer())
      isClosed = answer.status === 401
      if (isClosed || (answer.ok && bytes.equals(file))) return null
      if (!answer.ok) return answers(url, answer.status)
      const { host } = new URL(url)
      return new Refusal(503, 'rehearsal_other_bytes', `${host} gives another file than was published.`, {
        params: { host },
      })
    })
    if (isClosed) return PIN
  }

  async function isGone(url: string, signal: AbortSignal): Promise<Refusal | null> {
    const answer = await get(url, signal)
    await answer.body?.cancel()
    if ([401, 404, 410].includes(answer.status)) return null
    const { host } = new URL(url)
    return new Refusal(503, 'rehearsal_still_there', `${host} still shows it.`, { params: { host } })
  }

  async function draw(takenAt: Date): Promise<Buffer> {
    const folder = await mkdtemp(join(tmpdir(), 'lep-rehearsal-'))
    try {
      const path = join(folder, 'shot.jpg')
      await needs.draw(path, takenAt)
      return await readFile(path)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Takes it out of the gallery and deletes its file. Done already is done. */
  async function takeOut(id: string): Promise<void> {
    for (const { name, state } of catalog.rehearsals.publicationsOf(id))
      if (state === 'live') await publisher.unpublish(name, { unasked: true })
    const photo = catalog.photos.byId(id)
    if (!photo || photo.deletedAt !== null) return
    if (photo.state !== 'trashed') await needs.originalFiles.move(photo.filename, 'trashed')
    await needs.remove(id)
  }

  async function isOffBucket(name: string): Promise<Refusal | null> {
    const { id, prefix } = event()
    const keys = sizesOf(name)
    const waits = keys.some((key) => catalog.uploads.isLeaving(id, key))
    const store = cloud.store()
    const there =
      waits || (await Promise.all(keys.map((key) => store.head(`${prefix}/${key}`)))).some(Boolean)
    if (!there) return null
    const { code, trouble } = cloud.status()
    if (trouble !== null) return new Refusal(503, code ?? 'rehearsal_in_bucket', trouble)
    return new Refusal(503, 'rehearsal_in_bucket', 'The bucket still has it.')
  }

  return {
    async check(camera) {
      const { state } = event()
      if (state !== 'open')
        throw new Refusal(409, 'event_not_open', `The event is ${state}. Continue it, or open a new one.`, {
          params: { state },
        })
      for (const role of FOLDER_ROLES) await folders.check(role)
      if (camera !== undefined && !needs.isCamera(camera))
        throw new Refusal(404, 'no_such_camera', `There is no camera ${camera} any more.`)
    },

    frame(camera, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<TestShot>()
      const off = needs.bus.on((notice) => {
        if (notice.type !== 'photo.added' || notice.photo.camera_id !== camera) return
        const { id, filename, tile } = notice.photo
        resolve({ photo: id, filename, tile })
      })
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      return promise.finally(off)
    },

    async take(signal) {
      const takenAt = new Date(needs.now())
      const bytes = await draw(takenAt)
      const filename = `rehearsal-${randomBytes(8).toString('hex')}.jpg`
      const arrival = {
        path: filename,
        filename,
        bytes: bytes.length,
        modifiedAt: takenAt.getTime(),
        origin: REHEARSAL,
        content: { read: () => Readable.from([bytes]) },
      }
      return shown((await needs.sources.current().rehearse(arrival, signal)).photo)
    },

    async publish({ filename }) {
      await publisher.publish({ filename, change: {}, keepsEdit: false })
    },

    async here(shot, signal) {
      const name = nameOf(shot)
      return readBack(hereUrl(name), name, signal)
    },

    async upload(shot, signal) {
      const { s3, fault } = cloud.settings.current()
      if (fault !== null) throw new Refusal(409, 'rehearsal_cloud_fault', fault, { params: { fault } })
      if (s3 === null) return NO_BUCKET
      const { id } = event()
      const keys = sizesOf(nameOf(shot))
      await until(signal, async () => {
        if (keys.every((key) => catalog.uploads.stateOf(id, key) === 'done')) return null
        const { code, trouble } = cloud.status()
        return new Refusal(503, code ?? 'rehearsal_waits', trouble ?? 'It still waits to be sent.')
      })
    },

    async public(shot, signal) {
      const name = nameOf(shot)
      const urls = publicUrls([name])
      if (cloud.settings.current().s3 === null || urls.length === 0) return NO_PUBLIC
      const found = await Promise.all(urls.map((url) => readBack(url, name, signal)))
      return found.find((one) => one !== undefined)
    },

    remove: ({ photo }) => takeOut(photo),

    async gone({ photo }, signal) {
      const name = catalog.rehearsals.publicationsOf(photo).at(-1)?.name
      if (name !== undefined) {
        await until(signal, () => isGone(hereUrl(name), signal))
        await until(signal, () => isOffBucket(name))
        for (const url of publicUrls(sizesOf(name))) await until(signal, () => isGone(url, signal))
      }
      if (!catalog.rehearsals.forget(photo))
        throw new Refusal(503, 'rehearsal_in_catalog', 'The catalog still has it.')
    },

    async sweep() {
      const { id } = event()
      const unseen = new Set(catalog.publications.unverified().map((one) => one.id))
      let trouble: Error | null = null
      for (const { photoId, eventId } of catalog.rehearsals.list())
        try {
          if (eventId === id) await takeOut(photoId)
          // As long as a public address may show it, the look for that needs to know of it.
          const waits = catalog.rehearsals.publicationsOf(photoId).some((one) => unseen.has(one.id))
          if (!waits || cloud.publicUrls(eventId, ['x']).length === 0) catalog.rehearsals.forget(photoId)
        } catch (error) {
          trouble ??= asError(error)
        }
      if (trouble !== null) throw trouble
    },
  }
}
