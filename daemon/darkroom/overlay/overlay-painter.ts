import type { OutputSettings } from '../../contract/output-settings.ts'
import type { Size } from '../../contract/recipe.ts'
import { errnoOf, messageOf, Refusal } from '../../errors.ts'
import type { Credits } from '../formats/credits.ts'
import { withSegments, writeExif } from '../formats/exif.ts'
import type { WordsChange } from '../../contract/words.ts'
import { wordBlocks } from '../words/written.ts'
import type { Rgba } from './text-renderer.ts'
import { createOverlays, overlayFor, type Overlays } from './overlay.ts'

/** What a worker does to published pictures beyond their Edit, given somebody who can decode and encode. */

/** @param needs.sizeOf pixels of a PNG of ours
 *  @param needs.pixels the same, made to fit a size exactly */
export function createOverlayPainter(needs: {
  sizeOf: (path: string) => Promise<Size>
  pixels: (path: string, size: Size) => Promise<Rgba>
}): Overlays {
  const orRefuse =
    <A extends unknown[], T>(work: (path: string, ...rest: A) => Promise<T>) =>
    async (path: string, ...rest: A) => {
      try {
        return await work(path, ...rest)
      } catch (error) {
        const state = errnoOf(error) === 'ENOENT' ? 'missing' : 'broken'
        throw new Refusal(
          409,
          `watermark_${state}`,
          `The file of the watermark or frame is ${state}. Upload it again or switch it off; nothing is published without it.`,
          { cause: new Error(messageOf(error)) },
        )
      }
    }
  return createOverlays({ sizeOf: orRefuse(needs.sizeOf), pixels: orRefuse(needs.pixels) })
}

/** A whole picture of nothing but what is laid over it, and where the mark lies. */
export async function overlayPicture(
  overlays: Overlays,
  settings: OutputSettings,
  size: Size,
): Promise<{ picture: Rgba; mark: (Size & { left: number; top: number }) | null }> {
  const overlay = overlayFor(settings, size)
  const patches = await overlays.patches(overlay, size)
  const rgba = new Uint8Array(size.width * size.height * 4)
  for (const { left, top, width, height, rgba: over } of patches)
    for (let y = 0; y < height; y++)
      for (
        let x = 0, from = y * width * 4, to = ((top + y) * size.width + left) * 4;
        x < width;
        x++, from += 4, to += 4
      )
        layOver(rgba, to, over, from)
  const last = overlay?.mark ? patches.at(overlay.frame ? 1 : 0) : undefined
  const mark = last && { left: last.left, top: last.top, width: last.width, height: last.height }
  return { picture: { ...size, rgba }, mark: mark ?? null }
}

/** One pixel with alpha over another (Porter and Duff), neither premultiplied. */
function layOver(under: Uint8Array, to: number, over: Uint8Array, from: number): void {
  const above = over[from + 3]! / 255
  const below = (under[to + 3]! / 255) * (1 - above)
  const whole = above + below
  if (whole === 0) return
  for (let c = 0; c < 3; c++)
    under[to + c] = Math.round((over[from + c]! * above + under[to + c]! * below) / whole)
  under[to + 3] = Math.round(whole * 255)
}

/** What a published JPEG says of itself; the names of the settings where the Original has none. */
export function signed(
  jpeg: Buffer,
  of: { credits: Credits; words: WordsChange; settings: OutputSettings; size: Size; profile: Buffer },
): Buffer {
  const { credits, words, settings, size, profile } = of
  const said: Credits = {
    ...(settings.artist && { artist: settings.artist }),
    ...(settings.copyright && { copyright: settings.copyright }),
    ...credits,
    ...(words.creator && { artist: words.creator }),
    ...(words.copyright && { copyright: words.copyright }),
  }
  const { xmp, photoshop } = wordBlocks({
    ...words,
    ...(said.artist !== undefined && { creator: said.artist }),
    ...(said.copyright !== undefined && { copyright: said.copyright }),
  })
  return withSegments(jpeg, {
    exif: writeExif(said, size),
    ...(xmp && { xmp }),
    ...(photoshop && { photoshop }),
    profile,
  })
}
