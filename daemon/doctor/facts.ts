import type { CloudTestReply } from '../contract/cloud.ts'
import type { Rehearsal } from '../contract/rehearsal.ts'
import type { Status } from '../contract/status.ts'
import type { GuestAddress } from '../cloud/guest-addresses.ts'
import type { FolderRole } from '../folders.ts'

/** What state a data folder is in. `new`: it is not there, or empty. `strange`: there is something in it, and nothing of ours. */
export type DataState =
  | 'ready' | 'new' | 'strange' | 'not_folder' | 'closed' | 'in_use' | 'of_others' | 'lost' | 'strange_catalog' | 'damaged' | 'newer' | 'config' // prettier-ignore

export interface DataFolder {
  readonly path: string
  readonly state: DataState
  /** What is wrong with its configuration. */
  readonly why?: string
}

/** Something on USB that photos come from or go to. */
export interface UsbDevice {
  readonly kind: 'camera' | 'disk'
  readonly name: string
  /** Megabits a second, as it is connected now. */
  readonly mbits: number
}

/** A photo folder, as this program may use it. */
export interface FolderAccess {
  readonly role: FolderRole | 'card'
  readonly path: string
  /** The errno of what was refused; null where everything is allowed. */
  readonly refused: string | null
  /** A sentinel lies in it, whosever. */
  readonly isMarked: boolean
}

export interface PortUse {
  readonly port: number
  /** `ours`: this program listens there. */
  readonly use: 'ours' | 'free' | 'taken' | 'refused'
}

/** What a small file in the bucket showed. */
export interface Probed extends CloudTestReply {
  /** The public address had it; and whether it still had it after it was removed. */
  readonly kept: boolean | null
}

/** Where published files are to go. */
export interface BucketKind {
  readonly kind: 'folder' | 'bucket' | 'refused'
  readonly name: string
  /** The file with its keys. */
  readonly keys: string
}

export type SeenStatus = Pick<Status, 'camera' | 'sources' | 'folders' | 'power' | 'connect' | 'public_url'>

/** Everything that the checks look at, so that each fault can be put in its place. All of it may throw: what cannot be
 * looked at is not known. */
export interface Facts {
  /** A daemon of ours runs, and it is the one that looks. */
  readonly isRunning: boolean
  /** This program's version. */
  readonly version: string
  readonly platform: NodeJS.Platform
  /** Milliseconds since 1970. */
  now(): number
  data(): Promise<DataFolder>
  status(): Promise<SeenStatus>
  /** `wanted` is the least major version. */
  node(): { readonly version: string; readonly wanted: number }
  /** Programs that take hold of cameras, and run now. */
  holders(): Promise<readonly string[]>
  /** Null where the system does not tell. */
  usb(): Promise<readonly UsbDevice[] | null>
  access(): Promise<readonly FolderAccess[]>
  /** Bytes of one photo, as they come in now. */
  photoBytes(): Promise<number>
  /** Whether the folder for new photos lies on another disk than the data folder, and the bytes that are free on the
   * disk of that; null where nobody can tell now. */
  spill(): Promise<{ readonly isApart: boolean; readonly free: number } | null>
  /** Bytes a second that the folder for new photos takes, flushed; null where nothing may be written now. */
  writeSpeed(signal: AbortSignal): Promise<number | null>
  /** Minutes after which this computer sleeps by its settings, 0 = never; null where it does not tell. */
  sleepsAfter(): Promise<number | null>
  localNetwork(): Promise<'open' | 'refused' | 'unknown'>
  firewall(): Promise<'open' | 'blocks' | 'unknown'>
  /** Milliseconds by which this computer's clock is ahead of a server's; null where there is none to ask. */
  clockAhead(signal: AbortSignal): Promise<number | null>
  bucket(): BucketKind
  /** Called by several checks: it is done once. */
  probe(): Promise<Probed>
  /** Bytes a second to the bucket, by a small upload. */
  uplink(signal: AbortSignal): Promise<number>
  /** Bytes a second that the event will publish. */
  need(): Promise<number>
  guestAddresses(): Promise<readonly GuestAddress[]>
  /** The version that the public pages say they are; null where they do not say. */
  pagesVersion(signal: AbortSignal): Promise<string | null>
  /** The most guests that were there at once; null where nothing was counted. */
  mostGuests(): number | null
  /** How the last rehearsal of the event went; null where there was none. */
  rehearsed(): Pick<Rehearsal, 'state' | 'at'> | null
  /** Families of ours whose file cannot be read. */
  missingFonts(): readonly string[]
  ports(): Promise<readonly PortUse[]>
  /** What a full look through the catalog found first; null when it is whole. */
  catalogFault(signal: AbortSignal): Promise<string | null>
}
