import { errnoOf, Refusal } from '../errors.ts'

/** `the file is empty` -> `The file is empty.` */
export function sentence(text: string): string {
  const end = /[.?]$/.test(text) ? '' : '.'
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}

const SQLITE_FULL = 13

/** A full disk in words; every other error as it is. */
export function fullDisk(error: unknown): unknown {
  const errno = errnoOf(error)
  const full =
    errno === 'ENOSPC' ||
    errno === 'EDQUOT' ||
    (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_FULL)
  if (!full) return error
  return new Refusal(
    507,
    'disk_full',
    'The disk of the buffer folder is full. Photos wait until there is room again.',
    {
      cause: error,
    },
  )
}
