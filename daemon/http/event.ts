import type { Catalog } from '../catalog/catalog.ts'
import {
  EventsBody,
  EventSettingsBody,
  EventSettingsReply,
  EventsReply,
  type ClosingReport,
} from '../contract/api.ts'
import type { App } from './plugin.ts'

/** The Event: how its gallery reads, and going on or beginning another. */
export function registerEvent(
  app: App,
  needs: {
    catalog: Catalog
    /** The gallery's words changed. */
    changed: () => Promise<void>
    /** Opens another Event for today and moves everything over to it. */
    open: (title: string, wanted: { slug?: string; prefix?: string }) => Promise<void>
    /** Goes on with a paused Event. */
    resume: () => Promise<void>
    switchTo: (slug: string) => Promise<void>
    pause: () => Promise<void>
    close: () => Promise<ClosingReport>
    rename: (slug: string, title: string) => void
  },
): void {
  const { events } = needs.catalog
  const settings = (): EventSettingsReply => {
    const event = events.current()
    const { hero_image_url } = events.view(event)
    return { ...event.settings, hero_image_url, r2_path_prefix: event.prefix }
  }
  const list = () => {
    const all = events.list().map(events.view)
    return { current: events.view(events.current()), events: all }
  }

  app.get(
    '/api/event-settings',
    { config: { access: 'viewer' }, schema: { response: { 200: EventSettingsReply } } },
    async () => settings(),
  )

  app.post(
    '/api/event-settings',
    {
      config: { access: 'editor' },
      schema: { body: EventSettingsBody, response: { 200: EventSettingsReply } },
    },
    async ({ body }) => {
      const { request_id: _, ...change } = body
      const event = events.current()
      events.change(event.id, { settings: { ...event.settings, ...change } })
      await needs.changed()
      return settings()
    },
  )

  app.get(
    '/api/events',
    { config: { access: 'viewer' }, schema: { response: { 200: EventsReply } } },
    async () => list(),
  )

  app.post(
    '/api/events',
    { config: { access: 'owner' }, schema: { body: EventsBody, response: { 200: EventsReply } } },
    async ({ body }) => {
      switch (body.action) {
        case 'open': {
          const { title = '', slug, prefix } = body
          await needs.open(title, {
            ...(slug !== undefined && { slug }),
            ...(prefix !== undefined && { prefix }),
          })
          break
        }
        case 'continue':
          await needs.resume()
          break
        case 'pause':
          await needs.pause()
          break
        case 'switch':
          await needs.switchTo(body.slug)
          break
        case 'rename':
          needs.rename(body.slug, body.title)
          await needs.changed()
          break
        case 'close':
          return { report: await needs.close(), ...list() }
      }
      return list()
    },
  )
}
