import { Type, type Static } from 'typebox'

/** What guests' pages read. A head (`manifest.json`) carries the newest entries itself; older ones lie in immutable
 * `pages/<hash>.json`. The head names the newest few pages and one index page, which names the older ones or further
 * index pages: its size does not depend on the number of photos. */
export const ManifestEntry = Type.Object({
  /** The public name, verbatim: `<prefix>/<filename>` is the web size, `<prefix>/thumb/<stem>.webp` the thumb,
   * `<prefix>/view/<stem>.webp` what fills a phone's screen, `<prefix>/full/<filename>` the full size. */
  filename: Type.String(),
  id: Type.String(),
  /** Pixels of the web size. */
  w: Type.Integer(),
  h: Type.Integer(),
  /** ISO 8601, UTC. */
  takenAt: Type.String(),
  /** Minutes that the clock at the venue was ahead of UTC then; absent in what was written before there was one. */
  offset: Type.Optional(Type.Integer()),
  /** The photo's place in the order of first publication. What replaces it keeps the place, and a photo is never given
   * another's; absent like `offset`. */
  place: Type.Optional(Type.Integer()),
  publishedAt: Type.String(),
  /** Base64, https://evanw.github.io/thumbhash/ */
  thumbhash: Type.String(),
  /** Who shot it. Only where the event shows that, and somebody is known. */
  photographer: Type.Optional(Type.String()),
  /** What it shows. Only where the event shows that, and somebody said it. */
  caption: Type.Optional(Type.String()),
  /** Bytes of the web size. */
  bytes: Type.Integer(),
  /** Bytes of the full size; absent where there is none, and in what was written before this field existed. */
  fullBytes: Type.Optional(Type.Integer()),
  has: Type.Object({
    web: Type.Boolean(),
    full: Type.Boolean(),
    /** Absent, and no view there, in what was published before there was one. */
    view: Type.Optional(Type.Boolean()),
  }),
})
export type ManifestEntry = Static<typeof ManifestEntry>

export const ManifestPage = Type.Object({ v: Type.Literal(1), entries: Type.Array(ManifestEntry) })
export type ManifestPage = Static<typeof ManifestPage>

/** A page, as an index names it. `from` and `to` bound the `publishedAt` of all entries in or below it. */
export const PageRef = Type.Object({
  /** Path below the prefix. */
  file: Type.String(),
  /** Entries in or below it. */
  count: Type.Integer(),
  from: Type.String(),
  to: Type.String(),
  /** The Mac whose photos these are. */
  by: Type.Optional(Type.String()),
  /** The file is a ManifestIndex; a ManifestPage without this. */
  index: Type.Optional(Type.Literal(true)),
})
export type PageRef = Static<typeof PageRef>

/** A page of pages, newest first. */
export const ManifestIndex = Type.Object({ v: Type.Literal(2), pages: Type.Array(PageRef) })
export type ManifestIndex = Static<typeof ManifestIndex>

export const ManifestHead = Type.Object({
  /** 1 is what was written before there were index pages: it names every page itself, and is read the same way. */
  v: Type.Union([Type.Literal(1), Type.Literal(2)]),
  /** Rises with every change of this event's manifest. */
  revision: Type.Integer(),
  updatedAt: Type.String(),
  /** The Mac that wrote it. Several may publish into one bucket; each takes over what the others' heads name. */
  by: Type.Optional(Type.String()),
  event: Type.Object({
    slug: Type.String(),
    title: Type.String(),
    subtitle: Type.String(),
    /** `YYYY-MM-DD` */
    date: Type.String(),
    /** Path below the prefix (`assets/...`), or null. */
    hero: Type.Union([Type.String(), Type.Null()]),
    titleFont: Type.Object({ family: Type.String(), size: Type.Integer() }),
    subtitleFont: Type.Object({ family: Type.String(), size: Type.Integer() }),
    /** `#rrggbb`; absent is the page's own. */
    accent: Type.Optional(Type.String()),
    /** Whose photos these are. */
    credit: Type.Optional(Type.String()),
    /** Who shot a photo stands under it: the entry's photographer, or else the `credit`. */
    byline: Type.Optional(Type.Literal(true)),
    /** Instead of the page's own sentence on privacy. */
    privacy: Type.Optional(Type.String()),
  }),
  /** The event's page on the internet, where that was tried and showed what the bucket holds. */
  publicUrl: Type.Optional(Type.String()),
  /** The event's page on the venue's own network. */
  lanUrl: Type.Optional(Type.String()),
  /** How walls show the event, where that is not the usual way: some of `contract/wall.ts`'s settings. A wall that the daemon
   * talks to hears it from there. */
  wall: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  total: Type.Integer(),
  /** The newest entries, newest first; none of them is in a page. At most 50 of each Mac. */
  recent: Type.Array(ManifestEntry),
  /** Ids of the entries in `recent` that are not the writer's own; absent in what was written before this field
   * existed. */
  theirs: Type.Optional(Type.Array(Type.String())),
  /** Newest first; entries inside a page too. Of each Mac: its newest pages, then the index of its older ones. */
  pages: Type.Array(PageRef),
})
export type ManifestHead = Static<typeof ManifestHead>

/** `events.json` in the root: the current Event, if it is at the front door. What an earlier version wrote names all. */
export const EventsIndex = Type.Object({
  v: Type.Literal(1),
  current: Type.Union([Type.String(), Type.Null()]),
  by: Type.Optional(Type.String()),
  /** Where pictures are read from instead of `/photo`: a bucket's own address, as a URL without a closing slash. */
  photoBaseUrl: Type.Optional(Type.String()),
  /** Guests may wait for news at a socket. */
  push: Type.Optional(Type.Literal(true)),
  /** Walls hear there what people want of them: of a daemon alone. */
  walls: Type.Optional(Type.Literal(true)),
  events: Type.Record(Type.String(), Type.Object({ prefix: Type.String(), title: Type.String() })),
})
export type EventsIndex = Static<typeof EventsIndex>

/** `/photo/events/<slug>.json`: one Event, to who knows its address and, where it has one, its PIN. */
export const EventAddress = Type.Object({
  v: Type.Literal(1),
  slug: Type.String(),
  prefix: Type.String(),
  title: Type.String(),
  /** As in the index. */
  photoBaseUrl: Type.Optional(Type.String()),
  /** Guests may wait for news at a socket. */
  push: Type.Optional(Type.Literal(true)),
  /** As in the index. */
  walls: Type.Optional(Type.Literal(true)),
})
export type EventAddress = Static<typeof EventAddress>

/** What stands there instead: 401 where the PIN is missing, 410 after the Event's end. */
export const ClosedDoor = Type.Object({
  v: Type.Literal(1),
  state: Type.Union([Type.Literal('pin'), Type.Literal('ended')]),
  title: Type.String(),
})
export type ClosedDoor = Static<typeof ClosedDoor>
