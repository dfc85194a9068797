import { Type } from 'typebox'
import { LutId } from '../../../contract/edit.ts'
import { LutReply } from '../../../contract/look.ts'
import type { Luts } from '../../../darkroom/luts.ts'
import { FOREVER, sendFile } from '../../static/files.ts'
import type { App } from '../../plugin.ts'
import { withUpload } from '../upload-part.ts'

const Named = Type.Object({ id: LutId })

/** The files of LUTs, which pages read as the darkroom does. */
export function registerLuts(app: App, { luts }: { luts: Luts }): void {
  app.post(
    '/api/luts',
    {
      config: {
        access: 'editor',
        audit: () => ({ what: 'settings changed', subject: 'looks', details: ['lut'] }),
      },
      schema: {
        summary: 'Add a LUT: a .cube file, as the multipart field file',
        errors: {
          400: ['no_file'],
          413: ['too_large', 'lut_too_large'],
          415: ['wrong_type'],
          422: ['lut_not_3d', 'lut_size', 'lut_line', 'lut_rows', 'lut_range', 'lut_domain'],
        },
        response: { 200: LutReply },
      },
    },
    async (request) => ({ lut: await withUpload(request, luts.add) }),
  )
  app.get(
    '/media/luts/:id',
    { config: { access: 'viewer', audit: null }, schema: { params: Named } },
    (request, reply) =>
      sendFile(request, reply, luts.path(request.params.id), {
        type: 'text/plain; charset=utf-8',
        cache: FOREVER.replace('public', 'private'),
      }),
  )
}
