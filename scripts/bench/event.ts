import { createHash } from 'node:crypto'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { folderIds, openCatalog, type Catalog } from '../../daemon/catalog/catalog.ts'
import type { PhotoRecord } from '../../daemon/catalog/photos/photos.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { splitName } from '../../daemon/files.ts'
import { FOLDER_ROLES, openFolders, type FolderPaths } from '../../daemon/folders.ts'
import { silentLog } from '../../daemon/log.ts'
import { thumbName, viewName } from '../../daemon/publish/public-names.ts'

/** What an event holds before it is measured. */
export interface Filling {
  /** Photos in the buffer that nobody will touch. */
  readonly photos: number
  /** How many of them are published. */
  readonly published: number
  /** Photos of a usual shape that the rounds will publish: `FRESH_0001.JPG`, ... */
  readonly fresh: number
  /** Their size, pixels; 1200 by 800 by default. */
  readonly freshSize?: { readonly width: number; readonly height: number }
}

interface Picture {
  readonly jpeg: Buffer
  readonly width: number
  readonly height: number
}

async function picture(width: number, height: number): Promise<Picture> {
  const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const
  const create = { width, height, channels: 3, background: '#888', noise } as const
  return { jpeg: await sharp({ create }).jpeg({ quality: 80 }).toBuffer(), width, height }
}

/** The same picture with other bytes: a comment after the JPEG's first marker. */
function numbered(jpeg: Buffer, n: number): Buffer {
  const comment = Buffer.from([0xff, 0xfe, 0, 6, ...Buffer.from(String(n).padStart(4, '0'))])
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)])
}

export const freshName = (n: number) => `FRESH_${String(n + 1).padStart(4, '0')}.JPG`
const fillerName = (n: number) => `IMG_${String(n + 1).padStart(4, '0')}.JPG`

async function addPhotos(
  catalog: Catalog,
  paths: FolderPaths,
  names: readonly string[],
  source: Picture,
): Promise<PhotoRecord[]> {
  const eventId = catalog.events.current().id
  const { width, height } = source
  const takenAt = Math.floor(Date.now() / 1000) * 1000 - names.length * 1000
  const files = names.map((filename, n) => ({ filename, bytes: numbered(source.jpeg, n) }))
  // The catalog's size and time must be the file's own, or the daemon would look at each of them again.
  const modified = new Date(takenAt)
  await inTurns(files, async ({ filename, bytes }) => {
    const path = join(paths.buffer, filename)
    await writeFile(path, bytes)
    await utimes(path, modified, modified)
  })
  return catalog.transaction(() =>
    files.map(({ filename, bytes }, n) =>
      catalog.photos.add(
        eventId,
        { width, height, takenAt: takenAt + n * 1000, camera: 'Bench', serial: null, rating: 0 },
        {
          sha256: createHash('sha256').update(bytes).digest('hex'),
          filename,
          bytes: bytes.length,
          modifiedAt: takenAt,
          kind: 'jpeg',
          origin: 'buffer',
          originName: filename,
        },
      ),
    ),
  )
}

/** Makes each look published and uploaded long ago: rows, files, and nothing left to upload. */
async function publishAll(
  catalog: Catalog,
  paths: FolderPaths,
  photos: readonly PhotoRecord[],
  source: Picture,
): Promise<void> {
  const eventId = catalog.events.current().id
  const thumb = await sharp(source.jpeg).webp().toBuffer()
  const names = photos.map((photo) => `${splitName(photo.filename)[0]}.jpg`)
  for (const folder of ['thumb', 'view']) await mkdir(join(paths.web, folder), { recursive: true })
  await inTurns(names, async (name) => {
    await writeFile(join(paths.web, name), source.jpeg)
    for (const file of [thumbName(name), viewName(name)]) await writeFile(join(paths.web, file), thumb)
  })
  catalog.transaction(() => {
    photos.forEach((photo, n) => {
      const { width, height } = source
      const thumbhash = createHash('sha256').update(photo.id).digest().subarray(0, 21).toString('base64')
      const bytes = source.jpeg.length
      const viewBytes = thumb.length
      const made = { photoId: photo.id, edit: NEUTRAL, width, height, bytes, thumbhash, viewBytes }
      const name = names[n]!
      const { id } = catalog.publications.goLive(catalog.publications.reserve(eventId, name, made).id, null)
      for (const [lane, key] of [
        ['thumb', thumbName(name)],
        ['web', viewName(name)],
        ['web', name],
      ] as const) {
        catalog.uploads.add(eventId, lane, key, bytes, id)
        const [upload] = catalog.uploads.due(Date.now(), 1)
        if (upload) catalog.uploads.done(upload.id, 'bench')
      }
    })
  })
}

/** A data folder as it stands in the middle of an event, made in seconds: the rows go through the catalog's own
 * calls and the files are small. */
export async function prepareEvent(
  data: string,
  { photos, published, fresh, freshSize = { width: 1200, height: 800 } }: Filling,
): Promise<void> {
  const paths = Object.fromEntries(
    FOLDER_ROLES.map((role) => [role, join(data, `photos_${role}`)]),
  ) as Record<keyof FolderPaths, string>
  const catalog = openCatalog({ path: join(data, 'catalog.db'), now: Date.now, log: silentLog })
  try {
    catalog.events.open('Bench', () => paths)
    await openFolders({ paths, ids: folderIds(catalog.settings), isOurs: () => true })
    const small = await picture(64, 48)
    const names = Array.from({ length: photos }, (_, n) => fillerName(n))
    const added = await addPhotos(catalog, paths, names, small)
    await publishAll(catalog, paths, added.slice(0, published), small)
    const freshNames = Array.from({ length: fresh }, (_, n) => freshName(n))
    await addPhotos(catalog, paths, freshNames, await picture(freshSize.width, freshSize.height))
    await catalog.journal.drain()
  } finally {
    catalog.close()
  }
}

/** A few at a time: thousands of open files at once are refused. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 64) await Promise.all(items.slice(at, at + 64).map(work))
}
