import { make } from '../../page/dom.ts'
import { stayOf } from '../show/pace.ts'
import { createLayers } from './layers.ts'
import { FADE, QUICK } from './motion.ts'
import { takeAll, type Scene, type SceneNeeds } from './scene.ts'
import { createSlide } from './slide.ts'

/** The show: one landscape, or two or three uprights beside each other, from edge to edge. */
export const createShowScene = (needs: SceneNeeds): Scene => {
  const root = make('div', { className: 'scene scene-show' })
  const layers = createLayers(root)
  let isFresh = false
  /** What had come when the photo that is on the wall was chosen. */
  let known = 0
  let isHole = true

  const screen = (): number => needs.size().width / needs.size().height
  /** The long side of each of so many places. */
  const sideOf = (count: number): number => {
    const { width, height } = needs.size()
    return screen() >= 1 ? Math.max(width / count, height) : Math.max(width, height / count)
  }
  const wishes = () => ({ ...needs.wishes(), screen: screen() })
  const waiting = () => needs.scheduler().waiting(needs.wishes())
  const arrivals = () => needs.scheduler().arrivals()

  const warm = (): void => {
    const next = needs.scheduler().next(wishes())
    for (const entry of next) needs.pictures.warm(entry, sideOf(next.length))
  }

  return {
    root,
    async step() {
      const wasNews = waiting() > 0
      const came = arrivals()
      const photos = await takeAll(needs, wishes(), sideOf)
      if (photos.length === 0) return false
      const { pace } = needs.settings()
      // One alone stays for ever.
      const isAlone = needs.scheduler().size() <= photos.length
      if (isAlone && layers.names()[0] === photos[0]?.entry.filename && !isHole) return false
      const slide = createSlide(photos, {
        screen: screen(),
        ms: pace * 1000 * 2 + FADE * 2,
        random: needs.random,
      })
      void layers.show(slide.element, slide.names, isHole ? QUICK : FADE)
      needs.scheduler().shown(
        photos.map(({ entry }) => entry),
        needs.wishes(),
      )
      isFresh = wasNews
      known = came
      isHole = false
      warm()
      return true
    },
    stay: () => (isHole ? 0 : stayOf(needs.settings().pace, waiting(), isFresh, arrivals() > known)),
    drop(names) {
      if (layers.drop(names)) isHole = true
      return isHole
    },
    names: layers.names,
    clear() {
      layers.clear()
      isHole = true
    },
  }
}
