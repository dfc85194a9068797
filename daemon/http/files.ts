import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errnoOf, Refusal } from '../errors.ts'

/** A URL whose meaning never changes may be kept for a year. */
export const FOREVER = 'public, max-age=31536000, immutable'

async function openPlain(path: string): Promise<FileHandle> {
  try {
    // A link may lead anywhere; what we serve is a file of ours, or nothing.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ELOOP')
      throw new Refusal(404, 'not_found', 'There is nothing at this address.')
    throw error
  }
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

/** Sends one file that the caller has looked up; never a path that a request spelled. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  options: { type: string; cache: string; download?: string },
): Promise<FastifyReply> {
  const handle = await openPlain(path)
  const { size } = await handle.stat()
  const range = parseRange(request.headers.range, size)
  void reply.type(options.type).header('cache-control', options.cache).header('accept-ranges', 'bytes')
  if (options.download !== undefined)
    void reply.header(
      'content-disposition',
      `inline; filename*=UTF-8''${encodeURIComponent(options.download)}`,
    )
  if (range === 'unsatisfiable' || request.method === 'HEAD') await handle.close()
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${size}`).send()
  if (range) void reply.code(206).header('content-range', `bytes ${range.first}-${range.last}/${size}`)
  void reply.header('content-length', range ? range.last - range.first + 1 : size)
  if (request.method === 'HEAD') return reply.send()
  return reply.send(handle.createReadStream(range ? { start: range.first, end: range.last } : {}))
}
