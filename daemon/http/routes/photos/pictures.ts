import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { OriginalRecord, PhotoRecord } from '../../../catalog/photos/photos.ts'
import { renditionFile } from '../../../views/views.ts'
import { isUnread, originalUnread, type Proof } from '../../../originals/proof.ts'
import type { OriginalFiles } from '../../../originals/original-files.ts'
import { NEUTRAL } from '../../../contract/recipe.ts'
import type { Darkroom } from '../../../darkroom/darkroom.ts'
import { readThumbnail } from '../../../darkroom/formats/thumbnail.ts'
import { Refusal } from '../../../errors.ts'
import { looksOf } from '../../guard/client-address.ts'
import { FOREVER, sendFile } from '../../static/files.ts'
import type { App } from '../../plugin.ts'

const Named = Type.Object({ filename: Type.String() })
const Media = Type.Object({ id: Type.String(), file: Type.String() })

const TYPES: Record<string, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  tiff: 'image/tiff',
  avif: 'image/avif',
}

/** Pictures for the app. Every one is looked up in the catalog; no request spells a path. */
export function registerPictures(
  app: App,
  needs: {
    catalog: Catalog
    originalFiles: OriginalFiles
    darkroom: Pick<Darkroom, 'rendition' | 'renditionKey'>
    proof: Pick<Proof, 'of'>
  },
): void {
  const { catalog, originalFiles, darkroom, proof } = needs
  const config = { access: 'viewer', audit: null } as const
  const gone = () => new Refusal(404, 'not_found', 'There is nothing at this address.')

  async function isWhatItWas(photo: PhotoRecord, original: OriginalRecord): Promise<boolean> {
    try {
      const { sha256 } = original
      return (await proof.of({ path: originalFiles.pathOf(photo, original), sha256 })) === 'same'
    } catch (error) {
      throw isUnread(error) ? originalUnread(original.filename, error) : error
    }
  }

  async function isNoFile(path: string): Promise<boolean> {
    const stats = await lstat(path).catch(() => null)
    return stats !== null && !stats.isFile()
  }

  app.get('/media/:id/:file', { config, schema: { params: Media } }, async (request, reply) => {
    const photo = catalog.photos.byId(request.params.id)
    // A link may stand where the Original was: what it leads to is not ours to show. Where nothing stands, or other
    // bytes, there is still what was made of it before.
    if (photo && (await isNoFile(originalFiles.claimOf(photo).path))) throw gone()
    if (photo && request.params.file === 'thumbnail.jpg') {
      // A final has none of its own that can be trusted: programs leave the one of before.
      const jpeg =
        !photo.final && (await isWhatItWas(photo, photo.main))
          ? await readThumbnail(originalFiles.pathOf(photo))
          : null
      void reply.header('cache-control', 'private, max-age=600')
      return jpeg ? reply.type('image/jpeg').send(jpeg) : reply.code(204).send()
    }
    // A closer look. Its address does not say which picture it is made from, so it is fetched again each time.
    if (photo && request.params.file === 'full.jpg') {
      const { path } = await darkroom.rendition(
        originalFiles.claimOf(photo),
        'full',
        NEUTRAL,
        looksOf(request, reply),
      )
      return sendFile(request, reply, path, { type: 'image/jpeg', cache: 'private, max-age=600' })
    }
    const name = (['tile', 'preview'] as const).find((one) => request.params.file.startsWith(`${one}-`))
    if (!photo || !name || request.params.file !== renditionFile(darkroom, photo, name)) throw gone()
    const { path } = await darkroom.rendition(
      originalFiles.claimOf(photo),
      name,
      NEUTRAL,
      looksOf(request, reply),
    )
    return sendFile(request, reply, path, { type: 'image/jpeg', cache: FOREVER.replace('public', 'private') })
  })

  // Originals are for those who work on them.
  app.get(
    '/raw/:filename',
    { config: { access: 'editor', audit: null }, schema: { params: Named } },
    async (request, reply) => {
      const { filename } = request.params
      const photo = catalog.photos.named(catalog.events.current().id, filename)
      if (!photo) throw gone()
      const original = photo.raw?.filename.toLowerCase() === filename.toLowerCase() ? photo.raw : photo.main
      if (!(await isWhatItWas(photo, original))) throw gone()
      return sendFile(request, reply, originalFiles.pathOf(photo, original), {
        type: TYPES[original.kind] ?? 'application/octet-stream',
        cache: 'private, no-cache',
        download: original.filename,
      })
    },
  )

  for (const path of ['/live/:filename', '/photos_web/:filename'])
    app.get(path, { config, schema: { params: Named } }, async (request, reply) => {
      const event = catalog.events.current()
      const publication = catalog.publications.byName(event.id, request.params.filename)
      if (publication?.state !== 'live') throw gone()
      return sendFile(request, reply, join(event.folders.web, publication.name), {
        type: 'image/jpeg',
        cache: 'private, no-cache',
        download: publication.name,
      })
    })
}
