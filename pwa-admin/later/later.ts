import { defineAsyncComponent } from 'vue'

/** What is not on the first screen, in one file beside the app's. It is fetched when the first screen is there, asked
 * for or not, so that a daemon that goes away later takes no dialog with it. */
const parts = () => import('./parts.ts')

export const CameraDialog = defineAsyncComponent(() => parts().then((all) => all.CameraDialog))
export const CropBar = defineAsyncComponent(() => parts().then((all) => all.CropBar))
export const CropFrame = defineAsyncComponent(() => parts().then((all) => all.CropFrame))
export const FirstRun = defineAsyncComponent(() => parts().then((all) => all.FirstRun))
export const HelpDialog = defineAsyncComponent(() => parts().then((all) => all.HelpDialog))
export const MoreView = defineAsyncComponent(() => parts().then((all) => all.MoreView))
export const NewEventDialog = defineAsyncComponent(() => parts().then((all) => all.NewEventDialog))
export const SieveBar = defineAsyncComponent(() => parts().then((all) => all.SieveBar))
export const StatusDialog = defineAsyncComponent(() => parts().then((all) => all.StatusDialog))

export const fetchLater = parts
