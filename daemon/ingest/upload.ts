import type { PhotoRecord } from '../catalog/photos/photos.ts'
import { Refusal } from '../errors.ts'
import type { FinalsIntake } from './finals/take.ts'
import type { Arrival } from './intake/arrival.ts'
import type { Ingest } from './intake/ingest.ts'
import { notAPhoto, safeName } from '../originals/names.ts'

export interface Upload {
  /** The sender's name for it; folders and odd characters are dropped. */
  readonly filename: string
  readonly stream: AsyncIterable<Uint8Array>
  /** Asked after the last byte: whether the receiver cut the stream off at its size limit. */
  readonly cut?: () => boolean
}

export type TakeUpload = (
  upload: Upload,
  signal?: AbortSignal,
) => Promise<{ photo: PhotoRecord; already: boolean }>

export type TakeFinalUpload = (
  upload: Upload,
  signal?: AbortSignal,
) => Promise<{ filename: string; already: boolean }>

/** Takes an uploaded file by the protocol of every other shot.
 * @returns `already` when the Event had these bytes
 * @throws Refusal 413 when it was cut off, 422 when it is no photo we take, and those of `Take` */
export const createUpload = (needs: { ingest: Pick<Ingest, 'accept'>; now: () => number }): TakeUpload =>
  uploading({ accept: needs.ingest.accept, now: needs.now })

/** The same for a finished picture. */
export const createFinalUpload = (needs: {
  finals: Pick<FinalsIntake, 'accept'> | undefined
  now: () => number
}): TakeFinalUpload =>
  uploading({
    now: needs.now,
    accept(arrival, signal) {
      if (!needs.finals) throw new Error('No finals are taken here')
      return needs.finals.accept(arrival, signal)
    },
  })

function uploading<T>(needs: {
  accept: (arrival: Arrival, signal: AbortSignal) => Promise<T>
  now: () => number
}): (upload: Upload, signal?: AbortSignal) => Promise<T> {
  return async ({ filename: given, stream, cut }, signal = new AbortController().signal) => {
    const filename = safeName(given)
    const refused = notAPhoto(filename)
    if (refused !== null) throw new Refusal(422, refused.code, refused.message, { params: refused.params })

    async function* read(): AsyncGenerator<Uint8Array> {
      yield* stream
      if (cut?.()) throw new Refusal(413, 'too_large', `${filename} is larger than an upload may be.`)
    }
    const arrival = { path: filename, filename, bytes: null, modifiedAt: needs.now(), origin: 'upload' }
    try {
      return await needs.accept({ ...arrival, content: { read } }, signal)
    } catch (error) {
      // The reason of a broken stream is what the sender should hear.
      if (error instanceof Error && error.cause instanceof Refusal) throw error.cause
      throw error
    }
  }
}
