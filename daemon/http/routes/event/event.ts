import type { FastifyRequest } from 'fastify'
import type { Catalog } from '../../../catalog/catalog.ts'
import type * as access from '../../../catalog/event-access.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { EventsBody, EventSettingsBody, EventSettingsReply, EventsReply } from '../../../contract/api.ts'
import type { AccessChange } from '../../../contract/event-access.ts'
import { can } from '../../../contract/roles.ts'
import {
  EventStatistics,
  FONT_SIZES,
  type EventSettings,
  type GuestStatistics,
} from '../../../contract/settings.ts'
import { Refusal } from '../../../errors.ts'
import { isHero, type Heroes } from '../../../events/heroes.ts'
import type { EventLifecycle } from '../../../events/lifecycle.ts'
import { familyOf, pixelsOf } from '../../../util/css-fonts.ts'
import { settingsChanged, type AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'
import { registerEventWords } from './words.ts'

/** What editors may set. */
const EDITORS = { event_title: true, event_subtitle: true }

const CHANGES: Record<EventsBody['action'], string> = {
  open: 'event opened',
  continue: 'event continued',
  pause: 'event paused',
  close: 'event closed',
  switch: 'event switched',
  rename: 'event renamed',
  access: 'event access changed',
}

function eventsAudit({ body, reply: { current } }: AuditedCall<EventsBody, EventsReply>) {
  const subject =
    body.action === 'rename'
      ? body.title
      : body.action === 'access'
        ? body.slug
        : current.title || current.slug
  return { what: CHANGES[body.action], subject, details: [] }
}

/** Our settings among what was sent, from our app or the previous system's page. */
function settingsOf(body: EventSettingsBody): Partial<EventSettings> {
  const {
    request_id: _id, hero_image_url: _hero, r2_path_prefix: _prefix,
    title_font_family, subtitle_font_family, title_font_size, subtitle_font_size, ...rest
  } = body // prettier-ignore
  const size = (given: number | string | undefined) =>
    given === undefined ? null : pixelsOf(given, FONT_SIZES.minimum, FONT_SIZES.maximum)
  const [title, subtitle] = [size(title_font_size), size(subtitle_font_size)]
  return {
    ...rest,
    ...(title_font_family !== undefined && { title_font_family: familyOf(title_font_family) }),
    ...(subtitle_font_family !== undefined && { subtitle_font_family: familyOf(subtitle_font_family) }),
    ...(title !== null && { title_font_size: title }),
    ...(subtitle !== null && { subtitle_font_size: subtitle }),
  }
}

/** @throws Refusal 422 for a day or an hour that there is not */
function accessOf({ visibility, pin, ends_at }: AccessChange): access.AccessChange {
  const endsAt = typeof ends_at === 'string' ? Date.parse(ends_at) : ends_at
  if (Number.isNaN(endsAt))
    throw new Refusal(422, 'bad_time', `There is no such time as "${ends_at}".`, {
      params: { time: ends_at ?? '' },
    })
  return {
    ...(visibility !== undefined && { visibility }),
    ...(typeof pin === 'string' && { pin }),
    ...(endsAt !== undefined && { endsAt }),
  }
}

/** The Event: how its gallery reads, and going on or beginning another. */
export function registerEvent(
  app: App,
  needs: { catalog: Catalog; heroes: Heroes; guests: (eventId: number) => GuestStatistics } & Pick<
    EventLifecycle,
    'open' | 'switchTo' | 'pause' | 'close' | 'resume' | 'change'
  >,
): void {
  const { events } = needs.catalog
  const settings = (): EventSettingsReply => {
    const event = events.current()
    const { hero_image_url } = events.view(event)
    const { words_template: _t, words_mode: _m, words_roster: _r, ...gallery } = event.settings
    return { ...gallery, hero_image_url, r2_path_prefix: event.prefix }
  }
  /** @throws Refusal 404 */
  function find(slug: string): EventRecord {
    const event = events.find(slug)
    if (!event) throw new Refusal(404, 'no_such_event', `There is no event "${slug}".`)
    return event
  }
  const list = ({ who }: FastifyRequest): EventsReply => {
    const isTold = can(who.role, 'title')
    const view = (event: EventRecord) => ({
      ...events.view(event),
      ...(isTold && { pin: event.access.pin }),
    })
    return { current: view(events.current()), events: events.list().map(view) }
  }

  app.get(
    '/api/event-settings',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: "How the current event's gallery reads",
        errors: {},
        response: { 200: EventSettingsReply },
      },
    },
    async () => settings(),
  )

  app.post(
    '/api/event-settings',
    {
      config: { access: 'editor', audit: settingsChanged('event') },
      schema: {
        summary: 'Change how the gallery reads; editors change title and subtitle',
        errors: {
          403: ['field_owner_only'],
          404: ['unknown_picture'],
          422: [
            'prefix_stays',
            'bad_address',
            'https_only',
            'address_answers',
            'address_silent',
            'address_closed',
          ],
        },
        body: EventSettingsBody,
        response: { 200: EventSettingsReply },
      },
    },
    async (request) => {
      const { body, who } = request
      const event = events.current()
      const { hero_image_url: hero, r2_path_prefix: prefix = event.prefix } = body
      const change = settingsOf(body)
      // What a page sends along unchanged is no change.
      const fields = Object.entries(change)
        .filter(([field, value]) => event.settings[field as keyof EventSettings] !== value)
        .map(([field]) => field)
      const isNewHero = hero !== undefined && !isHero(hero ?? '', event.hero)
      const owners = [
        ...fields.filter((name) => !(name in EDITORS)),
        ...(isNewHero ? ['hero_image_url'] : []),
      ]
      const [field] = owners
      if (field !== undefined && !can(who.role, 'events'))
        throw new Refusal(
          403,
          'field_owner_only',
          `Only the owner can change "${field}". Editors set title and subtitle.`,
          { params: { field } },
        )
      if (prefix !== event.prefix)
        throw new Refusal(422, 'prefix_stays', `The event stays in its folder "${event.prefix}".`, {
          params: { prefix: event.prefix },
        })
      const chosen = isNewHero ? { hero: await needs.heroes.choose(event, hero ?? '') } : {}
      // Fetching a picture takes its time: what was set meanwhile stays.
      const { settings: now } = events.find(event.slug) ?? event
      const wanted = { settings: { ...now, ...change }, ...chosen }
      await needs.change(event.id, wanted, () => request.record(settings()))
      return settings()
    },
  )

  registerEventWords(app, { events, change: needs.change })

  app.get(
    '/api/events',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'All events, and which is the current one',
        errors: {},
        response: { 200: EventsReply },
      },
    },
    async (request) => list(request),
  )

  app.post(
    '/api/events',
    {
      config: { access: 'owner', audit: eventsAudit },
      schema: {
        summary:
          'Open, continue, pause, close, switch to or rename an event, or say who may open its gallery',
        errors: {
          404: ['no_such_event'],
          409: ['event_exists', 'folder_in_use', 'folder_of_event', 'folder_of_others'],
          422: ['folder_not_made', 'prefix_reserved', 'bad_time'],
          503: ['folder_away', 'event_changing'],
        },
        body: EventsBody,
        response: { 200: EventsReply },
      },
    },
    async (request) => {
      const { body } = request
      const record = () => request.record(list(request))
      switch (body.action) {
        case 'open': {
          const { title = '', slug, prefix } = body
          const wanted = {
            access: accessOf(body),
            ...(slug !== undefined && { slug }),
            ...(prefix !== undefined && { prefix }),
          }
          await needs.open(title, wanted, record)
          break
        }
        case 'continue':
          await needs.resume(record)
          break
        case 'pause':
          await needs.pause(record)
          break
        case 'switch':
          await needs.switchTo(body.slug, record)
          break
        case 'rename': {
          const event = find(body.slug)
          const renamed = { settings: { ...event.settings, event_title: body.title } }
          await needs.change(event.id, renamed, record)
          break
        }
        case 'access':
          await needs.change(find(body.slug).id, { access: accessOf(body) }, record)
          break
        case 'close':
          return { report: await needs.close(() => request.recordLine(list(request))), ...list(request) }
      }
      return list(request)
    },
  )

  app.get(
    '/api/event-statistics',
    {
      config: { access: 'editor', audit: null },
      schema: {
        summary: 'What became of the current event so far',
        errors: {},
        response: { 200: EventStatistics },
      },
    },
    async () => {
      const { id } = events.current()
      const { statistics, skipped } = needs.catalog
      return { ...statistics.of(id), set_aside: skipped.count(id), guests: needs.guests(id) }
    },
  )
}
