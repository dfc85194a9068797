import type { FastifyRequest } from 'fastify'
import { UploadReply } from '../../../contract/api.ts'
import { Refusal } from '../../../errors.ts'
import type { TakeUpload, Upload } from '../../../ingest/upload.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'
import { fileError } from '../../guard/errors.ts'
import { withName } from './nameless.ts'
import { filesOf } from '../upload-part.ts'

export function uploadAudit({ reply }: AuditedCall<unknown, UploadReply>) {
  const taken = reply.success.length
  return taken > 0 ? { what: 'uploaded', subject: '', details: [String(taken)] } : null
}

/** Takes the files of a request one after the other; each that is refused is told in the reply.
 * @throws Refusal 400 `no_file`, and those of `filesOf` */
export async function takeFiles(
  request: FastifyRequest,
  take: (upload: Upload) => Promise<{ saved_as: string; already: boolean }>,
): Promise<UploadReply> {
  const success: UploadReply['success'] = []
  const errors: UploadReply['errors'] = []
  for await (const part of filesOf(request)) {
    let filename = part.filename
    try {
      const named = await withName(part.filename, part.file)
      filename = named.filename
      const { saved_as, already } = await take({ ...named, cut: () => part.file.truncated })
      success.push({ filename, saved_as, ...(already && { already }) })
    } catch (error) {
      if (!(error instanceof Refusal)) request.log.error({ err: error }, `Taking ${filename} failed`)
      errors.push(fileError(filename, error))
      // What is left of a refused file must be read, or the next one never comes.
      part.file.resume()
    }
  }
  if (success.length + errors.length === 0) throw new Refusal(400, 'no_file', 'No photo was sent.')
  return { status: 'completed', success, errors }
}

/** Photos from a phone or a computer into the buffer, by the same protocol as a card's. */
export function registerUpload(app: App, needs: { take: TakeUpload }): void {
  app.post(
    '/api/upload',
    {
      config: { access: 'editor', audit: uploadAudit },
      schema: {
        summary: 'Take photos into the buffer; each that is refused is told in the reply',
        errors: { 400: ['no_file', 'bad_request'] },
        response: { 200: UploadReply },
      },
    },
    (request) =>
      takeFiles(request, async (upload) => {
        const { photo, already } = await needs.take(upload)
        return { saved_as: photo.filename, already }
      }),
  )
}
