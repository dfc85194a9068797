import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Guessing } from '../contract/access.ts'
import type { SourceStatus, Status } from '../contract/status.ts'
import { Status as StatusSchema } from '../contract/status.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { App } from './plugin.ts'
import type { Message } from '../contract/saying.ts'

const SKIPPED_SHOWN = 100
/** Milliseconds between two `status.changed` Notices. */
const EVERY = 250

export interface StatusReporter {
  read(): Promise<Status>
  /** Something in it changed: a Notice follows, coalesced. */
  changed(): void
  stop(): void
}

const unattendedOf = (cameras: NonNullable<Status['unattended']>) =>
  cameras.length > 0 ? { unattended: cameras } : {}

const guessingOf = (guessing: Guessing | null) => (guessing ? { guessing } : {})

export function createStatusReporter(needs: {
  catalog: Catalog
  folders: Folders
  bus: Bus
  log: Log
  version: string
  startedAt: string
  camera: () => Status['camera']
  sources: () => SourceStatus[]
  darkroom: () => Status['darkroom']
  sync: () => Status['sync']
  finish: () => Status['finish']
  guessing?: () => Guessing | null
  unattended: () => NonNullable<Status['unattended']>
  delivery: () => NonNullable<Status['delivery']>
  bulkRemoval: () => Status['mass_removal']
  delaySeconds: () => number
  publicUrl: () => string | null
  clients: () => number
  /** Addresses of this machine on the network, as URLs without a path. */
  addresses: () => readonly string[]
  connect: () => Status['connect']
  warnings: () => readonly Message[]
}): StatusReporter {
  const { catalog } = needs
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function read(): Promise<Status> {
    const event = catalog.events.current()
    const folders = await needs.folders.status()
    const { id } = event
    return {
      version: needs.version,
      started_at: needs.startedAt,
      event: catalog.events.view(event),
      counts: {
        buffer: catalog.photos.count(id, 'buffer'),
        archived: catalog.photos.count(id, 'archived'),
        trashed: catalog.photos.count(id, 'trashed'),
        live: catalog.publications.count(id),
      },
      camera: needs.camera(),
      sources: needs.sources(),
      set_aside: catalog.skipped.list(id, SKIPPED_SHOWN),
      set_aside_total: catalog.skipped.count(id),
      folders,
      darkroom: needs.darkroom(),
      sync: needs.sync(),
      delivery: needs.delivery(),
      ...unattendedOf(needs.unattended()),
      ...guessingOf(needs.guessing?.() ?? null),
      finish: needs.finish(),
      hold_seconds: needs.delaySeconds(),
      mass_removal: needs.bulkRemoval(),
      public_url: needs.publicUrl(),
      clients: needs.clients(),
      gallery_urls: needs.addresses().map((url) => `${url}/gallery/`),
      admin_urls: needs.addresses().map((url) => `${url}/admin/`),
      connect: needs.connect(),
      warnings: [...needs.warnings()],
    }
  }

  function changed(): void {
    if (stopped) return
    timer ??= setTimeout(() => {
      timer = undefined
      read().then(
        (status) => stopped || needs.bus.emit({ type: 'status.changed', status }),
        (error: unknown) => needs.log.error({ err: error }, 'The status could not be read'),
      )
    }, EVERY)
  }

  return {
    read,
    changed,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

export function registerStatus(app: App, status: StatusReporter): void {
  app.get('/api/status', { config: { access: 'viewer' }, schema: { response: { 200: StatusSchema } } }, () =>
    status.read(),
  )
}
