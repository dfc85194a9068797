import { Type, type Static } from 'typebox'

/** Data that describes a change, never pixels. Kept per Photo; `NEUTRAL` publishes the picture as it was shot. */
export const Edit = Type.Object(
  {
    /** Stops of light (EV), applied in linear light. */
    exposure: Type.Number({ minimum: -2, maximum: 2 }),
    /** Degrees clockwise, after the EXIF orientation. */
    rotation: Type.Unsafe<0 | 90 | 180 | 270>({ type: 'number', enum: [0, 90, 180, 270] }),
    /** Degrees clockwise; the largest rectangle of the same aspect without an empty corner is kept. */
    straighten: Type.Number({ minimum: -10, maximum: 10 }),
    /** Above 1 zooms into the centre, below 1 publishes a smaller picture. */
    scale: Type.Number({ minimum: 0.5, maximum: 2 }),
  },
  { additionalProperties: false },
)
export type Edit = Static<typeof Edit>

/** Any of an Edit's fields; a field left out keeps what it was. */
export const EditChange = Type.Partial(Edit, { additionalProperties: false })
export type EditChange = Static<typeof EditChange>
