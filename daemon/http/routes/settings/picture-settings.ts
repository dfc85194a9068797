import { Type } from 'typebox'
import { PictureChange, PictureSettings } from '../../../contract/output-settings.ts'
import type { OutputSettingsStore } from '../../../publish/output-settings.ts'
import type { App } from '../../plugin.ts'
import { RequestId } from '../../../contract/shapes.ts'

const Body = Type.Object(
  { ...PictureChange.properties, request_id: Type.Optional(RequestId) },
  { additionalProperties: false },
)

/** Size, quality and names of what is published. */
export function registerPictureSettings(app: App, needs: { outputSettings: OutputSettingsStore }): void {
  const { outputSettings } = needs
  const config = { access: 'owner' } as const

  app.get('/api/picture-settings', { config, schema: { response: { 200: PictureSettings } } }, async () =>
    outputSettings.pictures(),
  )
  app.post(
    '/api/picture-settings',
    { config, schema: { body: Body, response: { 200: PictureSettings } } },
    async ({ body }) => {
      const { request_id: _, ...change } = body
      outputSettings.changePictures(change)
      return outputSettings.pictures()
    },
  )
}
