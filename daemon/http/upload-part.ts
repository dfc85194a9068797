import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../errors.ts'

/** Receives the one picture of a multipart request, field `file`, into a file of its own, which is gone afterwards.
 * @throws Refusal 415 when it is no multipart request, 400 when there is no such field, 413 when it is too large */
export async function withUpload<T>(request: FastifyRequest, use: (path: string) => Promise<T>): Promise<T> {
  if (!request.isMultipart())
    throw new Refusal(415, 'wrong_type', 'Expected one picture as multipart/form-data.')
  const file = await request.file({ limits: { files: 1 } })
  if (!file || file.fieldname !== 'file')
    throw new Refusal(400, 'no_file', 'Expected one picture in the field "file".')
  const folder = await mkdtemp(join(tmpdir(), 'lep-upload-'))
  try {
    const path = join(folder, randomUUID())
    await pipeline(file.file, createWriteStream(path, { flags: 'wx' }))
    if (file.file.truncated) throw new Refusal(413, 'too_large', `"${file.filename}" is too large.`)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
