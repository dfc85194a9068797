import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import { FolderSettings } from '../../../contract/settings.ts'
import { RequestId } from '../../../contract/shapes.ts'
import { FOLDER_ROLES, type FolderPaths, type Folders } from '../../../folders.ts'
import { settingsChanged, type AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

const Body = Type.Object(
  { ...Type.Partial(FolderSettings).properties, request_id: Type.Optional(RequestId) },
  { additionalProperties: false },
)

const CleanupReply = Type.Object({ status: Type.Literal('success'), removed: Type.Integer() })
type CleanupReply = Static<typeof CleanupReply>

/** What a Mac leaves beside files on other disks. Nothing else is ever removed. */
const LITTER = /^(\._.*|\.DS_Store)$/

const cleanupAudit = ({ reply }: AuditedCall<unknown, CleanupReply>) => ({
  what: 'hidden files removed',
  subject: '',
  details: [String(reply.removed)],
})

/** Where the current Event's photos lie, and what a Mac left there. */
export function registerFolderSettings(
  app: App,
  needs: { folders: Folders; move: (paths: FolderPaths, noted?: () => void) => Promise<void> },
): void {
  const view = () => {
    const { buffer, web, trash, archive, finals } = needs.folders.paths
    return {
      buffer_folder: buffer,
      web_folder: web,
      trash_folder: trash,
      archive_folder: archive,
      finals_folder: finals,
    }
  }
  app.get(
    '/api/folder-settings',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: "Where the current event's photos lie",
        errors: {},
        response: { 200: FolderSettings },
      },
    },
    async () => view(),
  )
  app.post(
    '/api/folder-settings',
    {
      config: { access: 'owner', audit: settingsChanged('folders') },
      schema: {
        summary: 'Move the current event to other folders',
        errors: {
          409: [
            'folder_in_use',
            'folder_of_event',
            'folder_of_others',
            'folder_watched',
            'second_copy_inside',
          ],
          422: ['folder_not_made'],
          503: ['folder_away', 'event_changing'],
        },
        body: Body,
        response: { 200: FolderSettings },
      },
    },
    async (request) => {
      const now = needs.folders.paths
      const {
        buffer_folder: buffer = now.buffer,
        web_folder: web = now.web,
        trash_folder: trash = now.trash,
        archive_folder: archive = now.archive,
        finals_folder: finals = now.finals,
      } = request.body
      await needs.move({ buffer, web, trash, archive, finals }, () => request.recordLine(view()))
      return view()
    },
  )

  app.post(
    '/api/cleanup-hidden-files',
    {
      config: { access: 'owner', audit: cleanupAudit },
      schema: {
        summary: 'Remove the hidden files that a Mac leaves in the photo folders',
        errors: { 503: ['folder_away'] },
        response: { 200: CleanupReply },
      },
    },
    async () => {
      let removed = 0
      for (const role of FOLDER_ROLES) {
        await needs.folders.check(role)
        for (const entry of await readdir(needs.folders.path(role), { withFileTypes: true })) {
          if (!entry.isFile() || !LITTER.test(entry.name)) continue
          await rm(join(needs.folders.path(role), entry.name), { force: true })
          removed += 1
        }
      }
      return { status: 'success' as const, removed }
    },
  )
}
