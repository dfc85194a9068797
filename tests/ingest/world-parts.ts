import { join } from 'node:path'
import { createBus, type Bus } from '../../daemon/bus.ts'
import { folderIds, openCatalog, type Catalog } from '../../daemon/catalog/catalog.ts'
import { createJpegHasher } from '../../daemon/darkroom/formats/jpeg-hash.ts'
import { createAnnouncer } from '../../daemon/views/announcer.ts'
import { createViews } from '../../daemon/views/views.ts'
import type { Darkroom } from '../../daemon/darkroom/darkroom.ts'
import { openFolders, type Folders } from '../../daemon/folders.ts'
import { createCameraRegistry } from '../../daemon/ingest/camera/registry.ts'
import type { IngestNeeds } from '../../daemon/ingest/intake/commit.ts'
import type { Patience } from '../../daemon/ingest/source.ts'
import { silentLog } from '../../daemon/log.ts'

/** Patience for tests: the same order of magnitudes, a tenth of the wait. */
export const QUICK: Patience = { settle: 60, stall: 700, rescan: 500, retry: 100 }

/** For those whose photos come from elsewhere. */
export const noCameras = (catalog: Catalog) => ({
  cameras: { on: false, ports: () => [] },
  registry: createCameraRegistry(catalog.settings),
})

/** What ingest is given, real, over a folder that may have served an earlier run. Knows nothing of the test runner. */
export async function openWorld(
  darkroom: Pick<Darkroom, 'inspect'>,
  options: { dir: string; buffer?: string; now?: () => number },
): Promise<{ catalog: Catalog; folders: Folders; bus: Bus; needs: IngestNeeds }> {
  const { dir } = options
  const now = options.now ?? Date.now
  const catalog = openCatalog({ path: join(dir, 'catalog.db'), now, log: silentLog })
  const paths = {
    buffer: options.buffer ?? join(dir, 'photos_buffer'),
    web: join(dir, 'photos_web'),
    trash: join(dir, 'photos_trash'),
    archive: join(dir, 'photos_archive'),
    finals: join(dir, 'photos_finals'),
  }
  try {
    catalog.events.current()
  } catch {
    catalog.events.open('Test', () => paths)
  }
  const folders = await openFolders({ paths, ids: folderIds(catalog.settings), isOurs: () => false })
  const bus = createBus({
    now,
    onError(error) {
      throw error
    },
  })
  const event = () => catalog.events.current()
  const views = createViews({
    photos: catalog.photos,
    event,
    renditionFile: (photo, name) => `${photo.id}-${name}`,
  })
  const needs: IngestNeeds = {
    catalog,
    folders: () => folders,
    inspect: (path, picture) => darkroom.inspect(path, picture),
    pictureHasher: createJpegHasher,
    announcer: createAnnouncer({ bus, photos: catalog.photos, views }),
  }
  return { catalog, folders, bus, needs }
}
