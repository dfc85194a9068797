import { readFile, writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import type { OutputSettings } from '../../contract/output-settings.ts'
import type { Size } from '../../contract/recipe.ts'
import type { WordsChange } from '../../contract/words.ts'
import { blend } from './blend.ts'
import type { Credits } from '../formats/credits.ts'
import { createOverlayPainter, overlayPicture, signed } from './overlay-painter.ts'
import type { DrawnOverlay } from '../workers/jobs.ts'
import { overlayFor } from './overlay.ts'
import type { Raster } from '../pixels/pixels.ts'

/** The part of finishing that decodes and encodes: files of the settings, which `writeMark` once wrote. */
const painter = createOverlayPainter({
  async sizeOf(path) {
    const { width, height } = await sharp(await readFile(path)).metadata()
    return { width, height }
  },
  async pixels(path, size) {
    const { data, info } = await sharp(await readFile(path))
      .resize({ ...size, fit: 'fill' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (info.channels !== 4) throw new Error(`${info.channels} channels instead of 4`)
    return { ...size, rgba: data }
  },
})

/** Lays the watermark and the frame over a picture, in place. */
export async function stamp(picture: Raster, settings: OutputSettings): Promise<void> {
  const { width, height } = picture
  const size = { width, height }
  blend(picture, await painter.patches(overlayFor(settings, size), size))
}

/** The library's own sRGB profile, 480 bytes, so that none has to lie in our sources. */
let srgb: Promise<Buffer> | undefined
function srgbProfile(): Promise<Buffer> {
  srgb ??= sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .withIccProfile('srgb')
    .jpeg()
    .toBuffer()
    .then(async (jpeg) => {
      const { icc } = await sharp(jpeg).metadata()
      if (!icc) throw new Error('darkroom: no sRGB profile')
      return icc
    })
  return srgb
}

/** A published JPEG with what it says of itself. */
export async function sign(
  jpeg: Buffer,
  said: { credits: Credits; words: WordsChange },
  settings: OutputSettings,
  size: Size,
): Promise<Buffer> {
  return signed(jpeg, { ...said, settings, size, profile: await srgbProfile() })
}

export async function drawOverlay(settings: OutputSettings, size: Size): Promise<DrawnOverlay> {
  const { picture, mark } = await overlayPicture(painter, settings, size)
  const { width, height, rgba } = picture
  const raw = { width, height, channels: 4 } as const
  return { png: await sharp(rgba, { raw }).png({ compressionLevel: 3 }).toBuffer(), mark }
}

/** Larger than any picture that a mark or frame is laid over. */
const LARGEST_MARK = 4096

/** Decodes all of a picture and writes it upright, in sRGB and with its transparency. */
export async function writeMark(encoded: Buffer, to: string): Promise<void> {
  const png = await sharp(encoded, { failOn: 'error' })
    .autoOrient()
    .resize({ width: LARGEST_MARK, height: LARGEST_MARK, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .png()
    .toBuffer()
  await writeFile(to, png)
}
