import type { OutputSettingsView } from '../../../daemon/contract/output-settings.ts'
import type { Size } from '../../../daemon/contract/recipe.ts'

/** The long side at which an overlay is asked for, pixels: that of the preview that it lies on. */
const LONG_SIDE = 1600

/** Where the daemon serves what it lays over pictures of this shape; null when there is nothing. A smaller picture
 * gets the same, smaller, so one address serves all sizes of a shape. */
export function overlayUrl(finish: OutputSettingsView | undefined, frame: Size): string | null {
  const { width, height } = frame
  if (!finish || !(height > width ? finish.portrait : finish.landscape)) return null
  const factor = LONG_SIDE / Math.max(width, height)
  const [w, h] = [width, height].map((side) => Math.max(16, Math.round(side * factor)))
  return `/api/overlay/${finish.key}/${w}x${h}.png`
}
