import { setTimeout as sleep } from 'node:timers/promises'
import { CameraFault, FAULT, type Camera, type CameraAddress, type Gphoto } from './port.ts'
import type { CameraConflicts } from './conflicts.ts'
import { backoff } from '../../util/backoff.ts'

/** The system's own helpers come back within moments; this many tries between them are enough. */
const TRIES = 4
const BETWEEN = 150

/** Opens a camera. Where a helper of the system holds it, that is ended first; it would come back at once, so the next
 * try follows at once.
 * @throws CameraFault */
export async function openCamera(
  gphoto: Pick<Gphoto, 'open'>,
  conflicts: Pick<CameraConflicts, 'end'>,
  { model, port }: CameraAddress,
  signal: AbortSignal,
): Promise<Camera> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await gphoto.open(model, port)
    } catch (error) {
      const isHeld = error instanceof CameraFault && [FAULT.usbClaim, FAULT.lock].includes(error.code as -53)
      if (!isHeld || attempt === TRIES) throw error
      await conflicts.end()
      await sleep(BETWEEN * (attempt - 1))
    }
  }
}

/** Milliseconds before the next try to open: soon at first, then every few seconds, so that a camera is back within
 * moments of its waking up; never in step with another one's tries.
 * @param attempt counts from 1
 * @param random 0..1 */
export function retryAfter(attempt: number, random: number = Math.random()): number {
  return backoff(attempt - 1, { first: 200, longest: 3000 }) * (0.7 + 0.6 * random)
}
