import type { Transaction } from '../catalog/sql.ts'
import { CameraBody, CameraReply, type CamerasStatus } from '../contract/camera.ts'
import { Refusal } from '../errors.ts'
import type { CameraRegistry } from '../ingest/camera/book.ts'
import type { App } from './plugin.ts'

/** Cameras: what they report, what they are called, how they are used, and their shutters. */
export function registerCamera(
  app: App,
  needs: {
    registry: CameraRegistry
    status: () => CamerasStatus
    /** @throws Refusal 404 or 409 */
    shoot: (id: string) => Promise<void>
    /** The seconds after which a camera's new frames are published by themselves; null is never. */
    publishAfter: (id: string) => number | null
    setPublishAfter: (id: string, seconds: number | null) => void
    /** Moves the time taken of a camera's photos by so many seconds. @returns what tells of it, for afterwards */
    shift: (id: string, seconds: number) => () => void
    transaction: Transaction
    /** Settings or names are others now. */
    changed: () => void
  },
): void {
  const { registry } = needs
  const reply = (): CameraReply => ({
    ...needs.status(),
    settings: registry.settings(),
    known: registry.list().map((camera) => ({ ...camera, publish_after: needs.publishAfter(camera.id) })),
  })

  app.get(
    '/api/camera',
    { config: { access: 'viewer' }, schema: { response: { 200: CameraReply } } },
    async () => reply(),
  )

  app.post(
    '/api/camera',
    { config: { access: 'owner' }, schema: { body: CameraBody, response: { 200: CameraReply } } },
    async ({ body }) => {
      if (body.action === 'shoot') await needs.shoot(body.id)
      else if (body.action === 'settings') {
        const { action: _, request_id: __, ...change } = body
        registry.change(change)
        needs.changed()
      } else {
        const { action: _, request_id: __, id, publish_after, ...change } = body
        const before = registry.find(id)
        if (!before) throw new Refusal(404, 'no_such_camera', `There is no camera ${id}.`)
        const tell = needs.transaction(() => {
          if (publish_after !== undefined) needs.setPublishAfter(id, publish_after)
          const by = registry.changeCamera(id, change).offset_seconds - before.offset_seconds
          return by === 0 ? null : needs.shift(id, by)
        })
        tell?.()
        needs.changed()
      }
      return reply()
    },
  )
}
