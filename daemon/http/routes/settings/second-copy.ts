import { basename } from 'node:path'
import { SecondCopyBody, SecondCopyReply, type SecondCopyStatus } from '../../../contract/second-copy.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

export interface SecondCopyCalls {
  readonly place: { set(folder: string | null, noted?: () => void): Promise<void> }
  readonly copies: { look(): void; status(): SecondCopyStatus | null }
}

const copyAudit = ({ body }: AuditedCall<SecondCopyBody>) => ({
  what: body.folder === null ? 'second copy ended' : 'second copy chosen',
  subject: basename(body.folder ?? ''),
  details: [],
})

/** Where every Original is copied a second time. */
export function registerSecondCopy(
  app: App,
  needs: { secondCopy: SecondCopyCalls; status: { changed(): void } },
): void {
  const { place, copies } = needs.secondCopy
  const reply = (): SecondCopyReply => ({ second_copy: copies.status() })
  app.get(
    '/api/second-copy',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'The second copy of every original, and how far it is',
        errors: {},
        response: { 200: SecondCopyReply },
      },
    },
    async () => reply(),
  )
  app.post(
    '/api/second-copy',
    {
      config: { access: 'owner', audit: copyAudit },
      schema: {
        summary: 'Copy every original to another disk too, or do so no more',
        errors: {
          403: ['folder_closed'],
          404: ['no_such_folder'],
          409: ['second_copy_inside', 'folder_watched', 'folder_of_others'],
          422: ['not_a_path'],
        },
        body: SecondCopyBody,
        response: { 200: SecondCopyReply },
      },
    },
    async (request) => {
      await place.set(request.body.folder, () => request.record(reply()))
      copies.look()
      needs.status.changed()
      return reply()
    },
  )
}
