import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import type { PublicationRecord } from '../../../catalog/publications/publications.ts'
import type { EventAddress } from '../../../contract/manifest.ts'
import { splitName } from '../../../files.ts'
import type { GalleryTree } from '../../../publish/gallery-tree.ts'
import { eventsIndex } from '../../../publish/event-document.ts'
import { createPacked } from './packed.ts'
import { FOREVER, sendFile } from '../../static/files.ts'
import type { App } from '../../plugin.ts'
import { createDoors, isOwn, nothingHere } from './door.ts'

/** A file below an Event's web folder, what it is a picture of, and how long it is as published, where that is known. */
type Find = (
  event: EventRecord,
  file: string,
) => { name: string; publication?: PublicationRecord; bytes?: number | null }

const One = Type.Object({ prefix: Type.String(), file: Type.String() })
/** Guests' pages and walls hear news from this daemon by themselves. */
const SOCKETS = { push: true, walls: true } as const

/** What one guest got for a PIN is for that guest alone. */
const OWN_FOREVER = 'private, max-age=31536000, immutable'

/** Whether an `If-None-Match` names this ETag; proxies that pack what they pass on make it a weak one. */
function isKnown(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')))
}

/** What guests read: the same tree as in the bucket, below `/photo/`. Only what is live in the catalog is served,
 * whatever lies in the folder, and no Event is named but the one that is asked for.
 * @param needs.now milliseconds since 1970 */
export function registerTree(
  app: App,
  needs: {
    catalog: {
      events: Pick<Catalog['events'], 'current' | 'find' | 'list'>
      publications: Pick<Catalog['publications'], 'byName'>
    }
    tree: Pick<GalleryTree, 'files' | 'page' | 'isHidden'>
    now: () => number
    /** A guest's page gets a picture of it. */
    seen: (publication: PublicationRecord) => void
    /** Whether pages are told news here; else they ask. */
    hasSockets: boolean
  },
): void {
  const { catalog, tree, now } = needs
  const sockets = needs.hasSockets ? SOCKETS : {}
  const config = { access: 'public', audit: null } as const
  const doors = createDoors({ catalog, now })
  const packed = createPacked()

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
    // An Event behind a PIN has said already that it varies with the cookie.
    const varies = [reply.getHeader('vary'), 'accept-encoding'].filter((one) => one !== undefined).join(', ')
    void reply.type('application/json; charset=utf-8').header('vary', varies)
    return small === null ? reply.send(body) : reply.header('content-encoding', 'gzip').send(small)
  }

  function sendMade(request: FastifyRequest, reply: FastifyReply, value: object, own = false): FastifyReply {
    const body = JSON.stringify(value)
    const etag = createHash('sha256').update(body).digest('base64url')
    return sendDocument(request, reply, body, etag, own ? 'private, no-cache' : 'no-cache')
  }

  function livePublication(event: EventRecord, name: string): PublicationRecord {
    const publication = catalog.publications.byName(event.id, name)
    // A Mac's disk would find `img_1.jpg` for `IMG_1.jpg`, but a public name has one spelling everywhere.
    if (publication?.state !== 'live' || publication.name !== name || tree.isHidden(publication.id))
      throw nothingHere()
    return publication
  }

  /** A route whose answer is a file of the Event, if that is open.
   * @param find the file below its web folder; throws Refusal 404 */
  function serve(folder: string, type: string, find: Find): void {
    const url = ['/photo/:prefix', folder, ':file'].filter((part) => part !== '').join('/')
    app.get(url, { config, schema: { params: One } }, async (request, reply) => {
      const { prefix, file } = request.params
      const event = await doors.byPrefix(request, reply, prefix, 'picture')
      if (!event) return reply
      const { name, publication, bytes = null } = find(event, file)
      // People who work here look at the gallery too, and are no guests.
      if (publication && request.who.role === 'guest' && request.method === 'GET') needs.seen(publication)
      const path = join(event.folders.web, folder, name)
      const cache = isOwn(event) ? OWN_FOREVER : FOREVER
      return sendFile(request, reply, path, { type, cache, bytes })
    })
  }

  app.get('/photo/events.json', { config }, (request, reply) => {
    const index = eventsIndex(catalog.events.current(), now())
    return sendMade(request, reply, { ...index, ...(index.current !== null && sockets) })
  })

  app.get(
    '/photo/events/:file',
    { config, schema: { params: Type.Pick(One, ['file']) } },
    async (request, reply) => {
      const slug = /^(.+)\.json$/.exec(request.params.file)?.[1]
      if (slug === undefined) throw nothingHere()
      const event = await doors.bySlug(request, reply, slug)
      if (!event) return reply
      const { prefix, settings } = event
      const said: EventAddress = { v: 1, slug, prefix, title: settings.event_title, ...sockets }
      return sendMade(request, reply, said, isOwn(event))
    },
  )

  app.get(
    '/photo/:prefix/manifest.json',
    { config, schema: { params: Type.Pick(One, ['prefix']) } },
    async (request, reply) => {
      const event = await doors.byPrefix(request, reply, request.params.prefix, 'list')
      if (!event) return reply
      const { head } = tree.files(event)
      const cache = isOwn(event) ? 'private, no-cache' : 'no-cache'
      return sendDocument(request, reply, JSON.stringify(head), `${head.revision}`, cache)
    },
  )

  app.get('/photo/:prefix/pages/:file', { config, schema: { params: One } }, async (request, reply) => {
    const { prefix, file } = request.params
    const event = await doors.byPrefix(request, reply, prefix, 'list')
    if (!event) return reply
    const body = tree.page(event, `pages/${file}`)
    if (body === null) throw nothingHere()
    return sendDocument(request, reply, body, file, isOwn(event) ? OWN_FOREVER : FOREVER)
  })

  for (const size of ['thumb', 'view'])
    serve(size, 'image/webp', (event, file) => {
      const [stem, extension] = splitName(file)
      if (extension !== '.webp') throw nothingHere()
      const publication = livePublication(event, `${stem}.jpg`)
      return { name: file, publication, bytes: size === 'view' ? publication.viewBytes : null }
    })
  const published =
    (size: 'bytes' | 'fullBytes'): Find =>
    (event, file) => {
      const publication = livePublication(event, file)
      return { name: publication.name, publication, bytes: publication[size] }
    }
  serve('full', 'image/jpeg', published('fullBytes'))
  serve('assets', 'image/jpeg', ({ hero }, file) => {
    if (hero === null || file !== hero) throw nothingHere()
    return { name: hero }
  })
  serve('', 'image/jpeg', published('bytes'))
}
