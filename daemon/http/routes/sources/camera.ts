import { CameraBody, CameraReply, type CamerasStatus } from '../../../contract/camera.ts'
import type { CameraSettings } from '../../../decisions/camera-settings.ts'
import { settingsChanged, type AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

/** A pressed shutter is no setting. */
function cameraAudit(call: AuditedCall<CameraBody>) {
  return call.body.action === 'shoot' ? null : settingsChanged('cameras')(call)
}

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
    {
      config: { access: 'viewer', audit: null },
      schema: { summary: 'The cameras, and how they are set', errors: {}, response: { 200: CameraReply } },
    },
    async () => reply(),
  )

  app.post(
    '/api/camera',
    {
      config: { access: 'owner', audit: cameraAudit },
      schema: {
        summary: "Change a camera's or all cameras' settings, or press a shutter",
        errors: {
          404: ['no_such_camera'],
          409: ['no_cameras', 'camera_away', 'event_paused', 'shutter_refused'],
        },
        body: CameraBody,
        response: { 200: CameraReply },
      },
    },
    async (request) => {
      const { body } = request
      const record = () => request.record(reply())
      if (body.action === 'shoot') await sources.current().shoot(body.id)
      else if (body.action === 'settings') {
        const { action: _, request_id: __, ...change } = body
        cameraSettings.change(change, record)
        changed()
      } else {
        const { action: _, request_id: __, id, ...change } = body
        cameraSettings.changeCamera(id, change, record)
        changed()
      }
      return reply()
    },
  )
}
