import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { Refusal } from '../../../errors.ts'
import { splitName } from '../../../files.ts'
import type { GalleryTree } from '../../../publish/gallery-tree.ts'
import { eventsIndex } from '../../../publish/manifest.ts'
import { createPacked } from './packed.ts'
import { FOREVER, sendFile } from '../../static/files.ts'
import type { App } from '../../plugin.ts'

const One = Type.Object({ prefix: Type.String(), file: Type.String() })

/** Whether an `If-None-Match` names this ETag; proxies that pack what they pass on make it a weak one. */
function isKnown(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')))
}

/** What guests read: the same tree as in the bucket, below `/photo/`. Only what is live in the catalog is served,
 * whatever lies in the folder. */
export function registerTree(app: App, needs: { catalog: Catalog; tree: GalleryTree }): void {
  const { catalog, tree } = needs
  const config = { access: 'public', audit: null } as const
  const packed = createPacked()
  const gone = () => new Refusal(404, 'not_found', 'There is nothing at this address.')

  function eventOf(prefix: string): EventRecord {
    const event = catalog.events.list().find((one) => one.prefix === prefix)
    if (!event) throw gone()
    return event
  }

  function sendDocument(
    request: FastifyRequest,
    reply: FastifyReply,
    body: string,
    etag: string,
    cache = 'no-cache',
  ): FastifyReply {
    void reply.header('cache-control', cache).header('etag', `"${etag}"`)
    if (isKnown(request.headers['if-none-match'], `"${etag}"`)) return reply.code(304).send()
    const small = packed(body, request.headers['accept-encoding'])
    void reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding')
    return small === null ? reply.send(body) : reply.header('content-encoding', 'gzip').send(small)
  }

  function livePublication(event: EventRecord, name: string): string {
    const publication = catalog.publications.byName(event.id, name)
    // A Mac's disk would find `img_1.jpg` for `IMG_1.jpg`, but a public name has one spelling everywhere.
    if (publication?.state !== 'live' || publication.name !== name || tree.isHidden(publication.id))
      throw gone()
    return publication.name
  }

  app.get('/photo/events.json', { config }, (request, reply) => {
    const body = JSON.stringify(eventsIndex(catalog.events.list(), catalog.events.current().slug))
    return sendDocument(request, reply, body, createHash('sha256').update(body).digest('base64url'))
  })

  app.get(
    '/photo/:prefix/manifest.json',
    { config, schema: { params: Type.Pick(One, ['prefix']) } },
    (request, reply) => {
      const event = eventOf(request.params.prefix)
      const { head } = tree.files(event)
      return sendDocument(request, reply, JSON.stringify(head), `${head.revision}`)
    },
  )

  app.get('/photo/:prefix/pages/:file', { config, schema: { params: One } }, (request, reply) => {
    const { prefix, file } = request.params
    const event = eventOf(prefix)
    const body = tree.page(event, `pages/${file}`)
    if (body === null) throw gone()
    return sendDocument(request, reply, body, file, FOREVER)
  })

  for (const size of ['thumb', 'view'])
    app.get(`/photo/:prefix/${size}/:file`, { config, schema: { params: One } }, (request, reply) => {
      const { prefix, file } = request.params
      const event = eventOf(prefix)
      const [stem, extension] = splitName(file)
      if (extension !== '.webp') throw gone()
      livePublication(event, `${stem}.jpg`)
      const path = join(event.folders.web, size, file)
      return sendFile(request, reply, path, { type: 'image/webp', cache: FOREVER })
    })

  app.get('/photo/:prefix/full/:file', { config, schema: { params: One } }, (request, reply) => {
    const { prefix, file } = request.params
    const event = eventOf(prefix)
    const path = join(event.folders.web, 'full', livePublication(event, file))
    return sendFile(request, reply, path, { type: 'image/jpeg', cache: FOREVER })
  })

  app.get('/photo/:prefix/assets/:file', { config, schema: { params: One } }, (request, reply) => {
    const { prefix, file } = request.params
    const event = eventOf(prefix)
    if (event.hero === null || file !== event.hero) throw gone()
    const path = join(event.folders.web, 'assets', event.hero)
    return sendFile(request, reply, path, { type: 'image/jpeg', cache: FOREVER })
  })

  app.get('/photo/:prefix/:file', { config, schema: { params: One } }, (request, reply) => {
    const { prefix, file } = request.params
    const event = eventOf(prefix)
    const path = join(event.folders.web, livePublication(event, file))
    return sendFile(request, reply, path, { type: 'image/jpeg', cache: FOREVER })
  })
}
