import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { UploadRecord } from '../catalog/publications/uploads.ts'
import type { CloudSettingsBody, CloudSettingsView, CloudTestReply } from '../contract/cloud.ts'
import type { Status } from '../contract/status.ts'
import { errnoOf, isStorageFault } from '../errors.ts'
import type { Log } from '../log.ts'
import { createBucketFiles, type BucketFiles } from './bucket-files.ts'
import { isCover } from './covers.ts'
import type { HeadAdditions } from '../publish/guest-links.ts'
import { isAtFrontDoor } from '../publish/event-document.ts'
import { fullName, publicationOf, thumbName, viewName } from '../publish/public-names.ts'
import { createRunning } from '../util/restartable.ts'
import { createCdnCheck, type Leaving } from './cdn/cdn-check.ts'
import { headersOf } from './store/headers.ts'
import { askDocument, type FoundDocument } from './event-documents.ts'
import { createFrontDoorWatch } from './front-door.ts'
import { createLeftCovers } from './cdn/left-covers.ts'
import { probePlace, probeStore } from './probe.ts'
import { createPurge } from './cdn/purge.ts'
import { openStore, RESTORED, STORE } from './open-store.ts'
import { openCloudSettings, type CloudSettingsFile } from './settings.ts'
import type { Patience, S3Settings } from './store/store-s3.ts'
import type { ObjectStore } from './store/store.ts'
import { createUploader } from './queue/uploader.ts'

/** How many of the photos that were taken out the status reports, and how long. */
const GONE_SHOWN = 20
const GONE_FOR = 15 * 60_000
/** Uploads up to this one were queued for a bucket that may have them already. */
const SENT_AGAIN = 'sent_again'
/** The mark under which every list of the bucket was written last, and in which form: with each Event's document. */
const TOLD_AS = 'told_as'
const FORM = 'doors'

/** Whatever of a publication may be public, as keys below the Event's prefix; a cover is one object. */
const sizesOf = (name: string) =>
  isCover(name) ? [name] : [name, thumbName(name), viewName(name), fullName(name)]

/** Everything that brings published photos to the bucket and off it again. */
export interface Cloud {
  readonly files: BucketFiles
  readonly settings: CloudSettingsFile
  store(): ObjectStore
  start(): Promise<void>
  stop(): Promise<void>
  /** The queue changed. */
  wake(): void
  status(): Status['sync']
  isRemoving(eventId: number, key: string): boolean
  /** The document of an Event that a Mac publishes into the bucket; null when there is none, or the bucket cannot be
   * asked now. */
  eventDocument(slug: string): Promise<FoundDocument | null>
  /** The addresses under which guests find an Event's objects, there or not; none without a public gallery. */
  publicUrls(eventId: number, keys: readonly string[]): string[]
  /** Where guests without this network read the gallery, or null. */
  publicUrl(): string | null
  view(): CloudSettingsView
  save(change: Omit<CloudSettingsBody, 'request_id'>): Promise<void>
  test(): Promise<CloudTestReply>
}

/** This Mac's mark in the documents of a bucket that several may write to. It lies beside the catalog as well: one that
 * was rebuilt from the journals owns the same photos as the one before. Where no disk keeps it, it is good for
 * one run: whose something in the bucket is, it does not decide.
 * @param path `<data>/config/mac` */
export function macId(settings: Catalog['settings'], path: string): string {
  const known = settings.get('mac') ?? readMark(path) ?? randomBytes(4).toString('hex')
  try {
    if (settings.get('mac') === undefined) settings.set('mac', known)
  } catch (error) {
    if (!isStorageFault(error)) throw error
  }
  try {
    if (readMark(path) === known) return known
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${known}\n`)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
  return known
}

function readMark(path: string): string | undefined {
  try {
    return /^[0-9a-f]{8}$/m.exec(readFileSync(path, 'utf8'))?.[0]
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

export function createCloud(needs: {
  data: string
  environment: S3Settings | null
  catalog: Catalog
  now: () => number
  /** A clock for waiting, which does not jump; `now` by default. */
  steady?: () => number
  log: Log
  onChange: () => void
  onDocument?: (bytes: number) => void
  links?: HeadAdditions
  /** A file of a publication is in the bucket, verified. */
  onStored?: (eventId: number, key: string) => void
  /** The Event's head in the bucket is another. */
  onHead?: (eventId: number) => void
  /** How long the bucket may take. */
  patience?: Patience
}): Cloud {
  const { catalog, now, steady = now, log } = needs
  const { events, publications } = catalog
  const mac = macId(catalog.settings, join(needs.data, 'config', 'mac'))
  const settings = openCloudSettings({
    path: join(needs.data, 'config', 'cloud.json'),
    environment: needs.environment,
  })
  const files = createBucketFiles({
    catalog,
    now,
    steady,
    mac,
    photoBaseUrl: () => settings.current().photoBaseUrl || null,
    ...(needs.links && { links: needs.links }),
  })
  let store = openStore(settings, needs.data, catalog.settings, needs.patience)
  const eventOf = (eventId: number) => events.list().find(({ id }) => id === eventId)

  const leftCovers = createLeftCovers({
    settings: catalog.settings,
    isBack: (eventId, key) => catalog.uploads.stateOf(eventId, key) !== undefined,
    now,
  })

  function onRemoved({ eventId, key }: UploadRecord): void {
    files.removed(eventId, key)
    if (isCover(key) && !files.isOthers(eventId, key)) {
      leftCovers.add(eventId, key)
      cdnCheck.wake()
    }
    const publication = publications.byName(eventId, publicationOf(key))
    if (publication?.state !== 'gone') return
    // Every size has to be gone; which of them goes last is chance.
    const peers = sizesOf(publication.name).filter((other) => other !== key)
    if (peers.some((other) => catalog.uploads.isLeaving(eventId, other))) return
    publications.cleared(publication.id, 'removed')
    cdnCheck.wake()
  }

  const uploader = createRunning(() =>
    createUploader({
      uploads: catalog.uploads,
      transaction: catalog.transaction,
      store,
      now,
      log,
      mac,
      fileOf: files.fileOf,
      onStored({ eventId, key }) {
        files.stored(eventId, key)
        needs.onStored?.(eventId, key)
      },
      onRemoved,
      adopt: files.adopt,
      isLikelyThere: ({ id }) => id <= Number(catalog.settings.get(SENT_AGAIN) ?? 0),
      placesOf: files.placesOf,
      isOthers: files.isOthers,
      prefixOf: (eventId) => eventOf(eventId)?.prefix ?? '',
      manifestOf: async (eventId) => {
        await files.look(store, eventId)
        return files.documents(eventId).map((file) => ({ ...file, ...headersOf(file.key) }))
      },
      limit: () => (settings.current().uploadLimit * 1000) / 8,
      onChange: needs.onChange,
      ...(needs.onHead && { onHead: needs.onHead }),
      ...(needs.onDocument && { onDocument: needs.onDocument }),
    }),
  )

  /** The addresses under which guests find an object. */
  function publicUrls(eventId: number, keys: readonly string[]): string[] {
    const { publicUrl, photoBaseUrl } = settings.current()
    const prefix = eventOf(eventId)?.prefix
    if (prefix === undefined) return []
    const roots = [photoBaseUrl, publicUrl && `${publicUrl}/photo`].filter((root) => root !== '')
    return roots.flatMap((root) =>
      keys.map((key) => `${root}/${[prefix, ...key.split('/')].map(encodeURIComponent).join('/')}`),
    )
  }

  const cdnCheck = createCdnCheck({
    leaving: () => [...publications.unverified(), ...leftCovers.list()],
    urlsOf: ({ eventId, name }: Leaving) => publicUrls(eventId, sizesOf(name)),
    purge: createPurge({ account: () => settings.current().purge, now, steady }),
    verified({ id }) {
      if (!leftCovers.verified(id)) publications.cleared(id, 'verified')
      needs.onChange()
    },
    log,
  })

  const frontDoor = createFrontDoorWatch({
    isShown: () => isAtFrontDoor(events.current(), now()),
    changed() {
      files.changed()
      uploader.current().wake()
    },
    log,
  })

  /** Queues everything for a bucket that this queue was not made for. */
  function greet(): void {
    if (settings.current().fault !== null) return
    const before = catalog.settings.get(STORE) ?? 'folder'
    if (before === store.id) return
    files.sendAll()
    catalog.settings.set(SENT_AGAIN, String(catalog.uploads.lastId()))
    catalog.settings.set(STORE, store.id)
  }

  /** What an earlier run, an earlier version or this Mac under another mark has left in the bucket. */
  function tidy(): void {
    if (catalog.isReadOnly) return
    files.sweep()
    const told = catalog.settings.get(TOLD_AS)
    if (told === `${mac} ${FORM}`) return
    // One write is enough where only the documents are missing: it makes those of all that the index names.
    if (told === mac) files.eventChanged(events.current().id)
    else files.tellAll()
    catalog.settings.set(TOLD_AS, `${mac} ${FORM}`)
  }

  return {
    files,
    settings,
    store: () => store,
    async start() {
      try {
        greet()
        tidy()
      } catch (error) {
        // A full disk: the next start looks again.
        if (!isStorageFault(error)) throw error
        log.warn({ err: error }, 'What the bucket does not know, or has too much, waits for the next start')
      }
      await uploader.start()
      cdnCheck.start()
      frontDoor.start()
    },
    async stop() {
      frontDoor.stop()
      await cdnCheck.stop()
      await uploader.stop()
      store.close?.()
    },
    wake: () => uploader.current().wake(),
    isRemoving: (eventId, key) => uploader.current().isRemoving(eventId, key),
    status() {
      const since = now() - GONE_FOR
      const gone = publications
        .leaving(events.current().id, GONE_SHOWN)
        .filter(({ at, state }) => at > since || state === 'leaving')
      return {
        ...uploader.current().status(),
        gone: gone.map(({ name, state, at }) => ({ filename: name, state, at: new Date(at).toISOString() })),
      }
    },
    eventDocument: (slug) => askDocument(store, slug, log),
    publicUrls,
    publicUrl: () => settings.current().publicUrl || null,
    view: settings.view,
    async save(change) {
      await uploader.around(async () => {
        await settings.save(change)
        // A person has looked: what this folder calls published may be sent again.
        if (catalog.settings.get(RESTORED) !== undefined) catalog.settings.set(RESTORED, '')
        store.close?.()
        store = openStore(settings, needs.data, catalog.settings, needs.patience)
        greet()
        // Whatever was in the way may be gone now.
        catalog.uploads.hurry()
        files.changed()
      })
      cdnCheck.wake()
      needs.onChange()
    },
    test: () => probeStore({ store, ...probePlace(events.current().prefix, settings.current()) }),
  }
}
