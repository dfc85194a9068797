import { defineAsyncComponent, type Component } from 'vue'
import { createFetching } from './fetching.ts'
import NotLoaded from './NotLoaded.vue'

/** What is not on the first screen, in one file beside the app's. It is fetched when the first screen is there, asked
 * for or not, so that a daemon that goes away later takes no dialog with it. */
const first = () => import('./components.ts')
const components = createFetching({
  first,
  load: (address) => import(/* @vite-ignore */ address) as ReturnType<typeof first>,
})

/** How often a part is asked for again, and after how long each time, milliseconds. */
const TRIES = 3
const PAUSE = 1_000
/** How long a part is waited for, milliseconds: a network that was left gives no answer at all. */
const LIMIT = 20_000

const later = <T extends Component>(pick: (all: Awaited<ReturnType<typeof components>>) => T) =>
  defineAsyncComponent<T>({
    loader: () => components().then(pick),
    errorComponent: NotLoaded,
    timeout: LIMIT,
    onError(_error, retry, fail, attempts) {
      if (attempts > TRIES) fail()
      else setTimeout(retry, PAUSE * attempts)
    },
  })

export const CameraDialog = later((all) => all.CameraDialog)
export const CaptionDialog = later((all) => all.CaptionDialog)
export const CropBar = later((all) => all.CropBar)
export const CropFrame = later((all) => all.CropFrame)
export const DeskDialog = later((all) => all.DeskDialog)
export const FinalsDialog = later((all) => all.FinalsDialog)
export const FirstRun = later((all) => all.FirstRun)
export const HelpDialog = later((all) => all.HelpDialog)
export const LooksDialog = later((all) => all.LooksDialog)
export const MoreView = later((all) => all.MoreView)
export const NewEventDialog = later((all) => all.NewEventDialog)
export const PrintDialog = later((all) => all.PrintDialog)
export const FiltersBar = later((all) => all.FiltersBar)
export const PhotoTimes = later((all) => all.PhotoTimes)
export const StatusDialog = later((all) => all.StatusDialog)

export const fetchLater = components
