import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { SpillOptions } from '../../../daemon/ingest/spill/berths.ts'
import { pulledFolder } from '../../fixtures/disk/pulled-folder.ts'
import { until, type World } from '../world.ts'

/** The disk of a world's buffer folder. */
export function diskOf(world: World) {
  const spill = () => world.catalog.events.current().spill
  return {
    ...pulledFolder(world.folders.paths.buffer),
    options: (more: Partial<SpillOptions> = {}): { spill: SpillOptions } => ({
      spill: { data: world.dir, areApart: async () => true, grace: 0, ...more },
    }),
    /** Resolves when it is known on which disk the folder lies. */
    compared: () =>
      until(() =>
        expect(world.catalog.settings.get(`spill.same:${world.folders.paths.buffer}`)).toBeDefined(),
      ),
    /** Files in the spill folder. */
    async spilled(): Promise<string[]> {
      const names = existsSync(spill()) ? await readdir(spill(), { recursive: true }) : []
      return names.filter((name) => name !== '.incoming').sort()
    },
    spillPath: (...names: string[]) => join(spill(), ...names),
  }
}
