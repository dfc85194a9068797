import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError, FileError } from '../../contract/api.ts'
import type { Params } from '../../contract/message.ts'
import { errnoOf, isDiskFull, isStorageFault, Refusal } from '../../errors.ts'
import { newMessage, messageFrom } from '../../util/message.ts'
import { isNavigation } from './client-address.ts'

/** When it is worth trying again what there was no room or time for, seconds. */
const RETRY_S = 2

const GONE = ['There is nothing at this address.', '這個網址沒有內容。'] as const
const BUSY = [
  'The photos cannot be shown just now. Please try again in a moment.',
  '目前暫時無法顯示照片，請稍後再試。',
] as const

/** What a guest reads who opened an address of the gallery that cannot be answered: in words, and with a way on. */
function guestPage(status: number): string {
  const [english, chinese] = status === 404 || status === 400 ? GONE : BUSY
  const line = (lang: string, text: string, link: string) =>
    `<p lang="${lang}">${text} <a href="/gallery/">${link}</a></p>`
  return (
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<title>Photos</title>${line('en', english, 'See the photos')}${line('zh-Hant', chinese, '查看照片')}`
  )
}

/** Sends what went wrong: as a page to a guest who opened an address of the gallery, else as our API says it. Nobody
 * may keep it: the next answer may be another. */
function sendError(
  request: Pick<FastifyRequest, 'method' | 'headers' | 'url'>,
  reply: FastifyReply,
  status: number,
  body: object,
): FastifyReply {
  void reply.code(status).header('cache-control', 'no-store').removeHeader('etag')
  if (isNavigation(request) && /^\/(gallery|photo)(\/|\?|$)/.test(request.url))
    return reply.type('text/html; charset=utf-8').send(guestPage(status))
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
}

export function errorBody(code: string, message: string, params?: Params): ApiError {
  const some = params && Object.keys(params).length > 0
  return { error: { code, message, ...(some && { params }) }, detail: message }
}

/** The value that a validation error is about, so that the message can quote it. */
function valueAt(root: unknown, path: string): unknown {
  let value = root
  for (const key of path.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[key.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return value
}

function quote(value: unknown): string {
  let text: string
  try {
    text = JSON.stringify(value) ?? 'nothing'
  } catch {
    // Nested deeper than can be written out.
    return 'something that cannot be shown'
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function validationMessage(error: FastifyError, root: unknown): string {
  const first = error.validation![0]!
  const where = first.instancePath.slice(1).replaceAll('/', '.') || (error.validationContext ?? 'request')
  const { additionalProperty, allowedValues } = first.params as {
    additionalProperty?: string
    allowedValues?: unknown[]
  }
  if (additionalProperty !== undefined) return `${where}: unknown field ${quote(additionalProperty)}`
  const rule = allowedValues
    ? `must be one of ${allowedValues.join(', ')}`
    : (first.message ?? 'is not right')
  const received =
    first.keyword === 'required' ? '' : ` but received ${quote(valueAt(root, first.instancePath))}`
  return `${where} ${rule}${received}`
}

/** Why one file of several was refused. What is not a Refusal is for the caller to log. */
export function fileError(filename: string, error: unknown): FileError {
  const { code, params, message } = messageFrom(error, () =>
    isDiskFull(error)
      ? newMessage('disk_full', 'The disk is full.')
      : newMessage('fault', 'Something went wrong on the Mac. Its log says what.'),
  )
  return { filename, error: message, code, params }
}

/** The one error shape, for refusals and accidents alike. What is not a Refusal is logged and not sent. */
export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Refusal | Error, request, reply) => {
    if (error instanceof Refusal) {
      if (error.status === 429 || error.status === 503) void reply.header('retry-after', RETRY_S)
      return sendError(request, reply, error.status, errorBody(error.code, error.message, error.params))
    }
    if ('validation' in error && error.validation) {
      const root = error.validationContext === 'querystring' ? request.query : request.body
      return sendError(request, reply, 400, errorBody('invalid', validationMessage(error, root)))
    }
    if (isDiskFull(error))
      return sendError(
        request,
        reply,
        507,
        errorBody('disk_full', 'The disk is full. Nothing was lost; make room and try again.'),
      )
    if (isStorageFault(error) || errnoOf(error) === 'EROFS')
      return sendError(
        request,
        reply,
        507,
        errorBody(
          'disk_read_only',
          'The disk of the data folder or of the photos cannot be written. Nothing was changed.',
        ),
      )
    if (errnoOf(error) === 'EIO')
      return sendError(
        request,
        reply,
        507,
        errorBody(
          'disk_failing',
          'A disk gave an error: it may be failing, or was pulled. Nothing is deleted.',
        ),
      )
    const status = 'statusCode' in error ? error.statusCode : undefined
    if (status !== undefined && status >= 400 && status < 500) {
      const codes: Record<number, string> = { 413: 'too_large', 415: 'wrong_type', 429: 'too_many' }
      return sendError(request, reply, status, errorBody(codes[status] ?? 'bad_request', error.message))
    }
    request.log.error({ err: error }, 'A request failed')
    return sendError(
      request,
      reply,
      500,
      errorBody('fault', 'Something went wrong on the Mac. Its log says what.'),
    )
  })
}

/** An address that cannot be read is answered before any hook: no guard, no headers, no details. A socket that also
 * asks for an upgrade would stay open. */
export function answerBadAddress(_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request
  if (raw.headers.upgrade !== undefined) reply.raw.once('finish', () => raw.socket.destroySoon())
  void reply.header('x-content-type-options', 'nosniff')
  void sendError(request, reply, 400, errorBody('bad_request', 'This address cannot be read.'))
}

/** A path that exists for another method is answered 405 with `Allow`, anything else 404. */
export function registerNotFound(
  app: FastifyInstance,
  routes: readonly { method: string; url: string }[],
): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]
    const allowed = routes.filter(({ url }) => url === path).map(({ method }) => method)
    if (allowed.length > 0)
      return sendError(
        request,
        reply.header('allow', allowed.join(', ')),
        405,
        errorBody('wrong_method', `${request.method} is not possible here; use ${allowed.join(' or ')}.`),
      )
    return sendError(request, reply, 404, errorBody('not_found', 'There is nothing at this address.'))
  })
}
