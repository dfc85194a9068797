import type { Painter } from './painter.ts'
import { createPlainPainter } from './plain.ts'
import { createGlPainter } from './webgl.ts'

/** One for the whole page: browsers allow few WebGL contexts, and a grid has many pictures. Where there
 * is no graphics chip behind WebGL the same recipe is worked out on the processor, which looks the same. */
export function createDeveloper(): Painter {
  const plain = createPlainPainter()
  let gl = createGlPainter()
  return {
    paint(target, picture, upright, edit, lattice) {
      if (gl?.paint(target, picture, upright, edit, lattice)) return true
      // A context that was lost, as when a phone was asleep, is asked for again; until then the plain one serves.
      gl = gl?.lost() ? createGlPainter() : gl
      return plain.paint(target, picture, upright, edit, lattice)
    },
  }
}

let shared: Painter | undefined
export const developer = (): Painter => (shared ??= createDeveloper())
