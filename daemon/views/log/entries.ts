import { LEVELS, type Level, type LogEntry } from '../../contract/log.ts'

/** Characters of one entry that are shown. */
const LONGEST = { text: 2000, details: 6000 } as const
/** Fields that every line has, or that are shown in places of their own. */
const OWN = new Set(['level', 'time', 'pid', 'hostname', 'part', 'msg', 'err'])

/** A line of the log as it was written: pino's JSON, or anything else that came to the standard error output. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number | null
  readonly level: Level
  readonly part: string
  readonly text: string
  readonly stack: string
  readonly fields: Readonly<Record<string, unknown>>
}

function levelOf(number: unknown): Level {
  if (typeof number !== 'number') return 'info'
  return number >= 50 ? 'error' : number >= 40 ? 'warn' : number >= 30 ? 'info' : 'debug'
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

function readJson(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'level' in value ? value : null
  } catch {
    return null
  }
}

/** An error's message and the calls that led to it; errors that it was caused by stand in the stack. */
function stackOf(err: unknown): string {
  if (typeof err !== 'object' || err === null) return textOf(err)
  const { stack, message } = err as Record<string, unknown>
  return textOf(stack) || textOf(message)
}

export function readLine(line: string): LogLine {
  const found = readJson(line)
  // What is no line of the log's own was said to a person at the terminal, or is the end of the program.
  if (!found) return { at: null, level: 'info', part: '', text: line, stack: '', fields: {} }
  const { time, level, part, msg, err } = found
  const fields = Object.fromEntries(Object.entries(found).filter(([name]) => !OWN.has(name)))
  return {
    at: typeof time === 'number' && Number.isFinite(time) ? time : null,
    level: levelOf(level),
    part: textOf(part),
    text: textOf(msg),
    stack: stackOf(err),
    fields,
  }
}

const isAsBad = (level: Level, least: Level) => LEVELS.indexOf(level) >= LEVELS.indexOf(least)

/** Newest first.
 * @param lines oldest first */
export function chooseLines(
  lines: readonly LogLine[],
  { level = 'debug', part, limit }: { level?: Level; part?: string; limit: number },
): LogLine[] {
  return lines
    .filter((line) => isAsBad(line.level, level) && (part === undefined || line.part === part))
    .slice(-limit)
    .reverse()
}

/** Characters at the end of what is cut off that are left out as well: a word that is cut may not be known any more. */
const MARGIN = 200

/** Only as much is looked at as may be shown. */
function shorten(text: string, longest: number, hide: (text: string) => string): string {
  if (text.length <= longest) return hide(text)
  return `${hide(text.slice(0, longest + MARGIN)).slice(0, -MARGIN)} ...`
}

/** @param hide takes out what the reader must not see */
export function entryOf(
  { at, level, part, text, stack, fields }: LogLine,
  hide: (text: string) => string,
): LogEntry {
  const more = Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
  const details = [more, stack].filter((one) => one !== '').join('\n')
  const when = at === null ? null : new Date(at)
  return {
    at: when && !Number.isNaN(when.getTime()) ? when.toISOString() : null,
    ...{ level, part },
    text: shorten(text, LONGEST.text, hide),
    details: shorten(details, LONGEST.details, hide),
  }
}
