import { join } from 'node:path'
import { createDoctor, type Doctor } from '../doctor/doctor.ts'
import { createFacts } from '../doctor/facts-of.ts'
import type { StatusReporter } from '../views/status.ts'
import type { Publishing } from './publishing.ts'
import type { Storage } from './storage.ts'

/** The look at everything before an event. */
export function buildDoctor(
  { config, catalog, log, now }: Storage,
  { cloud }: Publishing,
  status: Pick<StatusReporter, 'read'>,
): Doctor {
  return createDoctor({
    facts: () =>
      createFacts({
        config,
        isRunning: true,
        data: { path: config.data, state: 'ready' },
        catalog,
        catalogPath: join(config.data, 'catalog.db'),
        status: status.read,
        settings: cloud.settings.current,
        store: cloud.store,
        now,
      }),
    log,
  })
}
