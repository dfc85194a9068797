import type { SourceStatus } from '../../contract/status.ts'
import { newMessage, spoken } from '../../util/message.ts'
import { plural } from '../words.ts'
import type { Buffer } from './buffer.ts'
import { BUFFER } from './files-seen.ts'

/** The buffer folder is listed among the Sources only while it has something to say. */
export function bufferStatus(
  { waiting, message }: ReturnType<Buffer['status']>,
  isPaused: boolean,
): SourceStatus[] {
  if (waiting === 0 && message === null) return []
  const verb = waiting === 1 ? 'waits' : 'wait'
  const paused = newMessage(
    'paused_buffer',
    `The event is paused: ${plural(waiting, 'file')} ${verb} in the buffer folder. Continue it to take them.`,
    { n: waiting },
  )
  return [
    {
      id: BUFFER,
      kind: 'folder',
      label: 'Buffer folder',
      state: isPaused || message !== null ? 'waiting' : 'copying',
      total: waiting,
      done: 0,
      bytes_total: 0,
      bytes_done: 0,
      safe_to_eject: false,
      offer: null,
      ...spoken(isPaused && waiting > 0 ? paused : message),
    },
  ]
}
