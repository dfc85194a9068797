import { Type, type Static } from 'typebox'
import { Message } from './message.ts'
import { Copies } from './photo-print.ts'
import { ActionView } from './undo.ts'
import { closed, Name, oneOf, requestId } from './shapes.ts'

/** Photos on paper: what is wanted, where it goes, and how far that is. */

/** `POST /api/print` */
export const PrintBody = Type.Object(
  {
    filename: Name,
    /** 0 takes the wish back. */
    copies: Copies,
    /** Also where this version of the photo is on paper already. */
    again: Type.Optional(Type.Boolean()),
    request_id: requestId,
  },
  closed,
)

export const PrintReply = Type.Object({
  status: Type.Literal('success'),
  filename: Type.String(),
  /** What the device can undo of it; absent when nothing changed. */
  action: Type.Optional(ActionView),
  /** This version is on paper, or on its way there: nothing is printed. */
  already: Type.Optional(Type.Boolean()),
})
export type PrintReply = Static<typeof PrintReply>

/** Where prints go: nowhere yet, into a folder that the printer's program watches, or to a printer of this computer. */
export const PRINT_TO = ['off', 'folder', 'lp'] as const
/** `fill` crops the photo to the paper; `white` shows all of it, with white beside it. */
export const PRINT_FIT = ['fill', 'white'] as const
/** `photo`: the paper turns with the photo; else every file has that shape, and photos of the other are turned. */
export const PRINT_TURN = ['photo', 'landscape', 'portrait'] as const

const Side = Type.Number({ minimum: 40, maximum: 1200 })

export const PrintSettings = Type.Object(
  {
    to: oneOf(...PRINT_TO),
    /** Absolute path; '' is none. */
    folder: Type.String({ maxLength: 1000, pattern: '^[^\\u0000]*$' }),
    /** A printer by the name that `lpstat -e` gives it. */
    queue: Type.String({
      maxLength: 127,
      pattern: '^([^\\s\\u0000-\\u001f\\u007f/#-][^\\s\\u0000-\\u001f\\u007f/#]*)?$',
    }),
    /** Options of `lp -o`, with spaces between them. */
    options: Type.String({ maxLength: 300, pattern: '^([A-Za-z0-9][A-Za-z0-9._=+:,/%-]*( +|$))*$' }),
    /** The paper, millimetres, in any order. */
    width_mm: Side,
    height_mm: Side,
    /** Pixels an inch. */
    dpi: Type.Integer({ minimum: 150, maximum: 600 }),
    fit: oneOf(...PRINT_FIT),
    turn: oneOf(...PRINT_TURN),
    /** With the watermark and frame of what is published. */
    watermark: Type.Boolean(),
  },
  closed,
)
export type PrintSettings = Static<typeof PrintSettings>

/** `POST /api/print-settings`: what is left out stays. */
export const PrintSettingsBody = Type.Object(
  { ...Type.Partial(PrintSettings).properties, request_id: requestId },
  closed,
)
export type PrintSettingsBody = Static<typeof PrintSettingsBody>

/** `POST /api/prints`: `retry` forgets what was in the way. Of a print of which nobody knows whether it is on paper, a
 * person says that it is (`printed`), or that it is to be printed (`print`). */
export const PrintsBody = Type.Union([
  Type.Object({ action: Type.Literal('retry'), request_id: requestId }, closed),
  Type.Object(
    { action: oneOf('printed', 'print'), id: Type.Integer({ minimum: 1 }), request_id: requestId },
    closed,
  ),
])
export type PrintsBody = Static<typeof PrintsBody>

/** `GET /api/prints` */
export const PrintsView = Type.Object({
  to: PrintSettings.properties.to,
  /** Of the current event, in copies. */
  waiting: Type.Integer(),
  printed: Type.Integer(),
  /** The photo that is being made or put just now. */
  printing: Type.Union([Type.String(), Type.Null()]),
  last: Type.Union([Type.Object({ filename: Type.String(), at: Type.String() }), Type.Null()]),
  unsure: Type.Array(Type.Object({ id: Type.Integer(), filename: Type.String(), copies: Type.Integer() })),
  /** What stands in the way just now. */
  fault: Type.Union([Message, Type.Null()]),
})
export type PrintsView = Static<typeof PrintsView>

/** `GET /api/print-settings` */
export const PrintSettingsReply = Type.Object({
  settings: PrintSettings,
  /** This computer's printers; null where it has no `lp`. */
  queues: Type.Union([Type.Array(Type.String()), Type.Null()]),
})
export type PrintSettingsReply = Static<typeof PrintSettingsReply>
