import { MOSAIC_FEWEST, type Layout } from '../../../daemon/contract/wall.ts'
import { createLatestScene } from './latest-scene.ts'
import { createMosaicScene } from './mosaic-scene.ts'
import type { Scene, SceneNeeds } from './scene.ts'
import { createShowScene } from './show-scene.ts'

const MAKERS: Readonly<Record<Layout, (needs: SceneNeeds) => Scene>> = {
  show: createShowScene,
  mosaic: createMosaicScene,
  latest: createLatestScene,
  title: (needs) => createMosaicScene(needs, 'scene-mosaic scene-dim'),
}

/** The scene of a layout; a mosaic of few photos would have holes, and is a show until there are more. */
export const layoutFor = (layout: Layout, count: number): Layout =>
  layout === 'mosaic' && count < MOSAIC_FEWEST ? 'show' : layout

/** The scene that is on the wall, and the one before it while that fades.
 * @param root holds them */
export const createScenes = (root: HTMLElement, needs: SceneNeeds) => {
  let layout: Layout = 'show'
  let scene: Scene = MAKERS.show(needs)
  let leaving: { scene: Scene; timer: ReturnType<typeof setTimeout> } | null = null
  root.append(scene.root)

  const end = (): void => {
    if (!leaving) return
    clearTimeout(leaving.timer)
    leaving.scene.clear()
    leaving.scene.root.remove()
    leaving = null
  }

  return {
    now: (): Scene => scene,
    layout: (): Layout => layout,
    /** Another layout's scene, or another of the same where it was outgrown.
     * @param ms after which the one before is gone
     * @returns whether it is another now */
    use(next: Layout, ms: number): boolean {
      // Without a photo there is nothing that it could have outgrown.
      const isOutgrown = needs.scheduler().size() > 0 && scene.isOutgrown?.() === true
      if (next === layout && !isOutgrown) return false
      end()
      const before = scene
      layout = next
      scene = MAKERS[next](needs)
      root.append(scene.root)
      leaving = { scene: before, timer: setTimeout(end, ms) }
      return true
    },
    drop(names: ReadonlySet<string>): boolean {
      leaving?.scene.drop(names)
      return scene.drop(names)
    },
    clear(): void {
      end()
      scene.clear()
    },
  }
}
