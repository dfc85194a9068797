import { CameraBody, CameraReply, type CamerasStatus } from '../../../contract/camera.ts'
import type { CameraSettings } from '../../../decisions/camera-settings.ts'
import type { App } from '../../plugin.ts'

/** Cameras: what they report, what they are called, how they are used, and their shutters. */
export function registerCamera(
  app: App,
  needs: {
    sources: {
      current(): {
        cameras(): CamerasStatus
        /** @throws Refusal 404 or 409 */
        shoot(id: string): Promise<void>
        addressesChanged(): void
      }
    }
    cameraSettings: CameraSettings
    status: { changed(): void }
  },
): void {
  const { sources, cameraSettings, status } = needs
  const reply = (): CameraReply => ({
    ...sources.current().cameras(),
    settings: cameraSettings.settings(),
    known: cameraSettings.known(),
  })
  const changed = () => {
    sources.current().addressesChanged()
    status.changed()
  }

  app.get(
    '/api/camera',
    { config: { access: 'viewer' }, schema: { response: { 200: CameraReply } } },
    async () => reply(),
  )

  app.post(
    '/api/camera',
    { config: { access: 'owner' }, schema: { body: CameraBody, response: { 200: CameraReply } } },
    async ({ body }) => {
      if (body.action === 'shoot') await sources.current().shoot(body.id)
      else if (body.action === 'settings') {
        const { action: _, request_id: __, ...change } = body
        cameraSettings.change(change)
        changed()
      } else {
        const { action: _, request_id: __, id, ...change } = body
        cameraSettings.changeCamera(id, change)
        changed()
      }
      return reply()
    },
  )
}
