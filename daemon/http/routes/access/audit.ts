import type { Catalog } from '../../../catalog/catalog.ts'
import type { AuditRecord } from '../../../catalog/people/audit.ts'
import { AuditQuery, AuditReply, type AuditEntry } from '../../../contract/access.ts'
import type { App } from '../../plugin.ts'

const PAGE = 50

/** The audit trail of the current Event, for the owner. */
export function registerAuditTrail(app: App, needs: { catalog: Pick<Catalog, 'audit' | 'events'> }): void {
  const { audit, events } = needs.catalog
  const event = () => events.current().id

  app.get(
    '/api/audit',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'Who did what in the current event, newest first',
        errors: {},
        querystring: AuditQuery,
        response: { 200: AuditReply },
      },
    },
    async ({ query }) => {
      const limit = Number(query.limit ?? PAGE)
      const { device } = query
      const found = audit.list(event(), {
        limit: limit + 1,
        ...(query.after !== undefined && { before: Number(query.after) }),
        ...(device !== undefined && { device: device === 'mac' ? '' : device }),
      })
      const entries = found.slice(0, limit).map(view)
      const next = found.length > limit ? String(entries.at(-1)?.id) : null
      return { entries, actors: audit.actors(event()), next }
    },
  )
}

function view({ at, ...rest }: AuditRecord): AuditEntry {
  return { ...rest, details: [...rest.details], at: new Date(at).toISOString() }
}
