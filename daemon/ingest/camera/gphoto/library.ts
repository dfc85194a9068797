import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CamerasStatus } from '../../../contract/camera.ts'

const MAC = ['/opt/homebrew/lib/libgphoto2.dylib', '/usr/local/lib/libgphoto2.dylib']
const LINUX = ['/usr/lib', '/usr/lib64', '/usr/local/lib']

/** Where libgphoto2 lies on Debian (one folder an architecture) and with Homebrew, or null. */
export function findLibgphoto2(): string | null {
  const folders = LINUX.filter((folder) => existsSync(folder)).flatMap((folder) => [
    folder,
    ...readdirSync(folder)
      .filter((name) => name.endsWith('-linux-gnu'))
      .map((name) => join(folder, name)),
  ])
  const linux = folders.map((folder) => join(folder, 'libgphoto2.so.6'))
  return [...MAC, ...linux].find((path) => existsSync(path)) ?? null
}

/** What the status says where no camera is looked for, or null where they are. */
export function withoutCameras(options: { camera: boolean; library: string | null }): CamerasStatus | null {
  if (!options.camera) return { state: 'off', reason: 'Cameras are left alone (--no-camera).', cameras: [] }
  if (options.library !== null) return null
  return {
    state: 'no_library',
    reason:
      'libgphoto2 is not installed (brew install libgphoto2, or apt-get install libgphoto2-6). Use the card or a watched folder.',
    cameras: [],
  }
}
