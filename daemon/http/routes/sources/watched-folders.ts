import { basename } from 'node:path'
import { WatchedFoldersBody, WatchedFoldersReply } from '../../../contract/watched-folders.ts'
import { WATCH_LIMIT } from '../../../config.ts'
import type { WatchedSetting } from '../../../ingest/watched/setting.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

const CHANGES: Record<WatchedFoldersBody['action'], string> = {
  add: 'watched folder added',
  change: 'watched folder changed',
  remove: 'watched folder removed',
}

const watchedAudit = ({ body }: AuditedCall<WatchedFoldersBody>) => ({
  what: CHANGES[body.action],
  subject: basename(body.path),
  details: [],
})

/** The folders that other programs fill and that photos are copied from. */
export function registerWatchedFolders(
  app: App,
  needs: {
    watchedSetting: WatchedSetting
    sources: { current(): { watchedChanged(): Promise<void> } }
    status: { changed(): void }
  },
): void {
  const { watchedSetting, sources, status } = needs
  const reply = (): WatchedFoldersReply => ({ folders: watchedSetting.list(), most: WATCH_LIMIT })

  app.get(
    '/api/watched-folders',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'The folders that photos are copied from',
        errors: {},
        response: { 200: WatchedFoldersReply },
      },
    },
    async () => reply(),
  )

  app.post(
    '/api/watched-folders',
    {
      config: { access: 'owner', audit: watchedAudit },
      schema: {
        summary: 'Watch another folder, with or without the folders in it, or watch one no more',
        errors: {
          403: ['folder_closed'],
          404: ['no_such_folder', 'not_watched'],
          409: ['folder_watched', 'folder_meets_photos', 'too_many_watched', 'watched_at_start'],
          422: ['not_a_path', 'folder_of_system'],
        },
        body: WatchedFoldersBody,
        response: { 200: WatchedFoldersReply },
      },
    },
    async (request) => {
      const { body } = request
      const record = () => request.record(reply())
      if (body.action === 'add')
        await watchedSetting.add({ path: body.path, recursive: body.recursive ?? true }, record)
      else if (body.action === 'change')
        watchedSetting.change({ path: body.path, recursive: body.recursive }, record)
      else watchedSetting.remove(body.path, record)
      await sources.current().watchedChanged()
      status.changed()
      return reply()
    },
  )
}
