import { errnoOf, messageOf, Refusal } from '../../errors.ts'

/** Hears of what is there and could not be read; where it returns, that is taken as not there. */
export type Unread = (path: string, error: unknown) => void

/** A file that is not there, or on a disk that is not, is no fault. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENXIO', 'ENODEV', 'ESTALE'])

/** A rebuild concludes nothing from what a disk does not give: photos would be forgotten, or public again.
 * @throws Refusal 503 `rebuild_unread` */
export const refuseUnread: Unread = (path, cause) => {
  const why = messageOf(cause)
  throw new Refusal(
    503,
    'rebuild_unread',
    `${path} is there and could not be read. Nothing was changed. Connect its disk again and repeat this; where it stays so, move that file elsewhere, and the rebuild goes on without it.`,
    { cause, params: { path, why } },
  )
}

/** For guests, who are shown what there is. */
export const passUnread: Unread = () => undefined

/** @returns undefined for what is not there */
export async function readOr<T>(path: string, unread: Unread, read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (!ABSENT.has(errnoOf(error) ?? '')) unread(path, error)
    return undefined
  }
}
