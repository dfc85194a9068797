import { isDiskFull, Refusal } from '../errors.ts'
import type { PhotoState } from '../contract/photo.ts'
import type { Message } from '../contract/message.ts'
import { newMessage } from '../util/message.ts'

export function copyingStopped(why: string): Message {
  return newMessage('copying_stopped', `Copying stopped and will be tried again: ${why}`, { why })
}

export function bufferTrouble(why: string): Message {
  return newMessage('buffer_trouble', `A file in the buffer folder could not be taken yet: ${why}`, { why })
}

export const SUBFOLDER = newMessage(
  'subfolder',
  'Only files directly in the buffer folder are taken, not those in folders below it.',
)
export const LINK = newMessage('link', 'A link, not a file.')

/** A second copy of a Photo's file, wherever that is. */
export function sameAs(name: string, state: PhotoState): Message {
  const where = { buffer: '', archived: ', which is in the archive', trashed: ', which is in the trash' }
  const message = `The same picture as ${name}${where[state]}.`
  const same = {
    buffer: newMessage('same_as', message, { name }),
    archived: newMessage('same_as_archived', message, { name }),
    trashed: newMessage('same_as_trashed', message, { name }),
  }
  return same[state]
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
