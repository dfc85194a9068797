import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { WallsHeld } from '../catalog/walls.ts'
import type { Guessing } from '../contract/access.ts'
import type { DeskName } from '../contract/desks.ts'
import type { FtpStatus } from '../contract/ftp.ts'
import type { SpillStatus } from '../contract/spill.ts'
import type { SecondCopyStatus } from '../contract/second-copy.ts'
import type { SourceStatus, Status } from '../contract/status.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { Message } from '../contract/message.ts'
import { looksView } from './looks.ts'

const SKIPPED_SHOWN = 100
/** Milliseconds between two `status.changed` Notices. */
const EVERY = 250

export interface StatusReporter {
  read(): Promise<Status>
  /** Something in it changed: a Notice follows, coalesced. */
  changed(): void
  /** Sets how many sockets are open now. */
  clients(count: number): void
  stop(): void
}

/** What follows the gallery's root: an Event that is not at the front door is found by its name alone. */
export const galleryPath = ({ slug, access }: Pick<EventRecord, 'slug' | 'access'>): string =>
  access.visibility === 'front' ? '' : `e/${encodeURIComponent(slug)}`

const ftpOf = (ftp: FtpStatus | null) => (ftp ? { ftp } : {})
const finalsOf = (waiting: number) => (waiting > 0 ? { finals_waiting: waiting } : {})
const spillOf = (spill: SpillStatus | null) => (spill ? { spill } : {})
const printsOf = (prints: Status['prints'] | null) => (prints ? { prints } : {})
const desksOf = (desks: readonly DeskName[]) => (desks.length > 0 ? { desks: [...desks] } : {})
const wallsOf = ({ blank, paused }: WallsHeld) =>
  blank === 'none' && paused === 'none' ? {} : { walls: { blank, paused } }
const secondCopyOf = (copy: SecondCopyStatus | null) => (copy ? { second_copy: copy } : {})
const guessingOf = (guessing: Guessing | null) => (guessing ? { guessing } : {})

export function createStatusReporter(needs: {
  catalog: Catalog
  folders: Folders
  bus: Bus
  log: Log
  version: string
  startedAt: string
  sources: () => {
    cameras(): Status['camera']
    ftp(): FtpStatus | null
    spill(): SpillStatus | null
    status(): SourceStatus[]
  }
  /** Null where they go nowhere. */
  prints?: () => Status['prints'] | null
  /** Where photos can be sent by FTP. */
  desks?: () => readonly DeskName[]
  /** Null where there is none. */
  secondCopy?: () => SecondCopyStatus | null
  darkroom: { status(): Status['darkroom'] }
  outputSettings: { view(): Status['finish'] }
  power: { status(): NonNullable<Status['power']> }
  cloud: { status(): Status['sync']; publicUrl(): string | null }
  delivery: { status(): NonNullable<Status['delivery']> }
  guests: () => NonNullable<Status['guests']>
  bulkRemoval: { asked(): Status['mass_removal'] }
  /** What people call a camera. */
  cameraName: (id: string) => string
  guessing: () => Guessing | null
  delaySeconds: () => number
  /** Addresses of this machine on the network, as URLs without a path. */
  addresses: () => readonly string[]
  connect: () => Status['connect']
  warnings: () => readonly Message[]
}): StatusReporter {
  const { catalog } = needs
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let clients = 0

  /** Cameras whose frames are published by themselves, by the names that people gave them. */
  function unattended(eventId: number): Pick<Status, 'unattended'> {
    const cameras = catalog.unattended.cameras().map(({ cameraId, seconds }) => ({
      camera_id: cameraId,
      name: needs.cameraName(cameraId),
      seconds,
      waiting: catalog.unattended.waiting(eventId, cameraId),
    }))
    return cameras.length > 0 ? { unattended: cameras } : {}
  }

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
      ...printsOf(needs.prints?.() ?? null),
      ...wallsOf(catalog.walls.held(id)),
      ...desksOf(needs.desks?.() ?? []),
      ...finalsOf(catalog.finals.waiting(id)),
      camera: needs.sources().cameras(),
      ...ftpOf(needs.sources().ftp()),
      sources: needs.sources().status(),
      set_aside: catalog.skipped.list(id, SKIPPED_SHOWN),
      set_aside_total: catalog.skipped.count(id),
      folders,
      ...spillOf(needs.sources().spill()),
      ...secondCopyOf(needs.secondCopy?.() ?? null),
      darkroom: needs.darkroom.status(),
      sync: needs.cloud.status(),
      delivery: needs.delivery.status(),
      ...unattended(id),
      ...guessingOf(needs.guessing()),
      looks: looksView(catalog.looks, needs.cameraName),
      finish: needs.outputSettings.view(),
      hold_seconds: needs.delaySeconds(),
      mass_removal: needs.bulkRemoval.asked(),
      public_url: needs.cloud.publicUrl(),
      power: needs.power.status(),
      clients,
      guests: needs.guests(),
      gallery_urls: needs.addresses().map((url) => `${url}/gallery/${galleryPath(event)}`),
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
    clients(count) {
      clients = count
      changed()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
