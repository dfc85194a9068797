import type { Catalog } from '../../../catalog/catalog.ts'
import { EventStatistics } from '../../../contract/settings.ts'
import type { App } from '../../plugin.ts'

/** What became of the current Event so far. */
export function registerStatistics(app: App, { catalog }: { catalog: Catalog }): void {
  app.get(
    '/api/event-statistics',
    { config: { access: 'editor' }, schema: { response: { 200: EventStatistics } } },
    async () => {
      const { id } = catalog.events.current()
      return { ...catalog.statistics.of(id), set_aside: catalog.skipped.count(id) }
    },
  )
}
