import type { FastifyReply, FastifyRequest } from 'fastify'
import { isNavigation } from './client-address.ts'

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

/** Sends what went wrong: as a page to a guest who opened an address of the gallery, else as our API says it. Nobody may
 * keep it: the next answer may be another. */
export function sendError(
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
