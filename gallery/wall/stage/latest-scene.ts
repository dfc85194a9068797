import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { make } from '../../page/dom.ts'
import { LEAST } from '../show/pace.ts'
import { BEFORE, besideOf, smallOf } from './latest.ts'
import { createLayers, type Layers } from './layers.ts'
import { FADE, QUICK } from './motion.ts'
import type { Scene, SceneNeeds } from './scene.ts'
import { createCovered, createPlace } from './slide.ts'

/** Milliseconds after which a picture that could not be had is tried again. */
const AGAIN = 3_000
/** Long enough for a drift that nobody sees end. */
const DRIFT = 90_000

/** The newest photo large, the five before it small. */
export const createLatestScene = (needs: SceneNeeds): Scene => {
  const root = make('div', { className: 'scene scene-latest' })
  const places: { element: HTMLElement; layers: Layers }[] = Array.from({ length: 1 + BEFORE }, (_, n) => {
    const element = make('div', { className: n === 0 ? 'large' : 'small' })
    root.append(element)
    return { element, layers: createLayers(element) }
  })
  let failedAt = -Infinity
  /** Until when a photo that was asked for stands in for the newest. */
  let askedUntil = 0
  let asked: string | null = null

  const isWide = (): boolean => needs.size().width >= needs.size().height
  const boxOf = (n: number): { width: number; height: number } => {
    const { width, height } = needs.size()
    const photos = needs.scheduler().size()
    const part = n === 0 ? 1 - besideOf(photos) : besideOf(photos)
    const across = n === 0 ? 1 : smallOf(photos)
    if (isWide()) return { width: width * part, height: height / across }
    return { width: width / across, height: height * part }
  }

  /** Makes room for as many as there are. */
  const lay = (): void => {
    const photos = needs.scheduler().size()
    root.style.setProperty('--small', String(Math.max(1, smallOf(photos))))
    root.classList.toggle('is-alone', smallOf(photos) === 0)
    for (const [n, { element, layers }] of places.entries()) {
      element.hidden = n > smallOf(photos)
      if (element.hidden) layers.clear()
    }
  }

  const wanted = (): ManifestEntry[] => {
    const most = 1 + smallOf(needs.scheduler().size())
    const newest = needs.scheduler().newest(most)
    const guest = asked !== null && Date.now() < askedUntil ? needs.scheduler().get(asked) : undefined
    if (!guest) return newest
    return [guest, ...newest.filter(({ filename }) => filename !== guest.filename)].slice(0, most)
  }
  const isSame = (): boolean => {
    const list = wanted()
    return places.every(({ layers }, n) => layers.names()[0] === list[n]?.filename)
  }

  return {
    root,
    async step() {
      const guest = needs.scheduler().asked()
      if (guest) {
        asked = guest.filename
        askedUntil = Date.now() + needs.settings().pace * 1000
        needs.scheduler().shown([guest], needs.wishes())
      }
      needs.scheduler().settle()
      lay()
      let isChanged = false
      const list = wanted()
      for (const [n, { layers }] of places.entries()) {
        const entry = list[n]
        if (!entry) {
          layers.clear()
          continue
        }
        if (layers.names()[0] === entry.filename) continue
        const { width, height } = boxOf(n)
        const img = await needs.pictures.take(entry, Math.max(width, height))
        if (!img) {
          failedAt = Date.now()
          continue
        }
        if (!needs.scheduler().has(entry.filename)) continue
        const element =
          n === 0
            ? createPlace(entry, img, { place: width / height, ms: DRIFT, way: needs.random() })
            : createCovered(entry, img)
        void layers.show(element, [entry.filename], layers.isEmpty() ? QUICK : FADE)
        isChanged = true
      }
      return isChanged
    },
    stay() {
      if (needs.scheduler().waiting(needs.wishes()) > 0) return LEAST
      if (isSame()) return asked !== null && Date.now() < askedUntil ? askedUntil - Date.now() + 50 : Infinity
      return Date.now() - failedAt < AGAIN ? AGAIN : LEAST
    },
    drop(names) {
      let isHole = false
      for (const { layers } of places) if (layers.drop(names)) isHole = true
      return isHole
    },
    names: () => places.flatMap(({ layers }) => layers.names()),
    clear() {
      for (const { layers } of places) layers.clear()
    },
  }
}
