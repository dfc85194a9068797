import { X509Certificate } from 'node:crypto'
import { readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { lanAddresses } from '../access/network.ts'
import { folderIds, type Catalog } from '../catalog/catalog.ts'
import { openStore } from '../cloud/open-store.ts'
import { openCloudSettings } from '../cloud/settings.ts'
import type { Config } from '../config.ts'
import type { DoctorReply } from '../contract/doctor.ts'
import type { FolderStatus } from '../contract/status.ts'
import { FOLDER_ROLES, SENTINEL } from '../folders.ts'
import { findLibgphoto2, withoutCameras } from '../ingest/camera/gphoto/library.ts'
import { silentLog } from '../log.ts'
import { readPower } from '../util/power/read-power.ts'
import { createDoctor } from './doctor.ts'
import type { SeenStatus } from './facts.ts'
import { createFacts } from './facts-of.ts'
import type { SeenData } from './data-folder.ts'

/** The photo folders as their sentinels have them; none is made. */
async function seeFolders(config: Config, catalog: Catalog | null): Promise<FolderStatus[]> {
  if (!catalog || catalog.events.list().length === 0) return []
  const ids = folderIds(catalog.settings)
  const paths = catalog.events.current().folders
  return Promise.all(
    FOLDER_ROLES.map(async (role): Promise<FolderStatus> => {
      const path = paths[role]
      const id = await readFile(join(path, SENTINEL), 'utf8').then(
        (text) => text.trim(),
        () => null,
      )
      const disk = await statfs(path).catch(() => null)
      // A folder of the data folder itself is made again when the program starts.
      const isMadeAgain = disk === null && path.startsWith(`${config.data}/`)
      const ready = isMadeAgain || (id !== null && id === ids.get(path))
      return {
        role,
        path,
        state: ready ? 'ready' : 'away',
        free_bytes: disk && ready ? disk.bavail * disk.bsize : null,
      }
    }),
  )
}

async function endOfCertificate(data: string): Promise<string | null> {
  try {
    const leaf = new X509Certificate(await readFile(join(data, 'config', 'tls', 'leaf.pem')))
    return new Date(leaf.validTo).toISOString()
  } catch {
    return null
  }
}

async function seeStatus(config: Config, catalog: Catalog | null, publicUrl: string): Promise<SeenStatus> {
  const { data, port, httpsPort } = config
  const [folders, power, ends] = await Promise.all([
    seeFolders(config, catalog),
    readPower(),
    httpsPort === 0 ? null : endOfCertificate(data),
  ])
  return {
    camera: withoutCameras({ camera: config.camera, library: findLibgphoto2() }) ?? {
      state: 'on',
      reason: null,
      cameras: [],
    },
    sources: [],
    folders,
    power: { ...power, awake: 'off' },
    connect: {
      name: '',
      addresses: lanAddresses(),
      port,
      https: {
        state: httpsPort === 0 ? 'off' : 'on',
        origins: [],
        code: null,
        message: null,
        ends,
        root: null,
      },
      discovery: { state: 'off', message: null },
      public_tested: false,
    },
    public_url: publicUrl || null,
  }
}

/** Looks at everything where no daemon runs, and changes nothing in the data folder. */
export async function examineAlone(config: Config, seen: SeenData): Promise<DoctorReply> {
  const settings = openCloudSettings({
    path: join(config.data, 'config', 'cloud.json'),
    environment: config.s3,
  })
  const store = openStore(settings, config.data, seen.catalog?.settings ?? { get: () => undefined })
  const doctor = createDoctor({
    facts: () =>
      createFacts({
        config,
        isRunning: false,
        data: seen,
        catalog: seen.catalog,
        catalogPath: seen.copy,
        status: () => seeStatus(config, seen.catalog, settings.current().publicUrl),
        settings: settings.current,
        store: () => store,
        now: Date.now,
      }),
    log: silentLog,
  })
  try {
    return await doctor.examine()
  } finally {
    store.close?.()
  }
}
