import { writeFile } from 'node:fs/promises'
import { geometry, type Size } from '../contract/recipe.ts'
import { stamp } from './overlay/stamp.ts'
import { develop, loopsFor } from './pixels/develop.ts'
import { fromRaster, openPicture, toRaster } from './pixels/picture.ts'
import { readLattice } from './luts.ts'
import { refuseSmall } from './render.ts'
import type { Job } from './workers/jobs.ts'

const WHITE = '#ffffff'
const QUALITY = 95
/** Paper is looked at closely, and dye spreads a little. */
const SHARPENING = 0.4

/** Puts a picture on paper: a JPEG of exactly the paper's pixels, in sRGB, without a word about whence it came. What is laid
 * over it lies within what is seen of it.
 * @throws Refusal like `print` */
export async function printPaper(job: Extract<Job, { type: 'paper' }>): Promise<void> {
  const { path, edit, to, paper, settings, lut = '' } = job
  const lattice = edit.lut ? await readLattice(edit.lut, lut) : null
  const picture = await openPicture(path)
  refuseSmall(picture)
  const whole = geometry(picture.upright, edit, Infinity).output
  const isWide = whole.width >= whole.height
  const sheet: Size = isWide
    ? { width: paper.long, height: paper.short }
    : { width: paper.short, height: paper.long }
  const scales = [sheet.width / whole.width, sheet.height / whole.height]
  const scale = paper.fills ? Math.max(...scales) : Math.min(...scales)
  const longSide = Math.ceil(Math.max(whole.width, whole.height) * scale)
  const developed = await develop(picture, edit, longSide, lattice)
  const seen: Size = paper.fills
    ? sheet
    : {
        width: Math.min(sheet.width, Math.max(1, Math.round(whole.width * scale))),
        height: Math.min(sheet.height, Math.max(1, Math.round(whole.height * scale))),
      }
  const sized = await toRaster(fromRaster(developed).resize({ ...seen, fit: paper.fills ? 'cover' : 'fill' }))
  const finished = loopsFor(sized).sharpen(sized, SHARPENING)
  await stamp(finished, settings)
  const [left, top] = [
    Math.floor((sheet.width - seen.width) / 2),
    Math.floor((sheet.height - seen.height) / 2),
  ]
  const laid = await toRaster(
    fromRaster(finished).extend({
      left,
      top,
      right: sheet.width - seen.width - left,
      bottom: sheet.height - seen.height - top,
      background: WHITE,
    }),
  )
  const isTurned = paper.shape !== null && (paper.shape === 'landscape') !== isWide
  const jpeg = await fromRaster(laid)
    .rotate(isTurned && paper.long !== paper.short ? 90 : 0)
    .withMetadata({ density: paper.dpi })
    .withIccProfile('srgb')
    .jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' })
    .toBuffer()
  await writeFile(to, jpeg)
}
