import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import { FOLDER_ROLES, type Folders } from '../../../folders.ts'
import type { App } from '../../plugin.ts'

/** What a Mac leaves beside files on other disks. Nothing else is ever removed. */
const LITTER = /^(\._.*|\.DS_Store)$/

export function registerCleanup(app: App, needs: { folders: Folders }): void {
  const Reply = Type.Object({ status: Type.Literal('success'), removed: Type.Integer() })
  app.post(
    '/api/cleanup-hidden-files',
    { config: { access: 'owner' }, schema: { response: { 200: Reply } } },
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
