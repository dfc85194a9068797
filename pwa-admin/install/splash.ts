import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

/** What an iPad or iPhone shows while the installed app starts has to be of exactly its screen's size, or is
 * ignored. Width and height upright in CSS pixels, and pixels to one of them. */
const SCREENS: readonly (readonly [number, number, number])[] = [
  // iPads: 13", 12.9", 11" (M4), 11", Air, 10.5", 10.2", mini, 9.7"
  [1032, 1376, 2],
  [1024, 1366, 2],
  [834, 1210, 2],
  [834, 1194, 2],
  [820, 1180, 2],
  [834, 1112, 2],
  [810, 1080, 2],
  [744, 1133, 2],
  [768, 1024, 2],
  // iPhones, newest first
  [440, 956, 3],
  [402, 874, 3],
  [420, 912, 3],
  [430, 932, 3],
  [393, 852, 3],
  [428, 926, 3],
  [390, 844, 3],
  [375, 812, 3],
  [414, 896, 3],
  [414, 896, 2],
  [375, 667, 2],
]

export interface Splash {
  readonly name: string
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly media: string
}

/** One for each screen and, on iPads, for each way of holding it. */
export const SPLASHES: readonly Splash[] = SCREENS.flatMap(([short, long, dense]) => {
  const media = (orientation: string) =>
    `(device-width: ${short}px) and (device-height: ${long}px) and (-webkit-device-pixel-ratio: ${dense}) and (orientation: ${orientation})`
  const make = (width: number, height: number, orientation: string) => ({
    name: `splash-${width * dense}x${height * dense}.png`,
    width: width * dense,
    height: height * dense,
    media: media(orientation),
  })
  const upright = make(short, long, 'portrait')
  return short < 700 ? [upright] : [upright, make(long, short, 'landscape')]
})

/** The app's icon in the middle of its dark ground, as a small file.
 * @param icon an SVG with nothing but its ground in the outermost pixels */
export async function drawSplashes(icon: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const svg = await readFile(icon)
  const sides = new Map<number, Promise<Buffer>>()
  const drawn = (side: number) => {
    const known = sides.get(side) ?? sharp(svg, { density: 144 }).resize(side, side).png().toBuffer()
    sides.set(side, known)
    return known
  }
  for (const { name, width, height } of SPLASHES) {
    const input = await drawn(Math.round(Math.min(width, height) / 16) * 4)
    const picture = sharp({ create: { width, height, channels: 3, background: '#0e0e0e' } })
    const png = picture.composite([{ input }]).png({ palette: true, colours: 64, effort: 1, dither: 0 })
    await writeFile(join(folder, name), await png.toBuffer())
  }
}
