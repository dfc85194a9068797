import type { FolderPaths } from '../../../folders.ts'
import type { App } from '../../plugin.ts'
import { registerWatchedFolders } from '../sources/watched-folders.ts'
import { registerFolderPicker } from './folder-picker.ts'
import { registerSecondCopy, type SecondCopyCalls } from './second-copy.ts'
import { registerFolderSettings } from './folder-settings.ts'

/** Folders of this computer: where photos lie, where they are copied from, and a look around for choosing either. */
export function registerFolders(
  app: App,
  needs: Parameters<typeof registerFolderSettings>[1] &
    Parameters<typeof registerWatchedFolders>[1] & {
      readonly picker: Parameters<typeof registerFolderPicker>[1]
      readonly secondCopy: SecondCopyCalls & {
        readonly place: { checkPhotoFolders(paths: FolderPaths): Promise<void> }
      }
    },
): void {
  registerFolderPicker(app, needs.picker)
  registerFolderSettings(app, {
    folders: needs.folders,
    async move(paths: FolderPaths, noted?: () => void) {
      needs.watchedSetting.checkPhotoFolders(paths)
      await needs.secondCopy.place.checkPhotoFolders(paths)
      await needs.move(paths, noted)
    },
  })
  registerWatchedFolders(app, needs)
  registerSecondCopy(app, needs)
}
