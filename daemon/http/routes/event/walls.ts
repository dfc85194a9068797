import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { objectUrl } from '../../../contract/card.ts'
import { WallsBody, WallsReply, type WallView } from '../../../contract/wall-api.ts'
import { Refusal } from '../../../errors.ts'
import type { GalleryTree } from '../../../publish/gallery-tree.ts'
import type { OutputSettingsStore } from '../../../publish/output-settings.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'
import { hasLogo, type ConnectedWall, type WallSockets } from '../guests/walls.ts'

/** What is shown once is nothing worth a line; which settings were changed is. */
function wallsAudit({ body }: AuditedCall<WallsBody>) {
  if (body.action === 'show') return null
  return { what: 'settings changed', subject: 'walls', details: Object.keys(body.settings) }
}

/** The walls that are connected, and what they are to show. */
export function registerWalls(
  app: App,
  needs: {
    catalog: Pick<Catalog, 'events' | 'publications' | 'walls' | 'transaction'>
    sockets: WallSockets
    tree: Pick<GalleryTree, 'isHidden' | 'changed'>
    outputSettings: Pick<OutputSettingsStore, 'files'>
    /** Called when what walls show was changed. */
    onChange: () => void
  },
): void {
  const { catalog, sockets, tree, outputSettings } = needs

  const isPublic = (event: EventRecord, name: string): boolean => {
    const publication = catalog.publications.byName(event.id, name)
    if (publication?.state !== 'live' || publication.name !== name || publication.place === 0) return false
    return !tree.isHidden(publication.id)
  }

  function viewOf(event: EventRecord, { id, report, isKnown }: ConnectedWall): WallView[] {
    if (!report) return []
    // A wall may say anything: only what is public is passed on.
    const shows = report.shows !== null && isPublic(event, report.shows) ? report.shows : null
    return [
      {
        id,
        name: report.name,
        width: report.width,
        height: report.height,
        shows,
        thumb:
          shows === null
            ? null
            : objectUrl('/photo', event.prefix, `thumb/${shows.replace(/\.[^./]*$/, '')}.webp`),
        settings: catalog.walls.of(event.id, report.key),
        own: catalog.walls.isOwn(event.id, report.key),
        known: isKnown,
      },
    ]
  }

  function reply(): WallsReply {
    const event = catalog.events.current()
    return {
      settings: catalog.walls.of(event.id),
      walls: sockets.list(event.id).flatMap((wall) => viewOf(event, wall)),
      has_logo: hasLogo(outputSettings),
    }
  }

  function wallOf(event: EventRecord, id: string): ConnectedWall {
    const found = sockets.list(event.id).find((wall) => wall.id === id)
    if (!found) throw new Refusal(404, 'no_such_wall', 'This wall is not connected any more.')
    return found
  }

  app.get(
    '/api/walls',
    {
      config: { access: 'editor', audit: null },
      schema: {
        summary: 'The walls that are connected, and how they show the event',
        errors: {},
        response: { 200: WallsReply },
      },
    },
    async () => reply(),
  )

  app.post(
    '/api/walls',
    {
      config: { access: 'editor', audit: wallsAudit },
      schema: {
        summary: 'Change what one wall or all of them show, or put a published photo on them now',
        errors: { 404: ['no_such_wall', 'unknown_publication'], 409: ['no_walls'] },
        body: WallsBody,
        response: { 200: WallsReply },
      },
    },
    async (request) => {
      const { body } = request
      const event = catalog.events.current()
      const key = body.wall === null ? null : (wallOf(event, body.wall).report?.key ?? null)
      if (body.action === 'show') {
        if (!isPublic(event, body.filename))
          throw new Refusal(404, 'unknown_publication', `Nothing is published as "${body.filename}".`)
        if (sockets.ask(event.id, body.wall, body.filename) === 0)
          throw new Refusal(409, 'no_walls', 'No wall is connected.')
        return reply()
      }
      const changed = catalog.transaction(() => {
        catalog.walls.change(event.id, key, body.settings)
        const answer = reply()
        request.record(answer)
        return answer
      })
      sockets.changed(event.id)
      needs.onChange()
      // Walls on the internet read it where guests read the photos.
      if (key === null) void tree.changed()
      return changed
    },
  )
}
