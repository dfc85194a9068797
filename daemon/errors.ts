import type { Params } from './contract/saying.ts'

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
