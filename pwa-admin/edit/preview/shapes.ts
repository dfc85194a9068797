import type { Size } from '../../../daemon/contract/recipe.ts'

export const SHAPES = ['free', 'same', '1:1', '3:2', '4:3', '16:9'] as const
export type Shape = (typeof SHAPES)[number]

/** A shape as width over height in fractions of the frame that the crop is cut from; null when it is free.
 * @param frame the frame's size, in any unit
 * @param upright whether the longer side stands; a frame that stands itself is left to say so by the caller */
export function aspectOf(shape: Shape, frame: Size, upright: boolean): number | null {
  if (shape === 'free') return null
  const [w, h] =
    shape === 'same'
      ? [Math.max(frame.width, frame.height), Math.min(frame.width, frame.height)]
      : (shape.split(':').map(Number) as [number, number])
  const wanted = upright ? h / w : w / h
  return wanted / (frame.width / frame.height)
}
