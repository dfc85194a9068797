import { Type, type Static } from 'typebox'

const Fraction = Type.Number({ minimum: 0, maximum: 1 })
/** Below it a crop keeps too few pixels to be a picture. */
export const LEAST_CROP = 0.05
const Side = Type.Number({ minimum: LEAST_CROP, maximum: 1 })

/** A part of the frame that straightening and zooming leave, in fractions of its sides, from its upper left corner. */
export const Crop = Type.Object(
  { x: Fraction, y: Fraction, width: Side, height: Side },
  { additionalProperties: false },
)
export type Crop = Static<typeof Crop>

/** The SHA-256 of a LUT's file. */
export const LutId = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** Data that describes a change, never pixels. Kept per Photo; `NEUTRAL` publishes the picture as it was shot.
 * Meant in this order: orientation from EXIF, rotation, straighten, scale, crop, warmth, exposure, contrast, LUT. */
export const Edit = Type.Object(
  {
    /** Stops of light (EV), applied in linear light. */
    exposure: Type.Number({ minimum: -2, maximum: 2 }),
    /** -1..1: darks and lights closer together, or further apart. */
    contrast: Type.Number({ minimum: -1, maximum: 1 }),
    /** White balance, -1 (cooler) to 1 (warmer). */
    warmth: Type.Number({ minimum: -1, maximum: 1 }),
    /** Degrees clockwise, after the EXIF orientation. */
    rotation: Type.Unsafe<0 | 90 | 180 | 270>({ type: 'number', enum: [0, 90, 180, 270] }),
    /** Degrees clockwise; the largest rectangle of the same aspect without an empty corner is kept. */
    straighten: Type.Number({ minimum: -10, maximum: 10 }),
    /** Above 1 zooms into the centre, below 1 publishes a smaller picture. */
    scale: Type.Number({ minimum: 0.5, maximum: 2 }),
    crop: Type.Union([Crop, Type.Null()]),
    /** The hash of a LUT's file, which colours go through last; null is none. */
    lut: Type.Union([LutId, Type.Null()]),
  },
  { additionalProperties: false },
)
export type Edit = Static<typeof Edit>

/** Any of an Edit's fields; a field left out keeps what it was. */
export const EditChange = Type.Partial(Edit, { additionalProperties: false })
export type EditChange = Static<typeof EditChange>
