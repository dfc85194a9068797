import type { CameraState } from '../../contract/camera.ts'
import type { Log } from '../../log.ts'
import { messageOf } from '../../errors.ts'
import { createPauses } from '../../util/pauses.ts'
import { identify, type Identity } from './identity.ts'
import { openCamera, retryAfter } from './opening.ts'
import { CameraFault, FAULT, type Camera, type CameraAddress } from './port.ts'
import type { RemoteGphoto } from './gphoto/remote.ts'
import type { CameraConflicts } from './conflicts.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Waits at an address until a camera opens and says which one it is. */
export interface CameraProber {
  readonly address: CameraAddress
  state(): { readonly state: CameraState; readonly trouble: Trouble | null }
  stop(): Promise<void>
}

export interface Met {
  readonly identity: Identity
  readonly camera: Camera
  readonly gphoto: RemoteGphoto
}

/** @param needs.met takes over the camera and its process
 *  @param needs.asleep milliseconds after which a camera that does not answer counts as asleep */
export function createCameraProber(needs: {
  address: CameraAddress
  gphoto: RemoteGphoto
  conflicts: CameraConflicts
  log: Log
  clock: () => number
  asleep: number
  met: (met: Met) => void
  changed: () => void
}): CameraProber {
  const { address, gphoto, conflicts, clock } = needs
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  const since = clock()
  let state: CameraState = 'connecting'
  let trouble: Trouble | null = null
  let handedOver = false

  async function probe(): Promise<boolean> {
    try {
      const camera = await openCamera(gphoto, conflicts, address, stopping.signal)
      const identity = await identify(camera, address).catch(async (error: unknown) => {
        await camera.close()
        throw error
      })
      handedOver = true
      needs.met({ identity, camera, gphoto })
      return true
    } catch (error) {
      if (stopping.signal.aborted) return true
      needs.log.debug({ port: address.port, why: messageOf(error) }, 'No camera answers yet.')
      const isHeld = error instanceof CameraFault && error.code === FAULT.usbClaim
      trouble = troubleOf(error, isHeld ? await conflicts.running() : [])
      state = trouble.code === 'held' ? 'held' : clock() - since >= needs.asleep ? 'asleep' : 'connecting'
      needs.changed()
      return false
    }
  }

  const running = (async () => {
    for (let attempt = 1; !(await probe()); attempt += 1) await pauses.wait(retryAfter(attempt))
  })()

  return {
    address,
    state: () => ({ state, trouble }),
    async stop() {
      stopping.abort()
      pauses.end()
      if (!handedOver) await gphoto.stop()
      await running
    },
  }
}
