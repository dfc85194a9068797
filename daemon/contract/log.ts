import { Type, type Static } from 'typebox'
import { closed, oneOf } from './shapes.ts'

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]

export const LogEntry = Type.Object({
  /** ISO 8601; null of lines that no part of the program wrote as such, as of a crash. */
  at: Type.Union([Type.String(), Type.Null()]),
  level: oneOf(...LEVELS),
  /** The part of the program that speaks; empty where it does not say. */
  part: Type.String(),
  text: Type.String(),
  /** What else is known, as `name=value` and as a stack of calls; may be empty. */
  details: Type.String(),
})
export type LogEntry = Static<typeof LogEntry>

/** `GET /api/log` */
export const LogQuery = Type.Object(
  {
    /** That level and everything worse. */
    level: Type.Optional(oneOf(...LEVELS)),
    part: Type.Optional(Type.String({ maxLength: 40 })),
  },
  closed,
)
export const LogReply = Type.Object({
  /** Newest first, of the log's end alone. */
  entries: Type.Array(LogEntry),
  /** Parts that said something there, sorted. */
  parts: Type.Array(Type.String()),
  /** `memory`: nothing is written to a file, so what was before the start is not there. */
  from: oneOf('file', 'memory'),
})
export type LogReply = Static<typeof LogReply>

/** `GET /api/log/report`: text for a bug report, without keys, names and pictures. */
export const BugReportReply = Type.Object({ text: Type.String() })
export type BugReportReply = Static<typeof BugReportReply>
