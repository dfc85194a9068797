import { multistream, pino, transport, type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

const PRETTY = { destination: 2, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true }

/** Logs to stderr, so that stdout carries only what other programs read (the ready line).
 * @param options.keep gets each line as well, as JSON */
export function createLog(options: {
  level: string
  pretty: boolean
  keep?: { write(line: string): void }
}): Logger {
  const { level, keep } = options
  const shown = options.pretty ? transport({ target: 'pino-pretty', options: PRETTY }) : pino.destination(2)
  // What may pass is settled by the logger's level.
  const streams = [shown, ...(keep ? [keep] : [])].map((stream) => ({ stream, level: 'trace' as const }))
  const redact = ['req.headers.cookie', 'req.headers.authorization', '*.secret']
  return pino({ level, redact }, multistream(streams))
}

/** For tests and tools that want silence. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
