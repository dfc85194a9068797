import { BugReportReply, LogQuery, LogReply } from '../../../contract/log.ts'
import type { LogView } from '../../../views/log/log-view.ts'
import type { App } from '../../plugin.ts'

/** The program's log, for the owner. */
export function registerLog(app: App, needs: { logView: LogView }): void {
  const config = { access: 'owner', audit: null } as const

  app.get(
    '/api/log',
    {
      config,
      schema: {
        summary: 'The end of the log, newest first, without keys',
        errors: {},
        querystring: LogQuery,
        response: { 200: LogReply },
      },
    },
    async ({ query }, reply) => {
      void reply.header('cache-control', 'no-store')
      return needs.logView.read(query)
    },
  )

  app.get(
    '/api/log/report',
    {
      config,
      schema: {
        summary: 'The log as text for a bug report, without keys, names and pictures',
        errors: {},
        response: { 200: BugReportReply },
      },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'no-store')
      return { text: await needs.logView.bugReport() }
    },
  )
}
