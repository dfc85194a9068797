import { RehearsalBody, RehearsalReply, RehearsalShownBody } from '../../../contract/rehearsal.ts'
import type { Rehearsals } from '../../../events/rehearsal/rehearsal.ts'
import { actorOf } from '../../guard/actor.ts'
import type { App } from '../../plugin.ts'

/** A test shot's way to the guests and off again. */
export function registerRehearsal(app: App, { rehearsals }: { rehearsals: Rehearsals }): void {
  app.get(
    '/api/rehearsal',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'The rehearsal under way, or the last one of this event',
        errors: {},
        response: { 200: RehearsalReply },
      },
    },
    async () => ({ rehearsal: rehearsals.current() }),
  )

  app.post(
    '/api/rehearsal',
    {
      config: {
        access: 'owner',
        audit: () => ({ what: 'rehearsed', subject: '', details: [] }),
      },
      schema: {
        summary:
          'Begin a rehearsal: a test shot to the guests and off again, in no list; or see the one under way',
        errors: {
          404: ['no_such_camera'],
          409: ['event_not_open'],
          503: ['folder_away', 'event_changing'],
        },
        body: RehearsalBody,
        response: { 200: RehearsalReply },
      },
    },
    async (request) => ({ rehearsal: await rehearsals.begin(actorOf(request).id, request.body.camera) }),
  )

  app.post(
    '/api/rehearsal/shown',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'Say that this device has the picture of the rehearsal on its screen',
        errors: {},
        body: RehearsalShownBody,
        response: { 200: RehearsalReply },
      },
    },
    async (request) => {
      rehearsals.shown(actorOf(request).id, request.body.id, request.body.photo)
      return { rehearsal: rehearsals.current() }
    },
  )
}
