import { Type } from 'typebox'
import { OfferBody, SkippedBody } from '../../../contract/api.ts'
import { Refusal } from '../../../errors.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'
import { registerCardCheck, type CardCheckCalls } from './card-check.ts'

const offerAudit = ({ body }: AuditedCall<OfferBody>) => ({
  what: body.action === 'take' ? 'older photos taken' : 'older photos left',
  subject: '',
  details: [],
})

const skippedAudit = ({ body }: AuditedCall<SkippedBody>) => ({
  what: 'set aside tried again',
  subject: body.path ?? '',
  details: [],
})

/** What to do with the older frames that a card or a folder offers, and with what was set aside. */
export function registerSources(
  app: App,
  needs: {
    sources: {
      current(): { answer(source: string, action: 'take' | 'leave'): void } & CardCheckCalls
    }
    /** `retry` @returns how many files are looked at again */
    again: { retry(path?: string): number }
    status: { changed(): void }
  },
): void {
  registerCardCheck(app, needs)
  app.post(
    '/api/offers',
    {
      config: { access: 'editor', audit: offerAudit },
      schema: {
        summary: 'Take or leave the older photos that a source offers',
        errors: { 404: ['no_such_source'] },
        body: OfferBody,
        response: { 200: Type.Object({ status: Type.Literal('success') }) },
      },
    },
    async ({ body }) => {
      needs.sources.current().answer(body.source, body.action)
      return { status: 'success' as const }
    },
  )
  app.post(
    '/api/set-aside',
    {
      config: { access: 'editor', audit: skippedAudit },
      schema: {
        summary: 'Try again what was set aside',
        errors: { 404: ['not_set_aside'] },
        body: SkippedBody,
        response: { 200: Type.Object({ status: Type.Literal('success'), count: Type.Integer() }) },
      },
    },
    async ({ body }) => {
      const count = needs.again.retry(body.path)
      needs.status.changed()
      if (count === 0 && body.path !== undefined)
        throw new Refusal(404, 'not_set_aside', `${body.path} is not set aside any more.`, {
          params: { name: body.path },
        })
      return { status: 'success' as const, count }
    },
  )
}
