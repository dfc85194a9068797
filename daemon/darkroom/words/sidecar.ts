import type { Edit } from '../../contract/edit.ts'
import type { Size } from '../../contract/recipe.ts'
import { cameraRawCrop } from './camera-raw.ts'
import type { Property } from './properties.ts'
import type { WordsChange } from './words.ts'
import { mergedXmp, saysAll } from './xmp-merge.ts'
import { packet, wordProperties, xmpDocument } from './xmp-write.ts'

/** What we know of a Photo that a sidecar can say. What is left out is left as it is, or not said. */
export interface SidecarFacts {
  /** Stars 0..5; -1 is rejected. */
  readonly rating?: -1 | 0 | 1 | 2 | 3 | 4 | 5
  /** As the program's own language calls it, `Red`; '' for none. */
  readonly label?: string
  readonly pick?: boolean
  readonly words?: WordsChange
  /** The Edit's crop and straightening go in as Camera Raw's, where that has words for them.
   * `upright`: the Original's size after its EXIF `orientation` (1..8), pixels. */
  readonly developed?: { readonly edit: Edit; readonly upright: Size; readonly orientation: number }
}

const text = (prefix: Property['prefix'], name: string, value: string): Property => ({
  prefix,
  name,
  shape: 'text',
  values: [value],
})
const six = (value: number) => String(Number(value.toFixed(6)))

function propertiesOf({ rating, label, pick, words, developed }: SidecarFacts): Property[] {
  const crop = developed && cameraRawCrop(developed.upright, developed.orientation, developed.edit)
  return [
    ...(rating === undefined ? [] : [text('xmp', 'Rating', String(rating))]),
    ...(label ? [text('xmp', 'Label', label)] : []),
    ...(pick === undefined
      ? []
      : [
          text('xmpDM', 'pick', rating === -1 ? '-1' : pick ? '1' : '0'),
          text('photomechanic', 'Tagged', pick ? 'True' : 'False'),
        ]),
    ...wordProperties(words ?? {}),
    ...(crop
      ? [
          text('crs', 'HasCrop', 'True'),
          text('crs', 'CropTop', six(crop.top)),
          text('crs', 'CropLeft', six(crop.left)),
          text('crs', 'CropBottom', six(crop.bottom)),
          text('crs', 'CropRight', six(crop.right)),
          text('crs', 'CropAngle', six(crop.angle)),
          text('crs', 'CropConstrainToWarp', '0'),
        ]
      : []),
  ]
}

/** What programs have to find before they look at a crop: that there are settings, and how the picture is stored. A
 * sidecar that says so already keeps that. */
function spareOf({ developed }: SidecarFacts): Property[] {
  if (!developed) return []
  const { width, height } = developed.upright
  const isTurned = developed.orientation >= 5
  return [
    text('crs', 'Version', '15.0'),
    text('crs', 'ProcessVersion', '11.0'),
    text('crs', 'HasSettings', 'True'),
    text('crs', 'AlreadyApplied', 'False'),
    text('tiff', 'ImageWidth', String(isTurned ? height : width)),
    text('tiff', 'Orientation', String(developed.orientation)),
    text('tiff', 'ImageLength', String(isTurned ? width : height)),
  ]
}
const isCropped = (properties: readonly Property[]) => properties.some(({ prefix }) => prefix === 'crs')

/** A whole sidecar, for a file that has none. */
export function sidecarXmp(facts: SidecarFacts): string {
  const own = propertiesOf(facts)
  const all = isCropped(own) ? [...own, ...spareOf(facts)] : own
  return `${packet(xmpDocument(all, '\n'), 'w')}\n`
}

/** Whether a sidecar says what we know already.
 * @throws UnreadableXmp */
export const sidecarSays = (existing: string, facts: SidecarFacts): boolean =>
  saysAll(existing, propertiesOf(facts))

/** A sidecar with what we know put in place of what it said of that; everything else that programs wrote into it stays,
 * also in properties and languages that we know nothing of.
 * @throws UnreadableXmp when it is no XMP: then it must stay as it is */
export function mergedSidecar(existing: string, facts: SidecarFacts): string {
  const own = propertiesOf(facts)
  return mergedXmp(existing, own, isCropped(own) ? spareOf(facts) : [])
}
