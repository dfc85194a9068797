import { Type, type Static } from 'typebox'
import { closed, oneOf } from './shapes.ts'

/** What every published picture gets after its Edit: watermark, frame, size, quality, names. Equal Photo, Edit and
 * output settings are the same picture. Belongs to no event: the next one goes on with it. */

/** Seven places, or `custom`: the mark's centre in percent of the picture. */
export const MARK_POSITIONS = [
  'top-left', 'top-center', 'top-right', 'center', 'bottom-left', 'bottom-center', 'bottom-right', 'custom',
] as const // prettier-ignore
export type MarkPosition = (typeof MARK_POSITIONS)[number]

const Byte = Type.Integer({ minimum: 0, maximum: 255 })
const Percent = Type.Number({ minimum: 0, maximum: 100 })

/** Lengths are pixels of a picture whose long side is 1600, and scale with it. */
const markFields = {
  type: oneOf('image', 'text'),
  /** One line, any script. */
  text: Type.String({ maxLength: 200 }),
  /** One of `GET /api/available-fonts`. */
  font_family: Type.String({ minLength: 1, maxLength: 80 }),
  text_font_size: Type.Number({ minimum: 6, maximum: 400 }),
  /** Red, green, blue, alpha; 0..255 each. */
  text_color: Type.Unsafe<[number, number, number, number]>({
    type: 'array',
    items: Byte,
    minItems: 4,
    maxItems: 4,
  }),
  position: oneOf(...MARK_POSITIONS),
  custom_x: Percent,
  custom_y: Percent,
  /** 0..1, of an image and of text alike. */
  opacity: Type.Number({ minimum: 0, maximum: 1 }),
  /** An image's width in percent of the picture's short side. */
  scale_percentage: Type.Number({ minimum: 1, maximum: 100 }),
  margin: Type.Number({ minimum: 0, maximum: 400 }),
} as const

export const Mark = Type.Object(markFields, closed)
export type Mark = Static<typeof Mark>

const FrameFit = oneOf('cover', 'contain')

export const WatermarkSettings = Type.Object(
  {
    /** Whether the mark is put on; a frame is there as long as one is uploaded. */
    enabled: Type.Boolean(),
    ...markFields,
    /** How pictures that are higher than wide are marked, when it is not the same. */
    portrait: Type.Union([Mark, Type.Null()]),
    /** `cover` fills the picture and may cut the frame; `contain` shows all of it, centred. */
    frame_fit: FrameFit,
  },
  closed,
)
export type WatermarkSettings = Static<typeof WatermarkSettings>

/** The files that the settings stand on. Those for portraits are optional: without them the others serve. */
export const OVERLAY_FILES = ['image', 'portrait_image', 'frame', 'portrait_frame'] as const
export type OverlayFile = (typeof OVERLAY_FILES)[number]
export type OverlayFiles = Readonly<Record<OverlayFile, string | null>>

const Url = Type.Union([Type.String(), Type.Null()])
export const WatermarkReply = Type.Object({
  ...WatermarkSettings.properties,
  image: Url,
  portrait_image: Url,
  frame: Url,
  portrait_frame: Url,
})
export type WatermarkReply = Static<typeof WatermarkReply>

export const FontsReply = Type.Object({
  fonts: Type.Array(
    Type.Object({
      family: Type.String(),
      /** Whether it has Chinese characters of its own; the others borrow them from Noto Sans TC. */
      cjk: Type.Boolean(),
    }),
  ),
})
export type FontsReply = Static<typeof FontsReply>

const Quality = Type.Integer({ minimum: 40, maximum: 100 })
/** How much of the output sharpening is applied; 0 is none. */
const Sharpening = Type.Number({ minimum: 0, maximum: 2 })

export const PictureSettings = Type.Object(
  {
    web: Type.Object(
      {
        /** Long side, pixels. */
        size: Type.Integer({ minimum: 800, maximum: 8192 }),
        quality: Quality,
        sharpening: Sharpening,
        progressive: Type.Boolean(),
      },
      closed,
    ),
    thumb: Type.Object(
      {
        size: Type.Integer({ minimum: 320, maximum: 1280 }),
        /** The most that one weighs; the quality is searched below it. */
        kilobytes: Type.Integer({ minimum: 15, maximum: 200 }),
        sharpening: Sharpening,
      },
      closed,
    ),
    /** The full size, as large as the Edit leaves it; made after the others, only while `enabled`. */
    full: Type.Object(
      {
        enabled: Type.Boolean(),
        quality: Quality,
        sharpening: Sharpening,
        progressive: Type.Boolean(),
      },
      closed,
    ),
    /** Written into published files whose Original names nobody. */
    artist: Type.String({ maxLength: 200 }),
    copyright: Type.String({ maxLength: 300 }),
    /** What the cache of renditions may take, megabytes. */
    cache_limit_mb: Type.Integer({ minimum: 256, maximum: 1_000_000 }),
  },
  closed,
)
export type PictureSettings = Static<typeof PictureSettings>

export const PictureChange = Type.Object(
  {
    web: Type.Optional(Type.Partial(PictureSettings.properties.web, closed)),
    thumb: Type.Optional(Type.Partial(PictureSettings.properties.thumb, closed)),
    full: Type.Optional(Type.Partial(PictureSettings.properties.full, closed)),
    artist: Type.Optional(PictureSettings.properties.artist),
    copyright: Type.Optional(PictureSettings.properties.copyright),
    cache_limit_mb: Type.Optional(PictureSettings.properties.cache_limit_mb),
  },
  closed,
)
export type PictureChange = Static<typeof PictureChange>

/** One orientation's mark with the file that it needs, and the frame. Paths are the daemon's own. */
export interface Overlay {
  readonly mark: (Mark & { readonly image: string | null }) | null
  readonly frame: { readonly path: string; readonly fit: 'cover' | 'contain' } | null
}

/** The whole, as publishing hands it to the darkroom. */
export interface OutputSettings extends Omit<PictureSettings, 'cache_limit_mb'> {
  /** Null where nothing is laid over pictures of that orientation; a square is a landscape. */
  readonly landscape: Overlay | null
  readonly portrait: Overlay | null
}

/** What pages have to know of it. */
export const OutputSettingsView = Type.Object({
  /** Changes whenever the same Photo and Edit would be published as another picture. */
  key: Type.String(),
  /** Whether there is something to lay over a picture, at `/api/overlay/<key>/<width>x<height>.png`. */
  landscape: Type.Boolean(),
  portrait: Type.Boolean(),
  /** Long side of the web size, pixels. */
  web_size: Type.Integer(),
})
export type OutputSettingsView = Static<typeof OutputSettingsView>
