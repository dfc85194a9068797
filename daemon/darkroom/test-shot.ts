import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { blend } from './overlay/blend.ts'
import { DEFAULT_FAMILY } from './overlay/fonts.ts'
import { drawText } from './overlay/text-renderer.ts'
import { fromRaster } from './pixels/picture.ts'

/** This module, as `Darkroom.make` takes it. */
export const TEST_SHOT = new URL(import.meta.url)

const [WIDTH, HEIGHT] = [1200, 800]
const GREY = 0x2a

/** Draws the program's own test shot: a grey card that says what it is, so that nobody who meets it takes it for a
 * photo. No two have the same bytes, whatever the clock says. */
export async function make(path: string, seed: number, takenAt: Date): Promise<void> {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(GREY)
  const id = randomUUID()
  const lines = ['TEST SHOT 測試', takenAt.toISOString().slice(0, 19).replace('T', ' '), `${seed} ${id}`]
  for (const [n, text] of lines.entries()) {
    const ink = await drawText({
      text,
      family: DEFAULT_FAMILY,
      size: n === 0 ? 120 : 40,
      color: [0xec, 0xec, 0xec],
      room: { width: WIDTH - 120, height: 160 },
    })
    if (!ink) continue
    const left = Math.round((WIDTH - ink.width) / 2)
    blend({ width: WIDTH, height: HEIGHT, data }, [{ ...ink, left, top: 260 + n * 140 }])
  }
  const two = (part: number) => String(part).padStart(2, '0')
  const day = [takenAt.getFullYear(), two(takenAt.getMonth() + 1), two(takenAt.getDate())].join(':')
  const time = [takenAt.getHours(), takenAt.getMinutes(), takenAt.getSeconds()].map(two).join(':')
  const photo = await fromRaster({ width: WIDTH, height: HEIGHT, data })
    .withExif({ IFD2: { DateTimeOriginal: `${day} ${time}`, ImageUniqueID: id } })
    .jpeg({ quality: 85 })
    .toBuffer()
  await writeFile(path, photo)
}
