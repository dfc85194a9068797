import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { Shot } from '../source.ts'
import type { Message } from '../../contract/message.ts'

/** A file that comes without a ledger: an upload. */
export type Arrival = Pick<
  Shot,
  'path' | 'filename' | 'bytes' | 'modifiedAt' | 'isMarked' | 'content' | 'unfinished'
> & {
  /** Source and folder: a RAW and its JPEG share it. */
  readonly origin: string
}

export type Accepted = { photo: PhotoRecord; already: boolean }

/** What `Take` does, for bytes that come once. Errors are those of `Take`, and Refusal 422 when they are no photo we
 * take. */
export type Accept = (arrival: Arrival, signal: AbortSignal) => Promise<Accepted>

export type Adopted =
  | { readonly outcome: 'taken'; readonly photo: PhotoRecord }
  /** The file is a Photo's own already. */
  | { readonly outcome: 'known' }
  /** The file changed or went away while it was looked at. */
  | { readonly outcome: 'changed' }
  /** The file's end is missing: another program may still be writing it. */
  | { readonly outcome: 'unfinished'; readonly reason: Message }
  | { readonly outcome: 'skipped'; readonly reason: Message }

/** Makes a Photo of a file that lies in the buffer folder, where it is. Errors are those of `Take`.
 * @param fingerprint as it was when looked at
 * @param stoodStill nobody is writing it any more: a picture that is whole is taken, whatever else its file says should
 * follow */
export type Adopt = (
  name: string,
  fingerprint: string,
  signal: AbortSignal,
  stoodStill?: boolean,
) => Promise<Adopted>
