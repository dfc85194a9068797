import type { SKRSContext2D } from '@napi-rs/canvas'
import { checkLetters, familyChain } from './fonts.ts'

/** Straight (not premultiplied) alpha, 4 bytes a pixel, row by row. */
export interface Rgba {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array
}

export interface TextRenderer {
  readonly text: string
  readonly family: string
  /** Pixels. */
  readonly size: number
  /** 0..255 each; the alpha is the caller's. */
  readonly color: readonly [red: number, green: number, blue: number]
  /** Room for the ink, pixels: a text that needs more is set smaller. */
  readonly room: { readonly width: number; readonly height: number }
}

/** Registers under a name of ours, or a font of the same name on the machine might be taken instead. */
const alias = (family: string) => `lep ${family}`
const registered = new Set<string>()

/** Sets one line of text and cuts the picture to its ink, so that nothing of a letter is clipped and no margin of the
 * font's own moves it. The library is loaded when the first text is set: most workers never need it.
 * @returns null when the text has no ink (spaces)
 * @throws Refusal 422 rather than draw boxes for characters that no font has */
export async function drawText(textRenderer: TextRenderer): Promise<Rgba | null> {
  checkLetters(textRenderer.text, textRenderer.family)
  const { createCanvas, GlobalFonts } = await import('@napi-rs/canvas')
  const chain = familyChain(textRenderer.family)
  for (const font of chain) {
    const path = font.path()
    if (registered.has(font.family) || path === null) continue
    if (!GlobalFonts.registerFromPath(path, alias(font.family)))
      throw new Error(`text: ${font.family} cannot be loaded`)
    registered.add(font.family)
  }
  const families = chain.map(({ family }) => `"${alias(family)}"`).join(', ')
  const { room } = textRenderer

  function draw(size: number): Rgba | null {
    const style = (context: SKRSContext2D) => {
      context.font = `${size}px ${families}`
      context.textRendering = 'geometricPrecision'
    }
    const ruler = createCanvas(1, 1).getContext('2d')
    style(ruler)
    const box = ruler.measureText(textRenderer.text)
    // What measuring says is checked against the ink itself: letters may reach beyond it.
    const pad = Math.ceil(size)
    const width =
      Math.ceil(box.actualBoundingBoxLeft + Math.max(box.actualBoundingBoxRight, box.width)) + 2 * pad
    const height = Math.ceil(box.actualBoundingBoxAscent + box.actualBoundingBoxDescent) + 2 * pad
    const canvas = createCanvas(Math.max(1, width), Math.max(1, height))
    const context = canvas.getContext('2d')
    style(context)
    const [red, green, blue] = textRenderer.color
    context.fillStyle = `rgb(${red}, ${green}, ${blue})`
    context.fillText(textRenderer.text, pad + box.actualBoundingBoxLeft, pad + box.actualBoundingBoxAscent)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    return cutToInk({ width: canvas.width, height: canvas.height, rgba: new Uint8Array(data.buffer) })
  }

  let { size } = textRenderer
  for (let tries = 0; ; tries++) {
    const drawn = draw(size)
    if (!drawn || tries === 8 || size <= 1) return drawn
    const fit = Math.min(room.width / drawn.width, room.height / drawn.height)
    if (fit >= 1) return drawn
    size = Math.max(1, size * Math.min(fit, 0.995))
  }
}

/** The smallest part of a picture that holds all that is not transparent; null when nothing is. */
export function cutToInk({ width, height, rgba }: Rgba): Rgba | null {
  let [left, right, top, bottom] = [width, -1, height, -1]
  for (let y = 0, at = 3; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      if (rgba[at] === 0) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  if (right < 0) return null
  const [w, h] = [right - left + 1, bottom - top + 1]
  const cut = new Uint8Array(w * h * 4)
  for (let y = 0; y < h; y++) {
    const from = ((top + y) * width + left) * 4
    cut.set(rgba.subarray(from, from + w * 4), y * w * 4)
  }
  return { width: w, height: h, rgba: cut }
}
