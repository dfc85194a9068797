import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { SpillOptions } from '../../../daemon/ingest/spill/berths.ts'
import type { World } from '../world.ts'

/** The disk of a world's buffer folder: pulled, its mount point stays as an empty folder. */
export function diskOf(world: World) {
  const { buffer } = world.folders.paths
  const elsewhere = `${buffer}.pulled`
  const spill = () => world.catalog.events.current().spill
  return {
    options: (more: Partial<SpillOptions> = {}): { spill: SpillOptions } => ({
      spill: { data: world.dir, areApart: async () => true, grace: 0, ...more },
    }),
    async pull(): Promise<void> {
      await rename(buffer, elsewhere)
      await mkdir(buffer)
    },
    /** Refuses where something was written into the empty mount point. */
    async put(): Promise<void> {
      expect(await readdir(buffer)).toEqual([])
      await rmdir(buffer)
      await rename(elsewhere, buffer)
    },
    /** As it lies there while it is away. */
    pulled: (...names: string[]) => join(elsewhere, ...names),
    /** Files in the spill folder. */
    async spilled(): Promise<string[]> {
      const names = existsSync(spill()) ? await readdir(spill(), { recursive: true }) : []
      return names.filter((name) => name !== '.incoming').sort()
    },
    spillPath: (...names: string[]) => join(spill(), ...names),
  }
}
