import { isDiskFull, Refusal } from '../errors.ts'
import type { Saying } from '../contract/saying.ts'
import { saying } from '../saying.ts'

export function copyingStopped(why: string): Saying {
  return saying('copying_stopped', `Copying stopped and will be tried again: ${why}`, { why })
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}

/** A full disk in words; every other error as it is. */
export function fullDisk(error: unknown): unknown {
  if (!isDiskFull(error)) return error
  return new Refusal(
    507,
    'disk_full',
    'The disk of the buffer folder is full. Photos wait until there is room again.',
    {
      cause: error,
    },
  )
}
