import { Readable } from 'node:stream'
import type { Catalog } from '../../../catalog/catalog.ts'
import { EventReport, PhotoTimeline, ReportQuery, TimelineQuery } from '../../../contract/figures.ts'
import { Refusal } from '../../../errors.ts'
import type { Figures } from '../../../views/figures/report.ts'
import type { App } from '../../plugin.ts'

/** What became of an event, in figures, and when what happened to each photo. */
export function registerFigures(
  app: App,
  needs: { catalog: Pick<Catalog, 'events'>; figures: Figures },
): void {
  const { figures, catalog } = needs
  const config = { access: 'editor', audit: null } as const

  /** @throws Refusal 404 */
  function find(slug: string | undefined) {
    if (slug === undefined) return catalog.events.current()
    const event = catalog.events.find(slug)
    if (!event) throw new Refusal(404, 'no_such_event', `There is no event "${slug}".`)
    return event
  }

  app.get(
    '/api/photo-timeline',
    {
      config,
      schema: {
        summary: 'When a photo was shot, came in, was decided about, published and seen by a guest',
        errors: { 404: ['not_found'] },
        querystring: TimelineQuery,
        response: { 200: PhotoTimeline },
      },
    },
    async ({ query }) => {
      const timeline = figures.timeline(query.id)
      if (!timeline) throw new Refusal(404, 'not_found', 'There is nothing at this address.')
      return timeline
    },
  )

  app.get(
    '/api/event-report',
    {
      config,
      schema: {
        summary: 'An event in figures: how many photos, how long each step took, what was in the way',
        errors: { 404: ['no_such_event'] },
        querystring: ReportQuery,
        response: { 200: EventReport },
      },
    },
    async ({ query }) => figures.report(find(query.slug)),
  )

  app.get(
    '/api/event-report.csv',
    {
      config,
      schema: {
        summary: 'An event as a table (RFC 4180): one line a photo, times in ISO 8601 and milliseconds',
        errors: { 404: ['no_such_event'] },
        querystring: ReportQuery,
      },
    },
    async ({ query }, reply) => {
      const event = find(query.slug)
      const name = encodeURIComponent(`${event.slug}.csv`)
      return reply
        .type('text/csv; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
        .send(Readable.from(figures.table(event)))
    },
  )
}
