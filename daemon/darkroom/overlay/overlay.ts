import type { OutputSettings, Mark, Overlay } from '../../contract/output-settings.ts'
import type { Size } from '../../contract/recipe.ts'
import type { Overlay as Patch } from './blend.ts'
import type { Rgba } from './text-renderer.ts'
import { drawText } from './text-renderer.ts'
import { imageSize, placeMark, roomFor, scaled } from './watermark.ts'

/** The overlay for a picture of this shape; null when there is none. */
export const overlayFor = (
  settings: Pick<OutputSettings, 'landscape' | 'portrait'>,
  { width, height }: Size,
) => (height > width ? settings.portrait : settings.landscape)

/** Draws what is laid over pictures, frame first, then the mark. The last few are kept: a batch has one or two
 * sizes. */
export interface Overlays {
  /** @throws Refusal 409 when a file that it needs is missing or broken */
  patches(overlay: Overlay | null, picture: Size): Promise<readonly Patch[]>
}

/** Whole-picture frames are large; six sizes are a landscape's and a portrait's web, view and thumb. */
const KEPT = 6

/** @param needs.open an image file, upright sRGB with alpha: its size, or its pixels made to fit a size exactly */
export function createOverlays(needs: {
  sizeOf: (path: string) => Promise<Size>
  pixels: (path: string, size: Size) => Promise<Rgba>
}): Overlays {
  const drawings = new Map<string, Promise<readonly Patch[]>>()

  async function framePatch(frame: NonNullable<Overlay['frame']>, picture: Size): Promise<Patch> {
    const own = await needs.sizeOf(frame.path)
    const pick = frame.fit === 'cover' ? Math.max : Math.min
    const factor = pick(picture.width / own.width, picture.height / own.height)
    const size = {
      width: Math.max(1, Math.round(own.width * factor)),
      height: Math.max(1, Math.round(own.height * factor)),
    }
    const left = Math.round((picture.width - size.width) / 2)
    const top = Math.round((picture.height - size.height) / 2)
    return clip({ left, top, ...(await needs.pixels(frame.path, size)) }, picture)
  }

  async function markPatch(mark: NonNullable<Overlay['mark']>, picture: Size): Promise<Patch | null> {
    const drawn = await drawMark(mark, picture)
    return drawn && { ...drawn, ...placeMark(mark, drawn, picture) }
  }

  async function drawMark(mark: Mark & { image: string | null }, picture: Size): Promise<Rgba | null> {
    if (mark.type === 'text') {
      const [red, green, blue, alpha] = mark.text_color
      const drawn = await drawText({
        text: mark.text,
        family: mark.font_family,
        size: scaled(mark.text_font_size, picture),
        color: [red, green, blue],
        room: roomFor(mark, picture),
      })
      return drawn && fade(drawn, (mark.opacity * alpha) / 255)
    }
    if (mark.image === null) return null
    const size = imageSize(mark, await needs.sizeOf(mark.image), picture)
    return fade(await needs.pixels(mark.image, size), mark.opacity)
  }

  async function draw(overlay: Overlay, picture: Size): Promise<readonly Patch[]> {
    const patches = [
      overlay.frame && (await framePatch(overlay.frame, picture)),
      overlay.mark && (await markPatch(overlay.mark, picture)),
    ]
    return patches.filter((patch) => patch !== null)
  }

  return {
    patches(overlay, picture) {
      if (!overlay) return Promise.resolve([])
      const key = `${picture.width}x${picture.height} ${JSON.stringify(overlay)}`
      const found = drawings.get(key)
      drawings.delete(key)
      const drawing = found ?? draw(overlay, picture)
      drawings.set(key, drawing)
      // What failed is tried again: the file may have been put back.
      drawing.catch(() => drawings.delete(key))
      for (const old of [...drawings.keys()].slice(0, Math.max(0, drawings.size - KEPT))) drawings.delete(old)
      return drawing
    },
  }
}

function fade(drawn: Rgba, opacity: number): Rgba {
  if (opacity >= 1) return drawn
  const rgba = Uint8Array.from(drawn.rgba)
  for (let at = 3; at < rgba.length; at += 4) rgba[at] = Math.round(rgba[at]! * opacity)
  return { ...drawn, rgba }
}

/** The part of a patch that lies inside the picture. */
function clip(patch: Patch, picture: Size): Patch {
  const left = Math.max(0, patch.left)
  const top = Math.max(0, patch.top)
  const width = Math.min(picture.width, patch.left + patch.width) - left
  const height = Math.min(picture.height, patch.top + patch.height) - top
  if (width === patch.width && height === patch.height) return patch
  const rgba = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const from = ((top - patch.top + y) * patch.width + (left - patch.left)) * 4
    rgba.set(patch.rgba.subarray(from, from + width * 4), y * width * 4)
  }
  return { left, top, width, height, rgba }
}
