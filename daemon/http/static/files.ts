import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errnoOf, Refusal } from '../../errors.ts'

/** A URL whose meaning never changes may be kept for a year. */
export const FOREVER = 'public, max-age=31536000, immutable'

const nothingHere = () => new Refusal(404, 'not_found', 'There is nothing at this address.')

/** @throws Refusal 404 for whatever is not a plain file */
async function openPlain(path: string): Promise<FileHandle> {
  let handle: FileHandle
  try {
    // A link may lead anywhere; what we serve is a file of ours, or nothing.
    // Nor does a pipe that stands in its place make anybody wait.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'ENAMETOOLONG', 'ENXIO'].includes(errnoOf(error) ?? ''))
      throw nothingHere()
    throw error
  }
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw nothingHere()
}

/** `bytes=a-b`, `bytes=a-`, `bytes=-n` of one range; anything else is ignored, as RFC 9110 allows.
 * @returns first and last byte, `null` for the whole, `unsatisfiable` when it lies outside */
export function parseRange(
  header: string | undefined,
  size: number,
): { first: number; last: number } | null | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  const [, from, to] = match
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (first >= size || (from === '' && Number(to) === 0)) return 'unsatisfiable'
  return last < first ? null : { first, last }
}

/** Sends one file that the caller has looked up; never a path that a request spelled.
 * @param options.bytes how long it has to be, where that is known: another is none of ours
 * @throws Refusal 404 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  options: { type: string; cache: string; download?: string; bytes?: number | null },
): Promise<FastifyReply> {
  const handle = await openPlain(path)
  const { size } = await handle.stat()
  if (options.bytes && options.bytes !== size) {
    await handle.close()
    request.log.warn(
      { path, bytes: size },
      'A published file is not as it was published, and is not given out',
    )
    throw nothingHere()
  }
  const range = parseRange(request.headers.range, size)
  void reply.type(options.type).header('cache-control', options.cache).header('accept-ranges', 'bytes')
  if (options.download !== undefined)
    void reply.header(
      'content-disposition',
      `inline; filename*=UTF-8''${encodeURIComponent(options.download)}`,
    )
  if (range === 'unsatisfiable' || request.method === 'HEAD') await handle.close()
  if (range === 'unsatisfiable')
    return reply
      .code(416)
      .header('cache-control', 'no-store')
      .header('content-range', `bytes */${size}`)
      .send()
  if (range) void reply.code(206).header('content-range', `bytes ${range.first}-${range.last}/${size}`)
  void reply.header('content-length', range ? range.last - range.first + 1 : size)
  if (request.method === 'HEAD') return reply.send()
  return reply.send(handle.createReadStream(range ? { start: range.first, end: range.last } : {}))
}
