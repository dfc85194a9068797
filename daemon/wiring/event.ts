import { createHeroes, type Heroes } from '../events/heroes.ts'
import { createFetchPicture } from '../events/hero-fetch.ts'
import { createEventLifecycle, type EventLifecycle } from '../events/lifecycle.ts'
import { createRecovery, type Recovery } from '../events/recovery.ts'
import type { Pictures } from './pictures.ts'
import type { Publishing } from './publishing.ts'
import type { Shooting } from './shooting.ts'
import type { Storage } from './storage.ts'

/** The Event's life. */
export interface EventParts {
  readonly lifecycle: EventLifecycle
  readonly heroes: Heroes
  readonly recovery: Recovery
}

export function buildEvent(
  { catalog, folders, now, statusChanged, foldersFor, ...storage }: Storage,
  { originalFiles, darkroom }: Pictures,
  { publisher, tree, cloud, decisions, unattended, fullSizes, audience }: Publishing,
  { sources }: Shooting,
): EventParts {
  const log = storage.log.child({ part: 'event' })
  const recovery = createRecovery({
    folders,
    steps: [
      { name: 'Finishing moves', run: () => originalFiles.recover() },
      { name: 'Clearing half-made prints', run: () => publisher.clearParts() },
      { name: 'Clearing up what was unpublished', run: () => publisher.retireLeftovers() },
      { name: 'Making full sizes', run: () => publisher.recoverFullSizes() },
    ],
    log,
  })
  const lifecycle = createEventLifecycle({
    catalog, folders, tree, cloud, decisions, sources, foldersFor, unattended, fullSizes, now,
    recover: () => recovery.look(true),
    guests: audience.of,
    changed: statusChanged.send,
  }) // prettier-ignore
  return { lifecycle, heroes: createHeroes({ darkroom, fetchPicture: createFetchPicture() }), recovery }
}
