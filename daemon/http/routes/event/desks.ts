import { DesksBody, DeskSendBody, DeskSendReply, DesksReply } from '../../../contract/desks.ts'
import type { Desks } from '../../../events/desks/desks.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

const WHAT = {
  add: 'desk added',
  change: 'desk changed',
  remove: 'desk removed',
  try: 'desk tried',
  send: 'photos sent to a desk',
} as const

const desksAudit = ({ body }: AuditedCall<DesksBody, DesksReply>) => ({
  what: WHAT[body.action],
  subject: body.desk?.name ?? body.id ?? '',
  details: [],
})

const sendAudit = ({ reply }: AuditedCall<DeskSendBody, DeskSendReply>) =>
  reply.queued > 0 ? { what: WHAT.send, subject: reply.desk, details: [] } : null

/** Servers to which photos go out by FTP. */
export function registerDesks(app: App, { desks }: { desks: Desks }): void {
  app.get(
    '/api/desks',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'Desks to which photos go out by FTP, and how far they are',
        errors: {},
        response: { 200: DesksReply },
      },
    },
    async () => ({ desks: desks.view() }),
  )

  app.post(
    '/api/desks',
    {
      config: { access: 'owner', audit: desksAudit },
      schema: {
        summary: 'Add, change, remove or try a desk, or send it what is published or picked',
        errors: {
          404: ['no_such_desk'],
          409: ['desks_open'],
          422: [
            'desk_unnamed',
            'desk_incomplete',
            'desks_full',
            'desk_no_tls',
            'desk_certificate',
            'desk_wants_tls',
            'desk_password',
            'desk_folder',
            'desk_refused',
          ],
          503: ['desk_unreachable', 'desk_unverified'],
          507: ['desk_full'],
        },
        body: DesksBody,
        response: { 200: DesksReply },
      },
    },
    async ({ body }) => {
      await desks.ask(body)
      return { desks: desks.view() }
    },
  )

  app.post(
    '/api/desk-send',
    {
      config: { access: 'editor', audit: sendAudit },
      schema: {
        summary:
          'Send photos to a desk: what is live of each, else the photo as it is now; what it has is not sent again',
        errors: { 404: ['no_such_desk'] },
        body: DeskSendBody,
        response: { 200: DeskSendReply },
      },
    },
    async ({ body }) => desks.sendPhotos(body),
  )
}
