import { pino, type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** Logs to stderr, so that stdout carries only what other programs read (the ready line). */
export function createLog(options: { level: string; pretty: boolean }): Logger {
  return pino(
    {
      level: options.level,
      redact: ['req.headers.cookie', 'req.headers.authorization', '*.secret'],
      ...(options.pretty && {
        transport: {
          target: 'pino-pretty',
          options: {
            destination: 2,
            ignore: 'pid,hostname',
            translateTime: 'SYS:HH:MM:ss',
            singleLine: true,
          },
        },
      }),
    },
    options.pretty ? undefined : pino.destination(2),
  )
}

/** For tests and tools that want silence. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
