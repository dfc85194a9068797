import { Type, type Static } from 'typebox'

export const FONT_FAMILIES = ['system', 'serif', 'sans', 'rounded', 'mono'] as const
const FontFamily = Type.Unsafe<(typeof FONT_FAMILIES)[number]>({ type: 'string', enum: [...FONT_FAMILIES] })
const FontSize = Type.Integer({ minimum: 12, maximum: 160 })

export const EventState = Type.Unsafe<'open' | 'paused' | 'closed'>({
  type: 'string',
  enum: ['open', 'paused', 'closed'],
})
export type EventState = Static<typeof EventState>

export const EventSettings = Type.Object(
  {
    event_title: Type.String({ maxLength: 200 }),
    event_subtitle: Type.String({ maxLength: 300 }),
    title_font_family: FontFamily,
    /** Pixels on a wide screen; smaller screens scale it down. */
    title_font_size: FontSize,
    subtitle_font_family: FontFamily,
    subtitle_font_size: FontSize,
  },
  { additionalProperties: false },
)
export type EventSettings = Static<typeof EventSettings>

export const EventView = Type.Object({
  slug: Type.String(),
  title: Type.String(),
  subtitle: Type.String(),
  /** `YYYY-MM-DD` */
  date: Type.String(),
  /** Frames dated before it are offered, not taken. ISO 8601. */
  starts_at: Type.String(),
  state: EventState,
  /** Below which its files lie in the bucket and under `/photo/`. */
  prefix: Type.String(),
  hero_image_url: Type.Union([Type.String(), Type.Null()]),
})
export type EventView = Static<typeof EventView>

export const FolderSettings = Type.Object(
  {
    buffer_folder: Type.String({ minLength: 1, maxLength: 1024 }),
    web_folder: Type.String({ minLength: 1, maxLength: 1024 }),
    trash_folder: Type.String({ minLength: 1, maxLength: 1024 }),
    archive_folder: Type.String({ minLength: 1, maxLength: 1024 }),
  },
  { additionalProperties: false },
)
export type FolderSettings = Static<typeof FolderSettings>
