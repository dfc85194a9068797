import { Type } from 'typebox'
import { DoneReply } from '../../../contract/api.ts'
import {
  OVERLAY_FILES,
  FontsReply,
  WatermarkReply,
  WatermarkSettings,
  type OverlayFile,
} from '../../../contract/output-settings.ts'
import type { Darkroom } from '../../../darkroom/darkroom.ts'
import { availableFonts } from '../../../darkroom/overlay/fonts.ts'
import { Refusal } from '../../../errors.ts'
import type { OutputSettingsStore } from '../../../publish/output-settings.ts'
import { looksOf } from '../../guard/client-address.ts'
import { FOREVER, sendFile } from '../../static/files.ts'
import type { App } from '../../plugin.ts'
import { withUpload } from '../upload-part.ts'
import { closed, RequestId } from '../../../contract/shapes.ts'

const Change = Type.Object(
  { ...Type.Partial(WatermarkSettings).properties, request_id: Type.Optional(RequestId) },
  closed,
)
const Side = Type.Integer({ minimum: 16, maximum: 2400 })
const Draft = Type.Object(
  { settings: Type.Partial(WatermarkSettings, closed), width: Side, height: Side },
  closed,
)
const For = Type.Object(
  { for: Type.Optional(Type.Unsafe<'portrait'>({ type: 'string', enum: ['portrait'] })) },
  closed,
)
const File = Type.Object(
  {
    file: Type.Unsafe<OverlayFile>({ type: 'string', enum: [...OVERLAY_FILES] }),
    request_id: Type.Optional(RequestId),
  },
  closed,
)

/** The watermark and the frame: the owner's to set, everybody's to see on the stage. */
export function registerWatermark(
  app: App,
  needs: { outputSettings: OutputSettingsStore; darkroom: Pick<Darkroom, 'overlay'> },
): void {
  const { outputSettings, darkroom } = needs
  const config = { access: 'owner' } as const

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

  app.get('/api/watermark-settings', { config, schema: { response: { 200: WatermarkReply } } }, async () =>
    view(),
  )

  app.post(
    '/api/watermark-settings',
    { config, schema: { body: Change, response: { 200: WatermarkReply } } },
    async ({ body }) => {
      const { request_id: _, ...change } = body
      await outputSettings.changeWatermark(change)
      return view()
    },
  )

  for (const [path, file] of [
    ['/api/upload-watermark', 'image'],
    ['/api/upload-frame', 'frame'],
  ] as const)
    app.post(
      path,
      { config, schema: { querystring: For, response: { 200: DoneReply } } },
      async (request) => {
        const which = request.query.for === 'portrait' ? (`portrait_${file}` as const) : file
        await withUpload(request, (upload) => outputSettings.setFile(which, upload))
        return { status: 'success' as const, filename: outputSettings.files()[which] ?? '' }
      },
    )

  app.post(
    '/api/delete-watermark-file',
    { config, schema: { body: File, response: { 200: WatermarkReply } } },
    async ({ body }) => {
      await outputSettings.removeFile(body.file)
      return view()
    },
  )

  app.get(
    '/api/watermark-files/:name',
    { config, schema: { params: Type.Object({ name: Type.String() }) } },
    async (request, reply) => {
      const path = outputSettings.pathOf(request.params.name)
      if (path === null) throw new Refusal(404, 'not_found', 'There is nothing at this address.')
      return sendFile(request, reply, path, { type: 'image/png', cache: 'private, no-cache' })
    },
  )

  app.get(
    '/api/available-fonts',
    { config: { access: 'viewer' }, schema: { response: { 200: FontsReply } } },
    async () => ({ fonts: availableFonts() }),
  )

  // The header says where the mark lies, so that a page can take hold of it.
  app.post('/api/watermark-preview', { config, schema: { body: Draft } }, async (request, reply) => {
    const { settings, width, height } = request.body
    const { png, mark } = await darkroom.overlay(
      outputSettings.draft(settings),
      { width, height },
      looksOf(request, reply),
    )
    const where = mark ? [mark.left, mark.top, mark.width, mark.height].join(' ') : ''
    return reply.type('image/png').header('cache-control', 'no-store').header('x-mark', where).send(png)
  })

  app.get(
    '/api/overlay/:key/:file',
    {
      config: { access: 'viewer' },
      schema: { params: Type.Object({ key: Type.String(), file: Type.String() }) },
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
