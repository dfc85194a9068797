import type { Logger } from 'pino'
import type { AccessRequests } from '../access/access-requests.ts'
import type { Codes } from '../access/codes.ts'
import type { Pairing } from '../access/pairing.ts'
import type { Tries } from '../access/tries.ts'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { OriginalFiles } from '../originals/original-files.ts'
import type { Proof } from '../originals/proof.ts'
import type { Views } from '../views/views.ts'
import type { Luts } from '../darkroom/luts.ts'
import type { Darkroom } from '../darkroom/darkroom.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { RemovalRequestInbox } from '../decisions/removal-requests.ts'
import type { CameraSettings } from '../decisions/camera-settings.ts'
import type { WatchedSetting } from '../ingest/watched/setting.ts'
import type { DelaySetting } from '../decisions/delay-setting.ts'
import type { Cloud } from '../cloud/cloud.ts'
import type { Delivery } from '../cloud/delivery.ts'
import type { CloudTestReply } from '../contract/cloud.ts'
import type { Again } from '../ingest/again.ts'
import type { FtpLogins } from '../ingest/ftp/logins.ts'
import type { Sources } from '../ingest/sources.ts'
import type { Folders } from '../folders.ts'
import type { OutputSettingsStore } from '../publish/output-settings.ts'
import type { GalleryTree } from '../publish/gallery-tree.ts'
import type { BulkRemovalGuard } from '../publish/bulk-removal.ts'
import type { ConnectionLimits, Patience } from '../access/connection-limits.ts'
import type { registerDeliver } from './routes/event/deliver.ts'
import type { registerFolders } from './routes/settings/folders.ts'
import type { GuardRules } from './guard/guard.ts'
import type { Doctor } from '../doctor/doctor.ts'
import type { Heroes } from '../events/heroes.ts'
import type { EventLifecycle } from '../events/lifecycle.ts'
import type { Desks } from '../events/desks/desks.ts'
import type { Rehearsals } from '../events/rehearsal/rehearsal.ts'
import type { SetupCalls } from '../access/connect.ts'
import type { Audience } from '../views/audience.ts'
import type { Figures } from '../views/figures/report.ts'
import type { LogView } from '../views/log/log-view.ts'
import type { MilestoneBuffer } from '../views/figures/milestone-buffer.ts'
import type { Signal } from '../util/signal.ts'
import type { StatusReporter } from '../views/status.ts'
import type { Prints } from '../events/prints/prints.ts'

/** The parts of the program that the app's routes call. */
export interface AppParts {
  readonly storage: {
    readonly log: Logger
    readonly catalog: Catalog
    readonly folders: Folders
    readonly bus: Bus
    /** Milliseconds since 1970. */
    readonly now: () => number
    /** A clock for waiting, which does not jump. */
    readonly steady: () => number
  }
  readonly pictures: {
    readonly darkroom: Darkroom
    readonly luts: Luts
    readonly outputSettings: OutputSettingsStore
    readonly views: Views
    readonly originalFiles: OriginalFiles
    readonly proof: Pick<Proof, 'of'>
    readonly milestones: Pick<MilestoneBuffer, 'seen'>
  }
  readonly publishing: {
    readonly decisions: Decisions
    readonly delay: DelaySetting
    readonly removalRequests: RemovalRequestInbox
    readonly audience: Pick<Audience, 'here' | 'walls' | 'counted' | 'of'>
    readonly galleryChanged: Pick<Signal, 'on'>
    readonly tree: GalleryTree
    readonly cloud: Pick<Cloud, 'view' | 'save'>
    readonly testCloud: () => Promise<CloudTestReply>
    readonly delivery: Pick<Delivery, 'retry'>
    readonly bulkRemoval: BulkRemovalGuard
  }
  readonly shooting: {
    readonly sources: {
      current(): Omit<Sources, 'start' | 'stop' | 'status' | 'rescan' | 'again' | 'rehearse'>
    }
    readonly again: Pick<Again, 'retry'>
    readonly cameraSettings: CameraSettings
    readonly watchedSetting: WatchedSetting
    readonly ftpLogins: FtpLogins
    readonly secondCopy: Parameters<typeof registerFolders>[1]['secondCopy']
  }
  readonly event: {
    readonly lifecycle: EventLifecycle
    readonly heroes: Heroes
    readonly rehearsals: Rehearsals
    readonly desks: Desks
    readonly prints: Prints
  } & Parameters<typeof registerDeliver>[1]
  readonly access: {
    readonly pairing: Pairing
    readonly tries: Tries
    readonly codes: Pick<Codes, 'show'>
    readonly requests: AccessRequests
    readonly onRequests: (listener: () => void) => void
    readonly setup: SetupCalls
    readonly adminUrls: () => readonly string[]
    /** See `registerGuard`. */
    readonly hosts: () => Iterable<string>
    readonly allowedHosts: readonly string[]
    readonly trustLoopback: boolean
    readonly terminalKey: string | null
    /** Rules that are left out, so that tests can see what each holds. */
    readonly rules?: Partial<GuardRules> | undefined
  }
  readonly status: StatusReporter
  readonly doctor: Doctor
  readonly figures: Figures
  readonly logView: LogView
  readonly server: {
    readonly connections: ConnectionLimits
    readonly patience?: Patience | undefined
    /** Where choosing a folder begins. */
    readonly picker: { readonly data: string; readonly home: string; readonly disks: readonly string[] }
    /** Where the browser parts were built to. */
    readonly dist: string
  }
}
