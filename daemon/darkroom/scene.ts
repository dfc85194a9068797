import type { Raster } from './pixels.ts'
export function paintScene(seed: number, portrait: boolean): Raster {
  const [width, height] = portrait ? [1200, 1800] : [1800, 1200]
  return { width, height, data: new Uint8Array(width * height * 3).fill(seed) }
}
