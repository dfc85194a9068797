import sharp from 'sharp'
import { RENDITIONS } from '../../daemon/darkroom/renditions.ts'

/** The pictures' own work and nothing else, as a worker does it: one at a time, on one core. What a daemon takes beyond
 * that is what it costs on this machine. */

const { tile, web, thumb } = RENDITIONS

/** Decodes a photo as far as a tile needs it, and encodes the tile. */
export async function tileAlone(path: string): Promise<void> {
  sharp.concurrency(1)
  const { longSide, quality } = tile
  await sharp(path).resize(longSide, longSide, { fit: 'inside' }).jpeg({ quality }).toBuffer()
}

/** Decodes a photo as far as the web size needs it, and encodes web size and thumb. */
export async function publishAlone(path: string): Promise<void> {
  sharp.concurrency(1)
  const { data, info } = await sharp(path)
    .resize(web.longSide, web.longSide, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const decoded = () => sharp(data, { raw: { width, height, channels } })
  await decoded().jpeg({ quality: web.quality, progressive: true }).toBuffer()
  await decoded()
    .resize(thumb.longSide, thumb.longSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: thumb.quality, effort: 2 })
    .toBuffer()
}
