import type { Photos } from '../../catalog/photos/photos.ts'
import type { SourceNeeds } from '../source.ts'
import type { CameraRegistry } from './registry.ts'
import type { Identity } from './identity.ts'
import type { Camera, CameraAddress } from './port.ts'
import type { RemoteGphoto } from './gphoto/remote.ts'
import type { CameraConflicts } from './conflicts.ts'

/** How patient a tether is, milliseconds. */
export interface TetherPatience {
  /** A wait for the next event, while nothing else is to be done. */
  readonly event: number
  /** Between two looks at the room on the card. */
  readonly room: number
  /** Between two looks at what the body reports. */
  readonly readouts: number
  /** How long a camera is away before it counts as asleep. */
  readonly asleep: number
}

export const TETHER_PATIENCE: TetherPatience = { event: 250, room: 5000, readouts: 15_000, asleep: 15_000 }

export interface TetherNeeds extends SourceNeeds {
  readonly identity: Identity
  readonly gphoto: RemoteGphoto
  /** The camera, if it was opened to see which one it is. */
  readonly opened: Camera | null
  /** Where it is now; null while it is nowhere. */
  readonly address: () => CameraAddress | null
  /** Another body answers at its address. */
  readonly onStranger: () => void
  readonly conflicts: CameraConflicts
  readonly registry: CameraRegistry
  readonly photos: Pick<Photos, 'byOrigin'>
  /** The photographer marked a Photo in the camera after it was taken. */
  readonly onMarked: (photoId: string, stars: number) => void
  readonly tether?: Partial<TetherPatience>
  /** False in a control of the tests: nothing but events brings frames then. */
  readonly catchesUp?: boolean
}
