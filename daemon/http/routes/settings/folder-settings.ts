import { FolderSettings } from '../../../contract/settings.ts'
import { Type } from 'typebox'
import { FOLDER_ROLES, type FolderPaths, type Folders } from '../../../folders.ts'
import type { App } from '../../plugin.ts'
import { RequestId } from '../../../contract/shapes.ts'

const Body = Type.Object(
  { ...Type.Partial(FolderSettings).properties, request_id: Type.Optional(RequestId) },
  { additionalProperties: false },
)

/** Where the current Event's photos lie. */
export function registerFolderSettings(
  app: App,
  needs: { folders: Folders; move: (paths: FolderPaths) => Promise<void> },
): void {
  const view = () => {
    const { buffer, web, trash, archive } = needs.folders.paths
    return { buffer_folder: buffer, web_folder: web, trash_folder: trash, archive_folder: archive }
  }
  app.get(
    '/api/folder-settings',
    { config: { access: 'owner' }, schema: { response: { 200: FolderSettings } } },
    async () => view(),
  )
  app.post(
    '/api/folder-settings',
    { config: { access: 'owner' }, schema: { body: Body, response: { 200: FolderSettings } } },
    async ({ body }) => {
      const now = needs.folders.paths
      await needs.move(
        Object.fromEntries(FOLDER_ROLES.map((role) => [role, body[`${role}_folder`] ?? now[role]])) as Record<
          keyof FolderPaths,
          string
        >,
      )
      return view()
    },
  )
}
