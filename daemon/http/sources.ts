import { Type } from 'typebox'
import { OfferBody } from '../contract/api.ts'
import type { App } from './plugin.ts'

/** What to do with the older frames that a card or a folder offers. */
export function registerSources(
  app: App,
  needs: { answer: (source: string, answer: 'take' | 'leave') => void },
): void {
  app.post(
    '/api/offers',
    {
      config: { access: 'editor' },
      schema: { body: OfferBody, response: { 200: Type.Object({ status: Type.Literal('success') }) } },
    },
    async ({ body }) => {
      needs.answer(body.source, body.action)
      return { status: 'success' as const }
    },
  )
}
