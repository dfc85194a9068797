import { Type } from 'typebox'
import type { Catalog } from '../../../catalog/catalog.ts'
import {
  GuestRemovalBody,
  GuestRemovalReply,
  RemovalAnswerBody,
  RemovalRequestsReply,
} from '../../../contract/removal-request.ts'
import { networkOf } from '../../../access/who.ts'
import type { Decisions } from '../../../decisions/decisions.ts'
import type { RemovalRequestInbox } from '../../../decisions/removal-requests.ts'
import { Refusal } from '../../../errors.ts'
import { actorOf } from '../../guard/actor.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import { addressOf } from '../../guard/client-address.ts'
import type { App } from '../../plugin.ts'
import type { Doors } from './door.ts'

interface Answered {
  readonly filename: string
}

/** An unpublish has a line of its own. */
function answerAudit({ body, known }: AuditedCall<RemovalAnswerBody, unknown, Answered>) {
  if (body.action !== 'keep') return null
  return { what: 'removal refused', subject: known.filename, details: [] }
}

/** "Take me out": guests ask, and editors answer. */
export function registerRemovals(
  app: App,
  needs: {
    catalog: Pick<Catalog, 'events' | 'transaction'>
    doors: Doors
    inbox: RemovalRequestInbox
    decisions: Pick<Decisions, 'decide'>
  },
): void {
  const { catalog, inbox, decisions } = needs

  app.post(
    '/guests/:slug/removals',
    {
      config: { access: 'public', audit: null, paced: true },
      schema: {
        summary: 'A guest asks for a photo to be taken out',
        errors: { 404: ['not_found'], 429: ['removal_too_soon'] },
        params: Type.Object({ slug: Type.String() }),
        body: GuestRemovalBody,
        response: { 200: GuestRemovalReply },
      },
    },
    async (request, reply) => {
      const event = await needs.doors.bySlug(request, reply, request.params.slug)
      if (!event) return reply
      const { filename, reason = '' } = request.body
      const asker = networkOf(addressOf(request) ?? 'nowhere')
      inbox.ask({ event, filename, reason: reason.trim(), from: 'network', asker })
      return { status: 'success' as const }
    },
  )

  app.get(
    '/api/removals',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'Photos that guests want taken out, the oldest request first',
        errors: {},
        response: { 200: RemovalRequestsReply },
      },
    },
    async () => ({ removals: inbox.list() }),
  )

  app.post(
    '/api/removals',
    {
      config: { access: 'editor', audit: answerAudit },
      schema: {
        summary: "Answer a guest's request: keep the photo, or unpublish it",
        errors: {
          404: ['no_such_removal', 'unknown_publication'],
          409: ['removal_of_other_event', 'mass_removal'],
          503: ['event_changing'],
          507: ['hidden_for_now'],
        },
        body: RemovalAnswerBody,
        response: { 200: GuestRemovalReply },
      },
    },
    async (request) => {
      const { id, action } = request.body
      const { eventId, filename } = inbox.find(id)
      const reply = { status: 'success' as const }
      const settle = () => {
        inbox.answered(id)
        request.record(reply, { known: { filename } satisfies Answered })
      }
      if (action === 'keep') {
        catalog.transaction(settle)
        inbox.tellAnswered(id)
        return reply
      }
      if (eventId !== catalog.events.current().id)
        throw new Refusal(
          409,
          'removal_of_other_event',
          'This photo belongs to another event. Switch to that event to take it out.',
        )
      await decisions.decide(actorOf(request), { kind: 'unpublish', filename }, { done: settle })
      inbox.tellAnswered(id)
      return reply
    },
  )
}
