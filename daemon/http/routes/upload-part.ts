import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { errnoOf, Refusal } from '../../errors.ts'

/** The files of a multipart request, each to be read to its end before the next.
 * @throws Refusal 415 when it is no multipart request, 400 when it is damaged or ends in the middle */
export async function* filesOf(request: FastifyRequest, most = Infinity): AsyncGenerator<MultipartFile> {
  if (!request.isMultipart())
    throw new Refusal(415, 'wrong_type', 'Expected pictures as multipart/form-data.')
  try {
    yield* request.files(most < Infinity ? { limits: { files: most } } : undefined)
  } catch (error) {
    throw unreadable(error)
  }
}

/** The parser of forms throws errors of no kind. */
function unreadable(error: unknown): unknown {
  if (error instanceof Refusal || errnoOf(error) !== undefined) return error
  return new Refusal(400, 'bad_request', 'The upload is damaged or was cut short.', { cause: error })
}

/** Receives the one picture of a multipart request, field `file`, into a file of its own, which is gone afterwards.
 * @throws Refusal like `filesOf`; 400 when there is no such field, 413 when it is too large */
export async function withUpload<T>(request: FastifyRequest, use: (path: string) => Promise<T>): Promise<T> {
  const { value: file } = (await filesOf(request, 1).next()) as IteratorResult<MultipartFile, undefined>
  if (!file || file.fieldname !== 'file')
    throw new Refusal(400, 'no_file', 'Expected one picture in the field "file".')
  const folder = await mkdtemp(join(tmpdir(), 'lep-upload-'))
  try {
    const path = join(folder, randomUUID())
    await pipeline(file.file, createWriteStream(path, { flags: 'wx' })).catch((error: unknown) => {
      throw unreadable(error)
    })
    if (file.file.truncated) throw new Refusal(413, 'too_large', `"${file.filename}" is too large.`)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
