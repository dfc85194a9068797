import type { Edit } from '../../../daemon/contract/edit.ts'
import type { Lattice, Size } from '../../../daemon/contract/recipe.ts'

/** Shows a picture as it will be published: the renderer's own geometry, tone curve and white balance. */
export interface Painter {
  /** Fills the target, whose width and height are set already, with what the Edit keeps of the picture.
   * @param upright the photo's own size; the picture may be a smaller copy of it
   * @param lattice of the Edit's LUT
   * @returns false when it cannot, for good or for now */
  paint(
    target: HTMLCanvasElement,
    picture: HTMLImageElement,
    upright: Size,
    edit: Edit,
    lattice: Lattice | null,
  ): boolean
}
