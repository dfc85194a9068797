import type { Catalog } from '../catalog/catalog.ts'
import {
  EventsBody,
  EventSettingsBody,
  EventSettingsReply,
  EventsReply,
  type ClosingReport,
} from '../contract/api.ts'
import { can } from '../contract/roles.ts'
import type { Saying } from '../contract/saying.ts'
import type { EventSettings } from '../contract/settings.ts'
import { Refusal } from '../errors.ts'
import type { FolderPaths } from '../folders.ts'
import type { App } from './plugin.ts'

/** What editors may set. */
const EDITORS = { event_title: true, event_subtitle: true }

/** Changes of the current Event, and of which one that is.
 * Each @throws Refusal 404 for an event that is not there, 409 or 422 like `checkMove` */
export interface Occasion {
  /** @param noted called in the transaction that opens it */
  open(title: string, wanted?: { slug?: string; prefix?: string }, noted?: () => void): Promise<void>
  switchTo(slug: string): Promise<void>
  pause(): Promise<void>
  /** Resolves once what is still to be sent is, or has been given its time. */
  close(): Promise<ClosingReport>
  /** Its words or its cover, with what the bucket has to hear of it. */
  change(eventId: number, change: { settings?: EventSettings; hero?: string | null }): Promise<void>
  /** What was left undone when an Event was left, for a while. */
  warnings(): readonly Saying[]
  resume(): Promise<void>
  moveFolders(paths: FolderPaths): Promise<void>
}

/** The Event: how its gallery reads, and going on or beginning another. */
export function registerEvent(
  app: App,
  needs: { catalog: Catalog } & Pick<Occasion, 'open' | 'switchTo' | 'pause' | 'close' | 'resume' | 'change'>,
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
    async ({ body, who }) => {
      const { request_id: _, ...change } = body
      const event = events.current()
      // What the app sends along unchanged is no change.
      const changes = Object.entries(change).filter(
        ([field, value]) => event.settings[field as keyof typeof event.settings] !== value,
      )
      const field = changes.map(([name]) => name).find((name) => !(name in EDITORS))
      if (field !== undefined && !can(who.role, 'events'))
        throw new Refusal(
          403,
          'field_owner_only',
          `Only the owner can change "${field}". Editors set title and subtitle.`,
          { params: { field } },
        )
      await needs.change(event.id, { settings: { ...event.settings, ...change } })
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
    async ({ body, once }) => {
      switch (body.action) {
        case 'open': {
          const { title = '', slug, prefix } = body
          const wanted = { ...(slug !== undefined && { slug }), ...(prefix !== undefined && { prefix }) }
          await needs.open(title, wanted, () => once?.keep(200, list()))
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
        case 'rename': {
          const event = events.find(body.slug)
          if (!event) throw new Refusal(404, 'no_such_event', `There is no event "${body.slug}".`)
          await needs.change(event.id, { settings: { ...event.settings, event_title: body.title } })
          break
        }
        case 'close':
          return { report: await needs.close(), ...list() }
      }
      return list()
    },
  )
}
