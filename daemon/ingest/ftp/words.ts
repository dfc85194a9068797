import type { Message } from '../../contract/message.ts'
import { errnoOf, isDiskFull, messageOf, Refusal } from '../../errors.ts'
import { newMessage } from '../../util/message.ts'
import { SourceLost } from '../source.ts'
import { NoData } from './data.ts'
import { OldFrame } from './old-frames.ts'
import { BrokenTransfer } from './pour.ts'

/** What a camera is answered: RFC 959's three digits, and words, which some cameras show. Several lines where a command
 * asks for a list. */
export interface Reply {
  readonly code: number
  readonly text: string
  readonly lines?: readonly string[]
}

export const reply = (code: number, text: string, lines?: readonly string[]): Reply => ({
  code,
  text,
  ...(lines && { lines }),
})

export const KEEPS = 'Keep the photo; it is taken when it is sent again.'

/** Why a frame was not taken: of what passes the camera hears a 4xx and sends again; a 5xx is for good. */
export function replyTo(error: unknown): Reply {
  const cause = error instanceof SourceLost && error.cause !== undefined ? error.cause : error
  if (cause instanceof OldFrame)
    return cause.answer === 'left'
      ? reply(550, 'Shot before the event, and not wanted.')
      : reply(450, `Shot before the event. The app asks whether to take it. ${KEEPS}`)
  if (cause instanceof NoData) return reply(425, cause.message)
  if (cause instanceof BrokenTransfer)
    return reply(426, `${cause.message} What came is kept; go on with REST.`)
  if (isDiskFull(cause)) return reply(452, `The disk is full. ${KEEPS}`)
  if (cause instanceof Refusal) return replyToRefusal(cause)
  if (error instanceof SourceLost) return reply(426, error.message)
  if (errnoOf(cause) === 'ABORT_ERR' || (cause instanceof Error && cause.name === 'AbortError'))
    return reply(426, 'The program is being stopped.')
  return reply(451, `It could not be taken. ${KEEPS}`)
}

function replyToRefusal(refusal: Refusal): Reply {
  const { code, status, message } = refusal
  if (code === 'cut_short' || code === 'middle_missing') return reply(426, message)
  if (status === 422 || status === 413) return reply(553, message)
  if (status === 507) return reply(452, message)
  return reply(450, `${message} ${KEEPS}`)
}

/** What the status says while a camera's frames are not taken; null where only that frame or its connection is at
 * fault. */
export function troubleOf(error: unknown): Message | null {
  const cause = error instanceof SourceLost && error.cause !== undefined ? error.cause : error
  if (isDiskFull(cause))
    return newMessage(
      'disk_full',
      'The disk of the buffer folder is full. Photos wait until there is room again.',
    )
  if (cause instanceof Refusal)
    return cause.status === 422 ? null : newMessage(cause.code, cause.message, cause.params)
  if (error instanceof SourceLost || cause instanceof OldFrame || cause instanceof NoData) return null
  if (cause instanceof BrokenTransfer) return null
  const why = messageOf(cause)
  return newMessage('copying_stopped', `Copying stopped and will be tried again: ${why}`, { why })
}

export const PAUSED = newMessage(
  'paused_ftp',
  'The event is paused: what this camera sends waits in the camera. Continue it to take them.',
)

export const wrongPassword = (camera: string, address: string) =>
  newMessage('ftp_wrong_password', `The camera at ${address} sent a wrong password for "${camera}".`, {
    camera,
    address,
  })

export const unknownUser = (user: string, address: string) =>
  newMessage(
    'ftp_unknown_user',
    `The camera at ${address} logs in as "${user}", which no camera here is called.`,
    {
      user,
      address,
    },
  )

export const needsTls = (camera: string, address: string) =>
  newMessage(
    'ftp_needs_tls',
    `The camera at ${address} may not send unencrypted as "${camera}". Switch FTPS (explicit TLS) on in the camera.`,
    { camera, address },
  )

export const portInUse = (port: number) =>
  newMessage(
    'ftp_port_in_use',
    `Another program listens on port ${port}, so no camera can send by FTP. Choose another with --ftp-port; it is tried again.`,
    { port },
  )

export const portRefused = (port: number, why: string) =>
  newMessage('ftp_port_refused', `Cameras cannot send by FTP: port ${port} cannot be listened on (${why}).`, {
    port,
    why,
  })
