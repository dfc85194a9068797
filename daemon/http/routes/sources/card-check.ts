import { Type } from 'typebox'
import { CardCheck, CardCheckBody, CardReport } from '../../../contract/card-check.ts'
import { closed } from '../../../contract/shapes.ts'
import { Refusal } from '../../../errors.ts'
import type { CardChecks } from '../../../ingest/card-check/checks.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

export interface CardCheckCalls {
  readonly checks: Pick<CardChecks, 'begin' | 'report'>
  checkCard(source: string): CardCheck
}

const checkAudit = ({ reply }: AuditedCall<CardCheckBody, CardCheck>) => ({
  what: 'card checked',
  subject: reply.label,
  details: [],
})

/** Checks of cards: by a Source's id for whoever curates, of any folder for the owner alone. */
export function registerCardCheck(app: App, needs: { sources: { current(): CardCheckCalls } }): void {
  app.post(
    '/api/card-check',
    {
      config: { access: 'editor', audit: checkAudit },
      schema: {
        summary: 'Compare a card with what is kept, byte by byte, and take in what is missing',
        errors: {
          404: ['no_such_source'],
          409: ['card_away'],
          422: ['check_what'],
        },
        body: CardCheckBody,
        response: { 200: CardCheck },
      },
    },
    async ({ body, who }) => {
      const { source, folder } = body
      if (source !== undefined) return needs.sources.current().checkCard(source)
      if (folder === undefined)
        throw new Refusal(422, 'check_what', 'Say which card or which folder is to be checked.')
      if (who.role !== 'owner') throw new Refusal(403, 'owner_only', 'Only the owner can do this.')
      return needs.sources.current().checks.begin(folder)
    },
  )
  app.get(
    '/api/card-check',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'What the newest check of a folder found, frame by frame',
        errors: { 404: ['not_checked'] },
        querystring: Type.Object({ folder: Type.String({ minLength: 1, maxLength: 4096 }) }, closed),
        response: { 200: CardReport },
      },
    },
    async ({ query }) => {
      const report = needs.sources.current().checks.report(query.folder)
      if (!report)
        throw new Refusal(404, 'not_checked', `${query.folder} was not checked since the start.`, {
          params: { folder: query.folder },
        })
      return report
    },
  )
}
