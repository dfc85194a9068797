import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openCatalog, type Catalog } from '../../daemon/catalog/catalog.ts'
import type { Lane } from '../../daemon/catalog/publications/uploads.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { FOLDER_ROLES, type FolderPaths } from '../../daemon/folders.ts'
import { silentLog } from '../../daemon/log.ts'
import { createBucketFiles } from '../../daemon/cloud/bucket-files.ts'
import { thumbName, viewName } from '../../daemon/publish/public-names.ts'
import { md5 } from '../../daemon/cloud/store/store.ts'
import type { Bench } from './harness.ts'

const COUNTS = [1000, 10_000]

/** An event with `count` publications, all of them in the bucket, and what a publish sends as documents. */
async function openPublished(count: number) {
  const data = await mkdtemp(join(tmpdir(), 'lep-bench-'))
  const catalog = openCatalog({ path: join(data, 'catalog.db'), now: Date.now, log: silentLog })
  const paths = Object.fromEntries(
    FOLDER_ROLES.map((role) => [role, join(data, role)]),
  ) as unknown as FolderPaths
  const event = catalog.events.open('A wedding', () => paths)
  const files = createBucketFiles({ catalog, now: Date.now, mac: 'ab12cd34' })
  const seen = new Map<string, string>()
  let made = 0

  function publish({ photos, publications, uploads }: Catalog): void {
    made += 1
    const filename = `IMG_${String(made).padStart(4, '0')}.JPG`
    const takenAt = Date.now() + made * 7000
    const photo = photos.add(
      event.id,
      { width: 6000, height: 4000, takenAt, camera: 'X', serial: '1', rating: 0 },
      {
        sha256: `${made}`,
        filename,
        bytes: 9_000_000,
        modifiedAt: takenAt,
        kind: 'jpeg',
        origin: 'buffer',
        originName: filename,
      },
    )
    const thumbhash = Buffer.from(md5(filename) + md5(`${made}`), 'hex')
      .subarray(0, 24)
      .toString('base64')
    const row = {
      photoId: photo.id,
      edit: NEUTRAL,
      width: 2048,
      height: 1365,
      bytes: 512_345 + made,
      viewBytes: 72_345,
      thumbhash,
    }
    const name = filename.replace('.JPG', '.jpg')
    const { id, place } = publications.goLive(publications.reserve(event.id, name, row).id, null)
    uploads.add(event.id, 'thumb', thumbName(name), 0, id)
    uploads.add(event.id, 'web', viewName(name), 9, id)
    uploads.add(event.id, 'web', name, 9, id)
    files.changed(place)
  }
  /** The uploads of a lane are in the bucket. */
  function stored(lane: Lane): void {
    for (const upload of catalog.uploads.due(Number.MAX_SAFE_INTEGER, 10))
      if (upload.lane === lane && catalog.uploads.done(upload.id, 'etag') && lane !== 'manifest')
        files.stored(event.id, upload.key)
  }
  /** @returns bytes of the documents that the bucket does not have yet */
  function send(): number {
    let bytes = 0
    for (const { key, body } of files.documents(event.id)) {
      const etag = md5(body)
      if (seen.get(key) !== etag) bytes += Buffer.byteLength(body)
      seen.set(key, etag)
    }
    return bytes
  }
  /** @returns bytes sent once the thumb is there, and again once the web size is */
  function publishOne(): number {
    catalog.transaction(() => publish(catalog))
    stored('thumb')
    const first = send()
    stored('web')
    return first + send()
  }
  const head = () => files.documents(event.id).find(({ key }) => key.endsWith('/manifest.json'))!.body

  catalog.transaction(() => {
    for (let n = 0; n < count; n += 1) {
      publish(catalog)
      for (const lane of ['thumb', 'web'] as const) stored(lane)
    }
  })
  send()
  let unpublished = 0
  return {
    publishOne,
    /** Unpublishes an old photo, each time another. @returns bytes sent */
    unpublishOne() {
      unpublished += 1
      const name = `IMG_${String(unpublished * 7).padStart(4, '0')}.jpg`
      const { id, place } = catalog.publications.byName(event.id, name)!
      catalog.publications.goGone(id)
      files.changed(place)
      return send()
    },
    head,
    async close() {
      catalog.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

async function openBoth() {
  const events = await Promise.all(COUNTS.map(openPublished))
  return { events, close: async () => void (await Promise.all(events.map((one) => one.close()))) }
}

const name = (n: number) => `${COUNTS[n]} published`
/** Over a whole page of the manifest, so that the dear rounds are in. */
const ROUNDS = 200

/** @param most of the greater event, kB
 * @param run what is measured, kB */
const documents = (
  title: string,
  rounds: number,
  most: number,
  run: (event: Awaited<ReturnType<typeof openPublished>>) => number,
): Bench => ({
  name: 'cloud',
  title,
  unit: 'kB',
  warmUp: 0,
  rounds,
  limits: [
    { kind: 'most', of: name(1), most, unit: 'kB' },
    { kind: 'ratio', of: name(1), to: name(0), most: 1.15 },
  ],
  async open() {
    const { events, close } = await openBoth()
    return { contenders: events.map((event, n) => ({ name: name(n), run: async () => run(event) })), close }
  },
})

/** Bytes that go to the bucket as documents: for each publish twice, as its thumb and its web size arrive. */
export const cloudDocuments: readonly Bench[] = [
  documents('bytes sent as manifest per publish, mean of 200', 3, 60, (event) => {
    let bytes = 0
    for (let k = 0; k < ROUNDS; k += 1) bytes += event.publishOne()
    return bytes / ROUNDS / 1000
  }),
  documents(
    'bytes sent as manifest by the dearest of 200 publishes',
    3,
    60,
    (event) => Math.max(...Array.from({ length: ROUNDS }, () => event.publishOne())) / 1000,
  ),
  documents(
    'bytes sent as manifest when an old photo is unpublished',
    20,
    60,
    (event) => event.unpublishOne() / 1000,
  ),
  documents("the manifest's head, gzip", 50, 20, (event) => {
    event.publishOne()
    return gzipSync(event.head()).length / 1000
  }),
]
