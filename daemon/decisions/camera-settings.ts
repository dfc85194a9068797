import type { Catalog } from '../catalog/catalog.ts'
import type { CameraReply } from '../contract/camera.ts'
import { createCardCameras } from '../ingest/camera/card-cameras.ts'
import { Refusal } from '../errors.ts'
import type { CameraRegistry } from '../ingest/camera/registry.ts'
import type { UnattendedPublishing } from '../publish/unattended.ts'
import type { Announcer } from '../views/announcer.ts'

type Change = Parameters<CameraRegistry['changeCamera']>[1] & { readonly publish_after?: number | null }

/** What people set for cameras: names, clocks, and whether their frames are published by themselves. Of each change,
 * `noted` is called in the transaction that makes it. */
export interface CameraSettings {
  settings(): CameraReply['settings']
  known(): CameraReply['known']
  change(change: Parameters<CameraRegistry['change']>[0], noted?: () => void): void
  /** A clock that is put right moves the time of the camera's photos with it, or nothing is changed.
   * @throws Refusal 404 for a camera that was never met */
  changeCamera(id: string, change: Change, noted?: () => void): void
}

export function createCameraSettings(needs: {
  catalog: Pick<Catalog, 'events' | 'photos' | 'unattended' | 'transaction'>
  registry: CameraRegistry
  unattended: Pick<UnattendedPublishing, 'wake'>
  announcer: Pick<Announcer, 'changed'>
}): CameraSettings {
  const { catalog, registry, unattended, announcer } = needs
  const cardCameras = createCardCameras({ catalog, registry })
  const publishAfter = (id: string) =>
    catalog.unattended.cameras().find(({ cameraId }) => cameraId === id)?.seconds ?? null

  return {
    settings: () => registry.settings(),
    known: () => [
      ...registry.list().map((camera) => ({ ...camera, publish_after: publishAfter(camera.id) })),
      ...cardCameras.list(),
    ],
    change(change, noted) {
      catalog.transaction(() => {
        registry.change(change)
        noted?.()
      })
    },
    changeCamera(id, { publish_after, ...change }, noted) {
      if (!registry.find(id) && !cardCameras.has(id))
        throw new Refusal(404, 'no_such_camera', `There is no camera ${id}.`)
      const shifted = catalog.transaction(() => {
        const claimed = registry.find(id) ? [] : cardCameras.meet(id)
        const before = registry.find(id)!
        if (publish_after !== undefined) catalog.unattended.set(id, publish_after)
        const by = registry.changeCamera(id, change).offset_seconds - before.offset_seconds
        const moved = by === 0 ? [] : catalog.photos.shiftTaken(catalog.events.current().id, id, by * 1000)
        noted?.()
        return moved.length > 0 ? moved : claimed
      })
      if (publish_after !== undefined) unattended.wake()
      for (const photo of shifted) announcer.changed(photo)
    },
  }
}
