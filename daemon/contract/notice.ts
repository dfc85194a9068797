import type { AccessRequestView } from './access.ts'
import type { PhotoView } from './photo.ts'
import type { PublicationView } from './publication.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { RemovalRequestView } from './removal-request.ts'
import type { Role } from './roles.ts'
import type { Status } from './status.ts'
import type { JobView } from './job.ts'
import type { MachineChange } from './machine.ts'
import type { OpenPhoto } from './presence.ts'

/** A past-tense fact, on the bus and on the socket alike. Each carries all that a page needs to show it. */
export type Fact =
  | { readonly type: 'photo.added'; readonly photo: PhotoView }
  /** The Photo's state, edit, rating or count of publications changed. */
  | { readonly type: 'photo.changed'; readonly photo: PhotoView }
  | { readonly type: 'rendition.ready'; readonly id: string; readonly name: 'tile' | 'preview' }
  | {
      readonly type: 'publication.live'
      readonly publication: PublicationView
      readonly replaced: string | null
    }
  | { readonly type: 'publication.gone'; readonly filename: string; readonly photo_id: string }
  /** The Photo's files were deleted for good. */
  | { readonly type: 'photo.deleted'; readonly id: string }
  /** A device has it open, or, where `open` is false, has it open no more. */
  | ({ readonly type: 'photo.opened'; readonly open: boolean } & OpenPhoto)
  /** `settled` are the Photos that it has dealt with since the last Notice of it; `waiting` are all that it has to get
   * to, and come when it begins or goes on. Coalesced like the status. */
  | {
      readonly type: 'job.changed'
      readonly job: JobView
      readonly settled: readonly string[]
      readonly waiting?: readonly string[]
    }
  /** A guest wants a photo taken out, or one more wants the same. */
  | { readonly type: 'removal.asked'; readonly request: RemovalRequestView }
  /** It was answered, or there is nothing to take out any more. */
  | { readonly type: 'removal.answered'; readonly id: number }
  /** The computer slept, its clock was set or its addresses are others. The status says so in words. */
  | { readonly type: 'machine.changed'; readonly change: MachineChange }
  /** The one under way, or how it went. */
  | { readonly type: 'rehearsal.changed'; readonly rehearsal: Rehearsal }
  /** Coalesced: at most about four a second, and always the whole. */
  | { readonly type: 'status.changed'; readonly status: Status }

/** `seq` rises by one with each Notice, and across restarts. */
export type Notice = Fact & { readonly seq: number; readonly at: string }

/** The first message on the socket: `snapshot` when the page must (re)load its lists, `resumed` when every
 * Notice after the `?since=` it gave follows. */
export type Hello =
  | {
      readonly type: 'snapshot'
      readonly seq: number
      readonly role: Role
      readonly status: Status
      /** The id under which others see what this device does. */
      readonly you?: string
      /** Photos that devices have open. */
      readonly open?: readonly OpenPhoto[]
    }
  | { readonly type: 'resumed'; readonly seq: number; readonly role: Role; readonly you?: string }

/** To owners alone, and without a `seq`, so that nobody else sees a gap: who asks to come back at this moment. Always
 * the whole; after a greeting nobody does until this says so. */
export interface AccessRequests {
  readonly type: 'access_requests'
  readonly access_requests: readonly AccessRequestView[]
}

export type SocketMessage = Hello | Notice

export type { Role } from './roles.ts'
