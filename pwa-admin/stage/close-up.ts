import { computed } from 'vue'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { Size } from '../../daemon/contract/recipe.ts'
import { closeUp } from '../edit/preview/layout.ts'
import { useStageView } from './stage-view.ts'

/** The photo at 100 %: which part of it is looked at, and how a hand moves it.
 * @param needs.subject what can be looked at closer, or null
 * @param needs.area where the whole photo stands on the screen */
export function useCloseUp(needs: {
  subject(): { upright: Size; edit: Edit; box: Size } | null
  area(): DOMRect | undefined
}) {
  const stageView = useStageView()
  const look = computed(() => {
    const { zoom } = stageView
    const subject = zoom && needs.subject()
    return subject
      ? closeUp(subject.upright, subject.edit, subject.box, zoom, window.devicePixelRatio || 1)
      : null
  })

  /** @param dx CSS pixels */
  function pan(dx: number, dy: number) {
    if (!look.value) return
    const { part, frame } = look.value
    const inside = (value: number, side: number) => Math.min(1 - side / 2, Math.max(side / 2, value))
    stageView.zoom = {
      x: inside(part.x + part.width / 2 - (dx / frame.width) * part.width, part.width),
      y: inside(part.y + part.height / 2 - (dy / frame.height) * part.height, part.height),
    }
  }

  /** To 100 % at a point of the screen, CSS pixels, or back. */
  function toggleAt(x: number, y: number) {
    const area = needs.area()
    if (stageView.zoom || !area || area.width === 0) return stageView.toggleZoom()
    const share = (value: number) => Math.min(1, Math.max(0, value))
    stageView.toggleZoom({ x: share((x - area.left) / area.width), y: share((y - area.top) / area.height) })
  }

  return { look, pan, toggleAt }
}
