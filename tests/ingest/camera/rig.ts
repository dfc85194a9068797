import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { CameraView } from '../../../daemon/contract/camera.ts'
import type { Darkroom } from '../../../daemon/darkroom/darkroom.ts'
import { createCameraRegistry, type CameraRegistry } from '../../../daemon/ingest/camera/registry.ts'
import type { CameraOptions, Sources } from '../../../daemon/ingest/sources.ts'
import { createFrames, type FrameMaker } from '../../fixtures/photos/frames.ts'
import { standingFor } from '../../fixtures/standing-for.ts'
import { createVirtualCamera, type VirtualCamera } from '../../../daemon/demo/camera/camera.ts'
import { makeWorld, openDarkroom, until, type World } from '../world.ts'

type VirtualOptions = NonNullable<Parameters<typeof createVirtualCamera>[0]>

/** Cameras, a world to bring their frames into, and the real libgphoto2 between them. */
export interface Rig {
  readonly world: World
  readonly registry: CameraRegistry
  camera(options?: VirtualOptions): Promise<VirtualCamera>
  /** Starts looking for the rig's cameras, and waits until each has been met or is known not to answer. */
  tether(options?: Partial<CameraOptions>): Promise<Sources>
  view(index?: number): CameraView
  /** Waits until a camera's view is so. */
  see(fits: Partial<CameraView>, index?: number): Promise<void>
  close(): Promise<void>
}

/** Patience for tests: the same order of magnitudes. */
const QUICK = { room: 300, readouts: 700, asleep: 1500 }

export async function openRig(darkroom: Pick<Darkroom, 'inspect'>): Promise<Rig> {
  const world = await makeWorld(darkroom)
  const registry = createCameraRegistry(world.catalog.settings)
  const cameras: VirtualCamera[] = []
  let sources: Sources | null = null
  const view = (index = 0) => sources!.cameras().cameras[index]!

  return {
    world,
    registry,
    view,
    async camera(options = {}) {
      const camera = createVirtualCamera(options)
      cameras.push(camera)
      await camera.start()
      return camera
    },
    async tether(options = {}) {
      await sources?.stop()
      const ports = () => cameras.map(({ portString }) => portString)
      sources = world.sources({
        registry,
        cameras: { on: true, usb: false, ports, patience: QUICK, ...options },
      })
      await sources.start()
      await until(() => {
        const views = sources!.cameras().cameras
        const isMet = views.length === cameras.length && views.every(({ state }) => state !== 'connecting')
        if (!isMet) throw new Error('The cameras are not met yet')
      })
      return sources
    },
    see: (fits, index) =>
      until(() => {
        const now = view(index)
        for (const [key, value] of Object.entries(fits))
          if (now[key as keyof CameraView] !== value)
            throw new Error(`Expected ${key} ${JSON.stringify(value)} in ${JSON.stringify(now)}`)
      }),
    async close() {
      await world.close()
      await Promise.all(cameras.map((camera) => camera.stop()))
    },
  }
}

/** What the tests of a group share: a picture-checker and frames of the camera 0123456789, and for each a rig of its
 * own, which `rig` stands for. */
export function useRig() {
  let darkroom: Darkroom
  let frames: FrameMaker
  let rig: Rig
  beforeAll(async () => {
    darkroom = await openDarkroom()
    frames = await createFrames('0123456789')
  })
  afterAll(() => darkroom.stop())
  beforeEach(async () => {
    rig = await openRig(darkroom)
  })
  afterEach(() => rig.close())
  const names = () => rig.world.names()
  return {
    rig: standingFor(() => rig),
    frames: standingFor(() => frames),
    /** The names of the photos that came. */
    names,
    come: (...expected: string[]) =>
      until(() => {
        if (names().join() !== expected.join()) throw new Error(`Came: ${names().join(', ')}`)
      }),
  }
}
