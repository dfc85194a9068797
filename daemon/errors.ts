import type { Params } from './contract/message.ts'

/** What went wrong, in a person's words, with the HTTP status it deserves. Anything that is not a Refusal is a
 * fault of ours and is never shown in detail. */
export class Refusal extends Error {
  readonly code: string
  /** What a translation of the message has to fill in. */
  readonly params: Params
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421 | 422 | 429 | 503 | 507

  constructor(
    status: Refusal['status'],
    code: string,
    message: string,
    options: { cause?: unknown; params?: Params } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.params = options.params ?? {}
  }
}

/** An error's message, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The errno name (`ENOENT`, `EEXIST`, ...) of a system error, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** SQLite's primary result codes; sqlite.org/rescode.html */
const SQLITE = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const

/** The primary result code of an error of SQLite, or undefined. */
function sqliteCodeOf(error: unknown): number | undefined {
  if (errnoOf(error) !== 'ERR_SQLITE_ERROR') return undefined
  const { errcode } = error as Error & { errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}

/** Whether a disk had no room, for a file or for the catalog. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '') || sqliteCodeOf(error) === SQLITE.full
}

/** Whether the catalog could not be written because of the disk below it. Nothing of that change is kept. */
export function isStorageFault(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  return (
    code === SQLITE.full || code === SQLITE.readOnly || code === SQLITE.ioError || code === SQLITE.cantOpen
  )
}

/** A file that ends before its pages do: SQLITE_IOERR_SHORT_READ. */
const SHORT_READ = 522

/** Whether a file is no catalog, or one that can no longer be read. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  if (code === SQLITE.ioError) return (error as Error & { errcode: number }).errcode === SHORT_READ
  return code === SQLITE.corrupt || code === SQLITE.notADatabase
}

/** Whether another process holds the database. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  return code === SQLITE.busy || code === SQLITE.locked
}
