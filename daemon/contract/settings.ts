import { Type, type Static } from 'typebox'
import { Visibility } from './event-access.ts'
import { oneOf } from './shapes.ts'
import { WordsChange } from './words.ts'

export const FONT_FAMILIES = ['system', 'serif', 'sans', 'rounded', 'mono'] as const
const FontFamily = Type.Unsafe<(typeof FONT_FAMILIES)[number]>({ type: 'string', enum: [...FONT_FAMILIES] })
export const FONT_SIZES = { minimum: 12, maximum: 160 } as const
const FontSize = Type.Integer(FONT_SIZES)

export const EventState = oneOf('open', 'paused', 'closed')
export type EventState = Static<typeof EventState>

/** How an event's gallery reads. */
export const GallerySettings = Type.Object(
  {
    event_title: Type.String({ maxLength: 200 }),
    event_subtitle: Type.String({ maxLength: 300 }),
    title_font_family: FontFamily,
    /** Pixels on a wide screen; smaller screens scale it down. */
    title_font_size: FontSize,
    subtitle_font_family: FontFamily,
    subtitle_font_size: FontSize,
    /** `#rrggbb`, of what guests press in the gallery; empty is the gallery's own. */
    accent_color: Type.String({ pattern: '^(#[0-9a-fA-F]{6})?$' }),
    /** Whose photos these are, at the foot of the gallery. */
    credit: Type.String({ maxLength: 200 }),
    /** Whether guests read under a photo who shot it: its photographer, or else the `credit`. */
    show_photographer: Type.Boolean(),
    /** What guests should know about their pictures; empty is the gallery's own sentence. */
    privacy_text: Type.String({ maxLength: 1000 }),
    /** Whether guests read a photo's caption under it; it is what a screen reader says of it, then. */
    show_captions: Type.Boolean(),
  },
  { additionalProperties: false },
)
export type GallerySettings = Static<typeof GallerySettings>

/** What its photos say in words. */
export const EventWords = Type.Object(
  {
    /** Words that every published photo gets; `{date} {time} {event} {photographer} {camera} {n}` stand for the photo's
     * own, `{n}` for the number that its camera gave it. */
    words_template: WordsChange,
    /** Whether they go over, under or instead of those that came with a photo. */
    words_mode: oneOf('over', 'under', 'instead'),
    /** Who can be seen, for code replacements: a line each, a code, a tab, and the text that stands for it. */
    words_roster: Type.String({ maxLength: 100_000 }),
  },
  { additionalProperties: false },
)
export type EventWords = Static<typeof EventWords>

export type EventSettings = GallerySettings & EventWords

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
  /** Who may open its gallery: see `EventDocument`. */
  visibility: Visibility,
  /** ISO 8601; afterwards the gallery is open to nobody. */
  ends_at: Type.Union([Type.String(), Type.Null()]),
  hero_image_url: Type.Union([Type.String(), Type.Null()]),
})
export type EventView = Static<typeof EventView>

export const FolderSettings = Type.Object(
  {
    buffer_folder: Type.String({ minLength: 1, maxLength: 1024 }),
    web_folder: Type.String({ minLength: 1, maxLength: 1024 }),
    trash_folder: Type.String({ minLength: 1, maxLength: 1024 }),
    archive_folder: Type.String({ minLength: 1, maxLength: 1024 }),
    finals_folder: Type.String({ minLength: 1, maxLength: 1024 }),
  },
  { additionalProperties: false },
)
export type FolderSettings = Static<typeof FolderSettings>

/** `GET /api/folders?path=`: the folders inside one folder of the Mac, for choosing. */
export const FolderListing = Type.Object({
  path: Type.String(),
  /** Null at the top. */
  parent: Type.Union([Type.String(), Type.Null()]),
  /** The folders in it, sorted by name; hidden ones are left out. */
  folders: Type.Array(Type.Object({ name: Type.String(), path: Type.String() })),
  /** Whether the daemon may write there. */
  writable: Type.Boolean(),
  free_bytes: Type.Union([Type.Number(), Type.Null()]),
  /** Good places to begin. */
  places: Type.Array(
    Type.Object({
      kind: oneOf('data', 'home', 'disk'),
      name: Type.String(),
      path: Type.String(),
    }),
  ),
})
export type FolderListing = Static<typeof FolderListing>

/** `GET /api/event-statistics`, of the current Event. */
/** What guests did, as numbers that name nobody. */
export const GuestStatistics = Type.Object({
  /** Pages that wait for news now, and the most that ever did at once. */
  now: Type.Integer(),
  peak: Type.Integer(),
  /** Photos that were opened by themselves, and saved. */
  opened: Type.Integer(),
  saved: Type.Integer(),
  /** The three that were saved most, of those that are public. */
  most_saved: Type.Array(
    Type.Object({ filename: Type.String(), photo_id: Type.String(), count: Type.Integer() }),
  ),
})
export type GuestStatistics = Static<typeof GuestStatistics>

export const EventStatistics = Type.Object({
  guests: Type.Optional(GuestStatistics),
  /** ISO 8601, of the first photo that came in; null before it. */
  started_at: Type.Union([Type.String(), Type.Null()]),
  in: Type.Integer(),
  /** Photos that guests see now. */
  published: Type.Integer(),
  /** Photos that guests saw at some time. */
  published_ever: Type.Integer(),
  rejected: Type.Integer(),
  archived: Type.Integer(),
  set_aside: Type.Integer(),
  /** Hours in which something happened, oldest first; each begins at a full hour, ISO 8601. */
  hours: Type.Array(Type.Object({ at: Type.String(), in: Type.Integer(), published: Type.Integer() })),
})
export type EventStatistics = Static<typeof EventStatistics>
