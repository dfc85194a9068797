import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import {
  eventAddress,
  forEvent,
  objectUrl,
  photoAddress,
  pictureOf,
  withCard,
  type Card,
} from '../../../contract/card.ts'
import type { GalleryTree } from '../../../publish/gallery-tree.ts'
import { manifestEntry } from '../../../publish/manifest.ts'
import type { App } from '../../plugin.ts'
import type { Doors } from './door.ts'
import { page } from '../../static/pages.ts'

const OfEvent = Type.Object({ slug: Type.String() })
const OfPhoto = Type.Object({ slug: Type.String(), name: Type.String() })

/** The gallery's page at the addresses that guests pass on: with what a chat shows of the link. */
export function registerCards(
  app: App,
  needs: { catalog: Catalog; doors: Doors; tree: GalleryTree; dist: string },
): void {
  const { catalog, doors, tree } = needs
  const config = { access: 'public', audit: null } as const

  function send(reply: FastifyReply, slug: string, card: Card | null, code = 200): FastifyReply {
    const html = forEvent(page(join(needs.dist, 'gallery', 'index.html')).toString(), slug)
    return reply
      .code(code)
      .header('cache-control', code === 200 ? 'no-cache' : 'no-store')
      .type('text/html; charset=utf-8')
      .send(card === null ? html : withCard(html, card))
  }

  const hostOf = (request: FastifyRequest) => `${request.protocol}://${request.headers.host ?? ''}`
  const descriptionOf = ({ settings, date }: EventRecord) =>
    [settings.event_subtitle, date].filter((text) => text !== '').join(' · ')

  function eventCard(request: FastifyRequest, event: EventRecord): Card {
    const host = hostOf(request)
    const { hero } = event
    const newest = hero === null ? tree.files(event).head.recent[0] : undefined
    return {
      title: event.settings.event_title || event.date,
      description: descriptionOf(event),
      url: eventAddress(`${host}/gallery`, event.slug),
      picture:
        hero !== null
          ? {
              url: objectUrl(`${host}/photo`, event.prefix, `assets/${hero}`),
              type: 'image/jpeg',
              size: null,
            }
          : newest
            ? pictureOf(newest, `${host}/photo`, event.prefix)
            : null,
    }
  }

  /** Of an Event behind a PIN its title alone is said, as at its door; of one that has ended nothing. */
  const closedCard = (request: FastifyRequest, event: EventRecord): Card => ({
    title: event.settings.event_title || event.date,
    description: event.date,
    url: eventAddress(`${hostOf(request)}/gallery`, event.slug),
    picture: null,
  })

  function photoCard(request: FastifyRequest, event: EventRecord, name: string): Card | null {
    const publication = catalog.publications.byName(event.id, name)
    // Nothing of a photo that is not public is said, not even that there was one.
    if (publication?.state !== 'live' || publication.name !== name || tree.isHidden(publication.id))
      return null
    const host = hostOf(request)
    return {
      title: event.settings.event_title || event.date,
      description: descriptionOf(event),
      url: photoAddress(`${host}/gallery`, event.slug, name),
      picture: pictureOf(manifestEntry(publication), `${host}/photo`, event.prefix),
    }
  }

  for (const url of ['/e/:slug', '/e/:slug/', '/gallery/e/:slug', '/gallery/e/:slug/'])
    app.get(url, { config, schema: { params: OfEvent } }, async (request, reply) => {
      const { slug } = request.params
      const event = catalog.events.find(slug)
      const state = event && (await doors.stateOf(request, event))
      if (!event || state === 'ended') return send(reply, slug, null)
      return send(reply, slug, state === 'pin' ? closedCard(request, event) : eventCard(request, event))
    })

  for (const url of ['/e/:slug/p/:name', '/gallery/e/:slug/p/:name'])
    app.get(url, { config, schema: { params: OfPhoto } }, async (request, reply) => {
      const { slug, name } = request.params
      const event = catalog.events.find(slug)
      if (!event) return send(reply, slug, null, 404)
      const state = await doors.stateOf(request, event)
      if (state === 'ended') return send(reply, slug, null)
      if (state === 'pin') return send(reply, slug, closedCard(request, event))
      const card = photoCard(request, event, name)
      return send(reply, slug, card, card ? 200 : 404)
    })
}
