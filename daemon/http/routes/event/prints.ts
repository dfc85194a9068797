import {
  PrintBody,
  PrintReply,
  PrintsBody,
  PrintSettings,
  PrintSettingsBody,
  PrintSettingsReply,
  PrintsView,
} from '../../../contract/prints.ts'
import type { Decided, Decisions } from '../../../decisions/decisions.ts'
import type { Prints } from '../../../events/prints/prints.ts'
import { actorOf } from '../../guard/actor.ts'
import { settingsChanged, type AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'
import { recording } from '../photos/decisions.ts'

const printsAudit = ({ body }: AuditedCall<PrintsBody>) =>
  body.action === 'retry' ? null : { what: 'print settled', subject: '', details: [body.action] }

const printReply = ({ filename, action, already }: Decided): PrintReply => ({
  status: 'success',
  filename,
  ...(action && { action }),
  ...(already && { already }),
})

/** Photos on paper: what is wanted, how far that is, and where it goes. */
export function registerPrints(
  app: App,
  { prints, decisions }: { prints: Prints; decisions: Pick<Decisions, 'decide'> },
): void {
  app.post(
    '/api/print',
    {
      config: { access: 'editor', audit: null },
      schema: {
        summary: 'Have copies of a photo printed, once for each version of it; it is not published by that',
        errors: { 404: ['unknown_photo'], 503: ['event_changing'] },
        body: PrintBody,
        response: { 200: PrintReply },
      },
    },
    async (request) => {
      const { request_id: _, ...wanted } = request.body
      const decision = { kind: 'print', ...wanted } as const
      return printReply(await decisions.decide(actorOf(request), decision, recording(request, printReply)))
    },
  )

  app.get(
    '/api/prints',
    {
      config: { access: 'editor', audit: null },
      schema: {
        summary: 'What waits to be printed, what was, and what stands in the way',
        errors: {},
        response: { 200: PrintsView },
      },
    },
    async () => prints.view(),
  )

  app.post(
    '/api/prints',
    {
      config: { access: 'editor', audit: printsAudit },
      schema: {
        summary: 'Try again what was held up, or say what became of a print of which nobody knows',
        errors: { 404: ['no_such_print'] },
        body: PrintsBody,
        response: { 200: PrintsView },
      },
    },
    async ({ body }) => {
      prints.ask(body)
      return prints.view()
    },
  )

  app.get(
    '/api/print-settings',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'Where prints go and how they look, and the printers of this computer',
        errors: {},
        response: { 200: PrintSettingsReply },
      },
    },
    async () => prints.settings(),
  )

  app.post(
    '/api/print-settings',
    {
      config: { access: 'owner', audit: settingsChanged('printing') },
      schema: {
        summary: 'Set where prints go and how they look',
        errors: {
          409: ['print_inside'],
          422: ['print_no_place', 'print_paper', 'not_a_path'],
          503: ['print_folder_away', 'print_folder_closed'],
        },
        body: PrintSettingsBody,
        response: { 200: PrintSettings },
      },
    },
    async ({ body }) => {
      const { request_id: _, ...change } = body
      return prints.change(change)
    },
  )
}
