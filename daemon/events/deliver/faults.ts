import { isDiskFull, messageOf, Refusal } from '../../errors.ts'

/** What was in the way at one of the folders that a delivery goes to. */
export function targetFault(folder: string, cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause
  if (isDiskFull(cause))
    return new Refusal(
      507,
      'deliver_disk_full',
      `The disk of ${folder} is full. Make room there and deliver again into the same folder: it goes on where it was.`,
      { cause, params: { folder } },
    )
  const why = messageOf(cause)
  return new Refusal(
    503,
    'deliver_unwritable',
    `${folder} cannot be written: ${why}. Connect its disk and deliver again into the same folder: it goes on where it was.`,
    { cause, params: { folder, why } },
  )
}

export const unsound = (path: string) =>
  new Refusal(
    503,
    'deliver_unsound',
    `What was written to ${path} is not what is read back from there. That disk may be failing; use another one.`,
    { params: { path } },
  )

export const sourceAway = (folder: string) =>
  new Refusal(
    503,
    'deliver_source_away',
    `The photos' folder ${folder} is away. Connect its disk and deliver again into the same folder: it goes on where it was.`,
    { params: { folder } },
  )

/** For one photo; the others are delivered all the same. */
export const unread = (name: string, cause: unknown) =>
  new Refusal(422, 'deliver_unread', `${name} could not be read: ${messageOf(cause)}.`, {
    cause,
    params: { name, why: messageOf(cause) },
  })
