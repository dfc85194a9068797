import type { CameraReadouts, CameraState, CameraView } from '../../contract/camera.ts'
import type { SourceStatus } from '../../contract/status.ts'
import { offerOf } from '../tree/sort.ts'
import { newMessage, spoken } from '../../util/message.ts'
import { plural } from '../words.ts'
import type { CameraRegistry } from './registry.ts'
import type { Fetching } from './fetching.ts'
import type { Identity } from './identity.ts'
import type { CameraAddress } from './port.ts'
import { isFull } from './readouts.ts'
import type { FrameTriage } from './frame-triage.ts'
import type { Trouble } from './trouble.ts'

/** A camera's state as people see it. */
export interface Standing {
  /** The camera is away, or not ready yet. */
  show(state: CameraState, why?: Trouble | null): void
  /** The camera is there: connected, behind, or full. */
  showWell(): void
  /** What the body reports, null while it has not yet. */
  reported: CameraReadouts | null
  /** False once it said that it has no remote shutter. */
  canShoot: boolean
  readonly isFull: boolean
  status(isConnected: boolean): SourceStatus
  view(): CameraView
}

export function createStanding(needs: {
  readonly identity: Identity
  readonly registry: CameraRegistry
  readonly fetching: Pick<Fetching, 'progress'>
  readonly triage: Pick<FrameTriage, 'doneCount' | 'older'>
  readonly address: () => CameraAddress | null
  readonly isOpen: () => boolean
  readonly changed: () => void
}): Standing {
  const { identity, registry, fetching, triage } = needs
  const { id } = identity
  const own = () => registry.meet(id, identity.model)
  let state: CameraState = 'connecting'
  let trouble: Trouble | null = null

  const standing: Standing = {
    reported: null,
    canShoot: true,
    get isFull() {
      return standing.reported !== null && isFull(standing.reported)
    },
    show(next, why = null) {
      state = next
      trouble = why
      needs.changed()
    },
    showWell() {
      const { total, done } = fetching.progress()
      const isBehind = total > 1 && done < total
      standing.show(isBehind ? 'catching_up' : standing.isFull ? 'card_full' : 'connected')
    },
    status(isConnected) {
      const { waiting, bytesDone, bytesWaiting, holdUp } = fetching.progress()
      const isAway = !isConnected && ['reconnecting', 'asleep', 'held'].includes(state)
      const isPaused = !needs.isOpen() && waiting > 0
      const paused = newMessage(
        'paused_camera',
        `The event is paused: ${plural(waiting, 'photo')} wait${waiting === 1 ? 's' : ''} in the camera. Continue it to take them.`,
        { n: waiting },
      )
      const lost = isAway && trouble ? newMessage(`camera_${trouble.code}`, trouble.message) : null
      const message = isPaused ? paused : (holdUp ?? lost)
      const isHeldUp = isPaused || (holdUp !== null && waiting > 0)
      return {
        id,
        kind: 'camera',
        label: own().name,
        state: isHeldUp ? 'waiting' : isAway ? 'away' : waiting > 0 ? 'copying' : 'looking',
        total: triage.doneCount + waiting,
        done: triage.doneCount,
        bytes_total: bytesDone + bytesWaiting,
        bytes_done: bytesDone,
        safe_to_eject: false,
        offer: offerOf(
          triage.older().map((file) => ({ ...file, filename: file.name, bytes: file.bytes ?? 0 })),
        ),
        ...spoken(message),
      }
    },
    view() {
      const { total, done, lastFrameAt } = fetching.progress()
      return {
        ...own(),
        serial: identity.serial,
        connection: needs.address()?.port.startsWith('ptpip:') ? 'wifi' : 'usb',
        state,
        trouble: trouble && { ...trouble, holders: [...trouble.holders] },
        total,
        done,
        readouts: standing.reported,
        can_shoot: standing.canShoot,
        last_frame_at: lastFrameAt === null ? null : new Date(lastFrameAt).toISOString(),
      }
    },
  }
  return standing
}
