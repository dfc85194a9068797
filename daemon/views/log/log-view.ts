import type { Level, LogReply } from '../../contract/log.ts'
import { chooseLines, entryOf, readLine, type LogLine } from './entries.ts'
import { createRedaction, type Known } from './redaction.ts'
import { readLogTail } from './tail.ts'

/** Bytes of the log's end that are read, and entries that are shown and go into a bug report. */
const MOST_READ = 1024 * 1024
const MOST_SHOWN = 500
const MOST_REPORTED = 300

/** Fields of a line that are words of the program's own, or sentences like the text. Of the others numbers are kept. */
const HARMLESS = new Set(['lane', 'check', 'job', 'url', 'error', 'reason', 'why', 'trouble'])

/** Where the lines of the log are. */
export interface LogSource {
  /** The file that it is written to; null where there is none. */
  readonly file: string | null
  /** The newest lines since the start. */
  lines(): string[]
}

export interface LogView {
  read(query: { level?: Level; part?: string }): Promise<LogReply>
  /** What a stranger may read, with what one has to know of this computer and its settings. */
  bugReport(): Promise<string>
}

/** @param needs.about lines such as `Node: v26.10.0`, which name nobody */
export function createLogView(needs: {
  source: LogSource
  known: () => Known
  about: () => readonly string[]
}): LogView {
  const { source } = needs

  async function lines(): Promise<{ lines: LogLine[]; from: LogReply['from'] }> {
    const written = source.file === null ? [] : await readLogTail(source.file, MOST_READ)
    const from = written.length > 0 ? 'file' : 'memory'
    return { lines: (from === 'file' ? written : source.lines()).map(readLine), from }
  }

  return {
    async read(query) {
      const { lines: all, from } = await lines()
      const { withoutSecrets } = createRedaction(needs.known())
      return {
        entries: chooseLines(all, { ...query, limit: MOST_SHOWN }).map((line) =>
          entryOf(line, withoutSecrets),
        ),
        parts: [...new Set(all.map(({ part }) => part))].filter((part) => part !== '').sort(),
        from,
      }
    },
    async bugReport() {
      const { lines: all } = await lines()
      const { forStrangers } = createRedaction(needs.known())
      const chosen = chooseLines(all, { limit: MOST_REPORTED }).map(strippedOf)
      const entries = chosen.map((line) => entryOf(line, forStrangers))
      const text = entries.map(({ at, level, part, text, details }) =>
        [`${at ?? '-'} ${level} ${part || '-'} ${text}`, ...details.split('\n')]
          .filter((line) => line !== '')
          .join('\n    '),
      )
      return [...needs.about(), '', ...text, ''].join('\n')
    },
  }
}

/** Of the fields only what cannot name anybody. */
function strippedOf(line: LogLine): LogLine {
  const fields = Object.entries(line.fields).map(([name, value]) => {
    const isPlain = typeof value === 'number' || typeof value === 'boolean' || value === null
    return [name, isPlain || HARMLESS.has(name) ? value : '<left out>']
  })
  return { ...line, fields: Object.fromEntries(fields) as Record<string, unknown> }
}
