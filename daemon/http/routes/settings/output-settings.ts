import { Type, type Static } from 'typebox'
import { DoneReply } from '../../../contract/api.ts'
import { RequestId, closed, oneOf } from '../../../contract/shapes.ts'
import {
  OVERLAY_FILES,
  FontsReply,
  PictureChange,
  PictureSettings,
  WatermarkReply,
  WatermarkSettings,
} from '../../../contract/output-settings.ts'
import type { Darkroom } from '../../../darkroom/darkroom.ts'
import { availableFonts } from '../../../darkroom/overlay/fonts.ts'
import { Refusal } from '../../../errors.ts'
import type { OutputSettingsStore } from '../../../publish/output-settings.ts'
import { pictureOf, settingsChanged, type AuditedCall } from '../../guard/audit.ts'
import { looksOf } from '../../guard/client-address.ts'
import { FOREVER, sendFile } from '../../static/files.ts'
import type { App } from '../../plugin.ts'
import { withUpload } from '../upload-part.ts'

const Change = Type.Object(
  { ...Type.Partial(WatermarkSettings).properties, request_id: Type.Optional(RequestId) },
  closed,
)
const PicturesBody = Type.Object(
  { ...PictureChange.properties, request_id: Type.Optional(RequestId) },
  closed,
)
const Side = Type.Integer({ minimum: 16, maximum: 2400 })
const Draft = Type.Object(
  { settings: Type.Partial(WatermarkSettings, closed), width: Side, height: Side },
  closed,
)
const For = Type.Object({ for: Type.Optional(oneOf('portrait')) }, closed)
const File = Type.Object(
  {
    file: oneOf(...OVERLAY_FILES),
    request_id: Type.Optional(RequestId),
  },
  closed,
)

const removedAudit = ({ body }: AuditedCall<Static<typeof File>>) => ({
  what: 'picture removed',
  subject: 'watermark',
  details: [body.file],
})

/** Output settings: size, quality and names of what is published, and the watermark and the frame, which are the
 * owner's to set and everybody's to see on the stage. */
export function registerOutputSettings(
  app: App,
  needs: { outputSettings: OutputSettingsStore; darkroom: Pick<Darkroom, 'overlay'> },
): void {
  const { outputSettings, darkroom } = needs
  const config = { access: 'owner', audit: null } as const

  function view(): WatermarkReply {
    const files = outputSettings.files()
    const url = (name: string | null) => name && `/api/watermark-files/${name}`
    return {
      ...outputSettings.watermark(),
      image: url(files.image),
      portrait_image: url(files.portrait_image),
      frame: url(files.frame),
      portrait_frame: url(files.portrait_frame),
    }
  }

  app.get(
    '/api/picture-settings',
    {
      config,
      schema: {
        summary: 'Size, quality and names of what is published',
        errors: {},
        response: { 200: PictureSettings },
      },
    },
    async () => outputSettings.pictures(),
  )
  app.post(
    '/api/picture-settings',
    {
      config: { ...config, audit: settingsChanged('pictures') },
      schema: {
        summary: 'Change size, quality and names of what is published',
        errors: {},
        body: PicturesBody,
        response: { 200: PictureSettings },
      },
    },
    async ({ body }) => {
      const { request_id: _, ...change } = body
      outputSettings.changePictures(change)
      return outputSettings.pictures()
    },
  )

  app.get(
    '/api/watermark-settings',
    {
      config,
      schema: { summary: 'The watermark and the frame', errors: {}, response: { 200: WatermarkReply } },
    },
    async () => view(),
  )

  app.post(
    '/api/watermark-settings',
    {
      config: { ...config, audit: settingsChanged('watermark') },
      schema: {
        summary: 'Change the watermark and the frame',
        errors: {
          409: ['no_watermark_image', 'watermark_missing'],
          422: ['no_watermark_text', 'unknown_font', 'missing_letters'],
          503: ['stopping'],
        },
        body: Change,
        response: { 200: WatermarkReply },
      },
    },
    async ({ body }) => {
      const { request_id: _, ...change } = body
      await outputSettings.changeWatermark(change)
      return view()
    },
  )

  for (const [path, file, of, summary] of [
    ['/api/upload-watermark', 'image', 'watermark', 'Add a picture for the watermark'],
    ['/api/upload-frame', 'frame', 'frame', 'Add a picture for the frame'],
  ] as const)
    app.post(
      path,
      {
        config: { ...config, audit: pictureOf('picture added', of) },
        schema: {
          summary,
          errors: {
            400: ['no_file', 'bad_request'],
            409: ['watermark_missing'],
            422: ['picture_breaks_decoder'],
            503: ['stopping'],
          },
          querystring: For,
          response: { 200: DoneReply },
        },
      },
      async (request) => {
        const which = request.query.for === 'portrait' ? (`portrait_${file}` as const) : file
        await withUpload(request, (upload) => outputSettings.setFile(which, upload))
        return { status: 'success' as const, filename: outputSettings.files()[which] ?? '' }
      },
    )

  app.post(
    '/api/delete-watermark-file',
    {
      config: { ...config, audit: removedAudit },
      schema: {
        summary: 'Remove a picture of the watermark or frame',
        errors: { 409: ['file_in_use', 'watermark_missing'] },
        body: File,
        response: { 200: WatermarkReply },
      },
    },
    async ({ body }) => {
      await outputSettings.removeFile(body.file)
      return view()
    },
  )

  app.get(
    '/api/watermark-files/:name',
    {
      config,
      schema: {
        summary: 'A picture of the watermark or frame',
        errors: { 404: ['not_found'] },
        params: Type.Object({ name: Type.String() }),
      },
    },
    async (request, reply) => {
      const path = outputSettings.pathOf(request.params.name)
      if (path === null) throw new Refusal(404, 'not_found', 'There is nothing at this address.')
      return sendFile(request, reply, path, { type: 'image/png', cache: 'private, no-cache' })
    },
  )

  app.get(
    '/api/available-fonts',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'The fonts that a watermark can be set in',
        errors: {},
        response: { 200: FontsReply },
      },
    },
    async () => ({ fonts: availableFonts() }),
  )

  // The header says where the mark lies, so that a page can take hold of it.
  app.post(
    '/api/watermark-preview',
    {
      config,
      schema: {
        summary: 'Draw a watermark that is not set yet',
        errors: { 422: ['unknown_font', 'missing_letters'], 503: ['stopping'] },
        body: Draft,
      },
    },
    async (request, reply) => {
      const { settings, width, height } = request.body
      const { png, mark } = await darkroom.overlay(
        outputSettings.draft(settings),
        { width, height },
        looksOf(request, reply),
      )
      const where = mark ? [mark.left, mark.top, mark.width, mark.height].join(' ') : ''
      return reply.type('image/png').header('cache-control', 'no-store').header('x-mark', where).send(png)
    },
  )

  app.get(
    '/api/overlay/:key/:file',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'The watermark and frame as they are set, for a size',
        errors: { 404: ['not_found'], 409: ['watermark_missing', 'no_watermark_image'], 503: ['stopping'] },
        params: Type.Object({ key: Type.String(), file: Type.String() }),
      },
    },
    async (request, reply) => {
      const { key, settings } = await outputSettings.current()
      const [, width = 0, height = 0] = (/^(\d{2,4})x(\d{2,4})\.png$/.exec(request.params.file) ?? []).map(
        Number,
      )
      const fits = [width, height].every((side) => side >= 16 && side <= 2400)
      if (request.params.key !== key || !fits)
        throw new Refusal(404, 'not_found', 'There is nothing at this address.')
      const { png } = await darkroom.overlay(settings, { width, height }, looksOf(request, reply))
      return reply.type('image/png').header('cache-control', FOREVER.replace('public', 'private')).send(png)
    },
  )
}
